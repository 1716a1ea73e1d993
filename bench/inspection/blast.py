#!/usr/bin/env python3
"""Puts packets into one tunnel device for a while and counts how many come to another, of which nobody takes them out: what the kernel does
between the two, and nothing else.

    blast.py <device> <other device> <seconds> <bytes of a packet>

Prints packets a second."""

import fcntl
import os
import socket
import struct
import sys
import time

into, out_of, seconds, size = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])


def attach(name):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1001))
    return device


def arrived():
    folder = f"/sys/class/net/{out_of}/statistics"
    return sum(int(open(f"{folder}/{name}").read()) for name in ("tx_packets", "tx_dropped"))


CLIENT, SERVER = ("10.50.0.10", 4000), ("198.51.100.10", 9)


def datagram(source, destination):
    udp = struct.pack("!HHHH", source[1], destination[1], size - 20, 0) + bytes(size - 28)
    header = struct.pack(
        "!BBHHHBBH4s4s",
        *(0x45, 0, size, 1, 0x4000, 64, socket.IPPROTO_UDP, 0),
        *(socket.inet_aton(source[0]), socket.inet_aton(destination[0])),
    )
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return header[:10] + struct.pack("!H", ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF) + header[12:] + udp


device, other = attach(into), attach(out_of)
packet = datagram(CLIENT, SERVER)
# Question and answer: then it is a connection, for who keeps track of them.
for each in (packet, datagram(SERVER, CLIENT)):
    os.write(device, each)
    time.sleep(0.05)

before, began = arrived(), time.perf_counter()
while time.perf_counter() - began < seconds:
    for _ in range(100):
        os.write(device, packet)
print(int((arrived() - before) / (time.perf_counter() - began)))
