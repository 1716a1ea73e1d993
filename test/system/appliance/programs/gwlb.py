#!/usr/bin/env python3
"""Stands in for a Gateway Load Balancer and its endpoints. Each endpoint is a tunnel device in the namespace of its clients and one in
the namespace of the internet behind it: what is sent into either comes out of the other, if the appliance gives it back unchanged and
with the header that it was sent with.

    gwlb.py <appliance's address> <endpoint id>:<pid in the clients' namespace>:<pid in the internet's>:<clients' network>...

It says "ready", and answers each line of its standard input with its counters."""

import ctypes
import fcntl
import ipaddress
import json
import os
import selectors
import socket
import struct
import sys
import zlib

GENEVE_PORT = 6081
CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
# The outer ports tell flows apart, and the directions of one flow.
PORTS = range(60000, 60016)
ATTACHMENT = 0x00A77AC4A77AC400

libc = ctypes.CDLL(None, use_errno=True)


def enter(path):
    with open(path) as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), path)


def open_tunnel(pid, name):
    enter(f"/proc/{pid}/ns/net")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    enter(own)
    return device


def flow_of(packet):
    header = (packet[0] & 0x0F) * 4
    protocol, source, destination = packet[9], packet[12:16], packet[16:20]
    is_fragment = struct.unpack_from("!H", packet, 6)[0] & 0x3FFF
    ports = protocol in (6, 17) and not is_fragment and len(packet) >= header + 4
    source_port, destination_port = struct.unpack_from("!HH", packet, header) if ports else (0, 0)
    return protocol, *sorted([(source, source_port), (destination, destination_port)])


class Endpoint:
    def __init__(self, text):
        number, clients_pid, internet_pid, network = text.split(":")
        self.number = int(number, 16)
        self.network = ipaddress.ip_network(network)
        self.clients = open_tunnel(clients_pid, "vpce")
        self.internet = open_tunnel(internet_pid, "world")

    def header(self, packet):
        cookie = zlib.crc32(repr((self.number, flow_of(packet))).encode())
        options = (
            struct.pack("!HBBQ", 0x0108, 1, 2, self.number)
            + struct.pack("!HBBQ", 0x0108, 2, 2, ATTACHMENT)
            + struct.pack("!HBBI", 0x0108, 3, 1, cookie)
        )
        return struct.pack("!BBHI", len(options) // 4, 0, 0x0800, 0) + options


# Kept open: /proc/self/ns/net changes with each step into another namespace.
own = f"/proc/self/fd/{os.open('/proc/self/ns/net', os.O_RDONLY)}"
appliance = sys.argv[1]
endpoints = {endpoint.number: endpoint for endpoint in map(Endpoint, sys.argv[2:])}
counters = {"sent": 0, "returned": 0, "foreign": 0, "fragments": 0, "largest": 0}

senders = []
for number in PORTS:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind(("0.0.0.0", number))
    senders.append(sender)
listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
listener.bind(("0.0.0.0", GENEVE_PORT))
listener.setblocking(False)


def send(endpoint, device):
    packet = os.read(device, 65535)
    if packet[0] >> 4 != 4:
        return
    port = zlib.crc32(packet[12:20] + repr(flow_of(packet)).encode()) % len(senders)
    counters["sent"] += 1
    counters["fragments"] += bool(struct.unpack_from("!H", packet, 6)[0] & 0x3FFF)
    senders[port].sendto(endpoint.header(packet) + packet, (appliance, GENEVE_PORT))


def receive():
    payload, (address, _) = listener.recvfrom(65535)
    start = 8 + (payload[0] & 0x3F) * 4
    packet = payload[start:]
    endpoint = endpoints.get(int.from_bytes(payload[12:20], "big"))
    # The real one drops what it did not send out with this very header.
    if address != appliance or endpoint is None or payload[:start] != endpoint.header(packet):
        counters["foreign"] += 1
        return
    counters["returned"] += 1
    counters["largest"] = max(counters["largest"], len(packet))
    is_inward = ipaddress.ip_address(packet[16:20]) in endpoint.network
    os.write(endpoint.clients if is_inward else endpoint.internet, packet)


def answer():
    if not sys.stdin.readline():
        sys.exit(0)
    print(json.dumps(counters), flush=True)


selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ, receive)
selector.register(sys.stdin, selectors.EVENT_READ, answer)
for each in endpoints.values():
    for tunnel in (each.clients, each.internet):
        selector.register(tunnel, selectors.EVENT_READ, lambda each=each, tunnel=tunnel: send(each, tunnel))
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        try:
            while True:
                key.data()
                if key.data is answer:
                    break
        except (BlockingIOError, OSError):
            # Nothing more to read, or a device that is down.
            pass
