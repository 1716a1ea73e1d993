#!/usr/bin/env python3
"""Stands in for gwlbtun where that is not to be had: takes GENEVE apart into a pair of tunnel devices for each endpoint, runs the same
hooks with the same arguments, and sends what leaves by the second device back to where its flow came from. One thread, no speed."""

import argparse
import fcntl
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys

GENEVE_PORT = 6081
AWS_OPTIONS = 0x0108
ENDPOINT, ATTACHMENT, COOKIE = 1, 2, 3
MTU = 8500
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIOCSIFMTU, SIOCSIFFLAGS, IFF_UP = 0x8922, 0x8914, 0x1


def base60(number):
    text = ""
    while number:
        number, digit = divmod(number, 60)
        text = DIGITS[digit] + text
    return text or "0"


def open_tunnel(name):
    """A device that is gone when this process is."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFMTU, struct.pack("16si20x", name.encode(), MTU))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH22x", name.encode(), IFF_UP))
    return device


def options_of(packet):
    """What the load balancer says of a packet, and where the packet itself begins; nothing if it is not the load balancer's."""
    if len(packet) < 8 or packet[0] & 0xC0 or packet[2:4] != b"\x08\x00":
        return None
    end = 8 + (packet[0] & 0x3F) * 4
    options, at = {}, 8
    while at + 4 <= end <= len(packet):
        group, kind, length = struct.unpack_from("!HBB", packet, at)
        size = (length & 0x1F) * 4
        if group == AWS_OPTIONS:
            options[kind] = packet[at + 4 : at + 4 + size]
        at += 4 + size
    if not {ENDPOINT, ATTACHMENT, COOKIE} <= options.keys():
        return None
    return int.from_bytes(options[ENDPOINT], "big"), end


def flow_of(packet):
    """The same for both directions. Only a first fragment has ports, so that none of a fragmented packet counts with them."""
    header = (packet[0] & 0x0F) * 4
    protocol, source, destination = packet[9], packet[12:16], packet[16:20]
    is_fragment = struct.unpack_from("!H", packet, 6)[0] & 0x3FFF
    ports = protocol in (6, 17) and not is_fragment and len(packet) >= header + 4
    source_port, destination_port = struct.unpack_from("!HH", packet, header) if ports else (0, 0)
    return protocol, *sorted([(source, source_port), (destination, destination_port)])


class Endpoint:
    def __init__(self, number):
        name = base60(number)
        self.number, self.gwi, self.gwo = number, f"gwi-{name}", f"gwo-{name}"
        self.inward, self.outward = open_tunnel(self.gwi), open_tunnel(self.gwo)
        self.flows = {}

    def hook(self, program, action):
        if program is not None:
            subprocess.call([program, action, self.gwi, self.gwo, f"{self.number:016x}"])


def stop(_signal, _frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-c", dest="create")
    parser.add_argument("-r", dest="destroy")
    parser.add_argument("-t", dest="tunnel_idle", type=int)
    parser.add_argument("-i", dest="flow_idle", type=int)
    arguments = parser.parse_args()

    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    listener.bind(("0.0.0.0", GENEVE_PORT))
    listener.setblocking(False)
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    endpoints = {}

    def take_apart():
        packet, origin = listener.recvfrom(65535)
        known = options_of(packet)
        if known is None:
            return
        number, start = known
        if number not in endpoints:
            endpoint = endpoints[number] = Endpoint(number)
            endpoint.hook(arguments.create, "CREATE")
            selector.register(endpoint.outward, selectors.EVENT_READ, endpoint)
        endpoint = endpoints[number]
        endpoint.flows.setdefault(flow_of(packet[start:]), (packet[:start], origin))
        os.write(endpoint.inward, packet[start:])

    def send_back(endpoint):
        packet = os.read(endpoint.outward, 65535)
        # A flow that never came from the load balancer: it would not take the packet.
        if packet[0] >> 4 != 4 or flow_of(packet) not in endpoint.flows:
            return
        header, (address, port) = endpoint.flows[flow_of(packet)]
        payload = header + packet
        sender.sendto(struct.pack("!HHHH", port, GENEVE_PORT, 8 + len(payload), 0) + payload, (address, 0))

    signal.signal(signal.SIGTERM, stop)
    print("listening", flush=True)
    try:
        while True:
            for key, _ in selector.select():
                try:
                    while True:
                        if key.data is None:
                            take_apart()
                        else:
                            send_back(key.data)
                except BlockingIOError:
                    pass
    except KeyboardInterrupt:
        for endpoint in endpoints.values():
            endpoint.hook(arguments.destroy, "DESTROY")
        sys.exit(0)


main()
