#!/usr/bin/env python3
"""What spokes reach: HTTP on port 80, the same by TLS on 443, DNS on 53, and on other ports whoever gives back what it gets.

    internet.py <certificate> <key> <addresses, by commas> <port of an echo>..."""

import http.server
import socket
import ssl
import struct
import sys
import threading

certificate, key, addresses, *ports = sys.argv[1:]
ADDRESS = socket.inet_aton("198.51.100.10")


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = f"this is {self.headers.get('Host')}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Web(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        # Without asking for a name, for which no server answers.
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "internet", self.server_address[1]

    def handle_error(self, *_):
        pass


def thread(target, *arguments):
    threading.Thread(target=target, args=arguments, daemon=True).start()


def listen(port, serve):
    listener = socket.create_server(("0.0.0.0", port), backlog=128)
    while True:
        connection, _ = listener.accept()
        thread(serve, connection)


def echo(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data)
        except OSError:
            pass


def datagrams(port, reply):
    # One for each address: an answer comes from the address that was asked.
    for address in addresses.split(","):
        thread(answer, address, port, reply)


def answer(address, port, reply):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, port))
    while True:
        data, origin = server.recvfrom(65535)
        server.sendto(reply(data), origin)


def resolve(query):
    """Every name is the same address."""
    end = query.index(b"\0", 12) + 5
    answer = struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + ADDRESS
    return query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + query[12:end] + answer


def resolve_all(connection):
    with connection:
        try:
            while size := connection.recv(2):
                answer = resolve(connection.recv(struct.unpack("!H", size)[0]))
                connection.sendall(struct.pack("!H", len(answer)) + answer)
        except OSError:
            pass


def serve_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Secure(Web):
        def process_request_thread(self, request, client_address):
            # The handshake in the connection's own thread: one that hangs holds up no other.
            try:
                request.settimeout(10)
                request = context.wrap_socket(request, server_side=True)
            except OSError:
                request.close()
                return
            super().process_request_thread(request, client_address)

    Secure(("0.0.0.0", 443), Site).serve_forever()


thread(serve_tls)
thread(Web(("0.0.0.0", 80), Site).serve_forever)
thread(listen, 53, resolve_all)
datagrams(53, resolve)
datagrams(443, lambda data: data)
for number in map(int, ports):
    thread(listen, number, echo)
    datagrams(number, lambda data: data)
print("ready", flush=True)
threading.Event().wait()
