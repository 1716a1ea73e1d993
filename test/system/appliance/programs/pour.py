#!/usr/bin/env python3
"""Puts packets into a persistent tunnel device, as a tunnel handler does: pour.py <device> <packets>."""

import fcntl
import os
import socket
import struct
import sys

device = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", sys.argv[1].encode(), 0x1001))
packet = struct.pack(
    "!BBHHHBBH4s4s",
    *(0x45, 0, 20, 1, 0, 64, 253, 0),
    *(socket.inet_aton("10.50.0.10"), socket.inet_aton("198.51.100.10")),
)
for _ in range(int(sys.argv[2])):
    os.write(device, packet)
