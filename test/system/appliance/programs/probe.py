#!/usr/bin/env python3
"""What a client gets back from an echo server.

    probe.py tcp <server> <bytes> | udp <server> <bytes of a datagram> <datagrams>

Prints how many bytes came back as they were sent."""

import os
import socket
import sys
import threading

kind, server, size, *rest = sys.argv[1:]
size = int(size)
if kind == "tcp":
    sent = os.urandom(size)
    with socket.create_connection((server, 7), timeout=5) as connection:
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        received = b""
        while len(received) < size and (data := connection.recv(65536)):
            received += data
    print(size if received == sent else 0)
else:
    right = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(3)
        client.connect((server, 7))
        for _ in range(int(rest[0])):
            sent = os.urandom(size)
            client.send(sent)
            try:
                right += size if client.recv(65535) == sent else 0
            except TimeoutError:
                pass
    print(right)
