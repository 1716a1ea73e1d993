#!/usr/bin/env python3
"""Sends datagrams to port 9 of a server, or takes them there, for a while.

    flood.py send <server> <seconds> | flood.py take <seconds>

Both print datagrams a second."""

import socket
import sys
import time

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
    count = 0
    if sys.argv[1] == "send":
        end.connect((sys.argv[2], 9))
        seconds, datagram = float(sys.argv[3]), bytes(1000)
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            for _ in range(20):
                try:
                    end.send(datagram)
                    count += 1
                except OSError:
                    pass
    else:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        end.bind(("0.0.0.0", 9))
        seconds = float(sys.argv[2])
        print("ready", flush=True)
        end.settimeout(5)
        end.recv(65535)
        began = time.perf_counter()
        end.settimeout(0.5)
        while time.perf_counter() - began < seconds:
            try:
                end.recv(65535)
                count += 1
            except TimeoutError:
                break
    print(int(count / seconds), flush=True)
