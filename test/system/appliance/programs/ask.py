#!/usr/bin/env python3
"""What a client in a spoke reaches. Reads one wish a line, tries all of them beside each other, and prints for each whether it was granted:

    tls <name> [address] [port]   a page by TLS, with the name as SNI, and none for "-"
    http <host> [address] [port]  a page by HTTP
    dns <name> | dns-tcp <name>   an address
    tcp <address> <port> | udp <address> <port>   what was sent comes back
    ping <address> | ping-large <address>   which goes in fragments

`ask.py keep <address> <port> <file>` keeps one connection busy instead until there is the file, and prints how much came back and the longest
silence."""

import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

SERVER = "198.51.100.10"
SECONDS = float(os.environ.get("ASK_SECONDS", "4"))


def page(connection, host):
    connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return connection.recv(65536).startswith(b"HTTP/1.1 200")


def tls(name, address=SERVER, port="443"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((address, int(port)), timeout=SECONDS) as plain:
        with context.wrap_socket(plain, server_hostname=None if name == "-" else name) as secure:
            return page(secure, name)


def http(host, address=SERVER, port="80"):
    with socket.create_connection((address, int(port)), timeout=SECONDS) as connection:
        return page(connection, host)


def query(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return os.urandom(2) + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)


def dns(name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(SECONDS)
        client.sendto(query(name), (SERVER, 53))
        return socket.inet_aton(SERVER) in client.recv(512)


def dns_tcp(name):
    with socket.create_connection((SERVER, 53), timeout=SECONDS) as connection:
        message = query(name)
        connection.sendall(struct.pack("!H", len(message)) + message)
        return socket.inet_aton(SERVER) in connection.recv(512)


def tcp(address, port):
    with socket.create_connection((address, int(port)), timeout=SECONDS) as connection:
        connection.sendall(b"hello")
        return connection.recv(5) == b"hello"


def udp(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(SECONDS)
        client.sendto(b"hello", (address, int(port)))
        return client.recv(5) == b"hello"


def ping(address, size="56"):
    command = ["ping", "-c", "1", "-s", size, "-W", str(int(SECONDS)), address]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


KINDS = {"tls": tls, "http": http, "dns": dns, "dns-tcp": dns_tcp, "tcp": tcp, "udp": udp, "ping": ping}
KINDS["ping-large"] = lambda address: ping(address, "3000")


def keep(address, port, enough):
    """One message after the other; silence is the longest that one took."""
    came, longest = 0, 0.0
    with socket.create_connection((address, int(port)), timeout=SECONDS) as connection:
        connection.settimeout(30)
        print("connected", flush=True)
        while not os.path.exists(enough):
            started, message = time.monotonic(), os.urandom(1000)
            connection.sendall(message)
            answer = b""
            while len(answer) < len(message):
                part = connection.recv(65536)
                if not part:
                    raise ConnectionError("the other end hung up")
                answer += part
            if answer != message:
                raise ConnectionError("what came back is not what was sent")
            came, longest = came + 1, max(longest, time.monotonic() - started)
            time.sleep(0.02)
    print(json.dumps({"messages": came, "longestSilence": round(longest, 3)}))


def main():
    if sys.argv[1:2] == ["keep"]:
        keep(*sys.argv[2:])
        return
    wishes = [line.strip() for line in sys.stdin if line.strip()]
    granted = {}

    def attempt(wish):
        kind, *words = wish.split()
        try:
            granted[wish] = KINDS[kind](*words)
        except OSError:
            granted[wish] = False

    threads = [threading.Thread(target=attempt, args=(wish,)) for wish in wishes]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    print(json.dumps({wish: granted[wish] for wish in wishes}))


main()
