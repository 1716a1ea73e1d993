#!/usr/bin/env python3
"""Sends one of the two fragments of a datagram to port 7 of a server, or waits for a whole one.

    fragments.py send <source> <server> first|second <letter>
    fragments.py receive

Both fragments of a letter have 16 bytes of it; the identification is always the same."""

import socket
import struct
import sys

IDENTIFICATION = 0x1234

if sys.argv[1] == "receive":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("0.0.0.0", 8))
        server.settimeout(5)
        print("ready", flush=True)
        print(server.recv(65535).decode(), flush=True)
else:
    source, destination, which, letter = sys.argv[2:]
    half = letter.encode() * 16
    # A UDP checksum of zero is none.
    payload = struct.pack("!HHHH", 4000, 8, 8 + 32, 0) + half if which == "first" else half
    fragment = 0x2000 if which == "first" else 24 // 8
    header = struct.pack(
        "!BBHHHBBH4s4s",
        *(0x45, 0, 20 + len(payload), IDENTIFICATION, fragment, 64, socket.IPPROTO_UDP, 0),
        *(socket.inet_aton(source), socket.inet_aton(destination)),
    )
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
        sender.sendto(header + payload, (destination, 0))
