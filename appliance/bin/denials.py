#!/usr/bin/env python3
"""Writes down what the policy denies, or would: what the kernel's rules say by netlink, a few packets of each second, and what Suricata's
rules say among its alerts. One JSON line for each, of one form.

Nothing waits for it. While it does not run packets are denied all the same, and are counted."""

import ipaddress
import json
import os
import select
import socket
import struct
import time
from pathlib import Path

from machine import append_line

LOG = Path("/var/log/ringfence/policy/policy.json")
ALERTS = Path("/var/log/ringfence/suricata/alerts.json")
# Rules of the policy name it; README.md has the form of their words.
GROUP = 17
VERDICTS = ("denied", "would-deny")
LINES_A_SECOND = 100
PERIOD_SECONDS = 1

# linux/netlink.h, linux/netfilter/nfnetlink.h, linux/netfilter/nfnetlink_log.h
NETLINK_NETFILTER = 12
PACKET, CONFIG = 4 << 8, 4 << 8 | 1
REQUEST = 1
CFG_CMD, CFG_MODE = 1, 2
BIND, COPY_PACKET = 1, 2
INPUT_DEVICE, PAYLOAD, PREFIX = 4, 9, 10
COPIED_BYTES = 128

PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp"}


def netlink_message(attribute):
    body = struct.pack("!BBH", 0, 0, GROUP) + attribute
    return struct.pack("=IHHII", 16 + len(body), CONFIG, REQUEST, 0, 0) + body


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def open_log():
    """The kernel's log of packets. Raises OSError where it may not be read."""
    log = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    log.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    log.bind((0, 0))
    log.send(netlink_message(attribute(CFG_CMD, struct.pack("!B", BIND))))
    log.send(netlink_message(attribute(CFG_MODE, struct.pack("!IBx", COPIED_BYTES, COPY_PACKET))))
    return log


def attributes(data):
    found, at = {}, 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4:
            break
        found[kind & 0x7FFF] = data[at + 4 : at + length]
        at += length + -length % 4
    return found


def packets(datagram):
    """What the kernel's rules logged, as records."""
    at = 0
    while at + 16 <= len(datagram):
        length, kind = struct.unpack_from("=IH", datagram, at)
        if length < 16:
            return
        if kind == PACKET:
            record = packet_record(attributes(datagram[at + 20 : at + length]))
            if record is not None:
                yield record
        at += length + -length % 4


def device_name(data):
    try:
        return socket.if_indextoname(struct.unpack("!I", data)[0])
    except (OSError, struct.error):
        return None


def packet_record(fields):
    verdict, _, spoke = fields.get(PREFIX, b"").rstrip(b"\0").decode(errors="replace").partition(" ")
    if verdict not in VERDICTS:
        return None
    return {
        **record(verdict, "address", spoke.strip() or "-"),
        "tunnel": device_name(fields.get(INPUT_DEVICE, b"")),
        **addresses(fields.get(PAYLOAD, b"")),
    }


def addresses(packet):
    """Who wanted to reach whom, by the beginning of a packet."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= 20:
        header, number = (packet[0] & 15) * 4, packet[9]
        source, destination = (str(ipaddress.IPv4Address(packet[at : at + 4])) for at in (12, 16))
        is_first = struct.unpack_from("!H", packet, 6)[0] & 0x1FFF == 0
    elif version == 6 and len(packet) >= 40:
        header, number, is_first = 40, packet[6], True
        source, destination = (str(ipaddress.IPv6Address(packet[at : at + 16])) for at in (8, 24))
    else:
        return {}
    found = {"protocol": PROTOCOLS.get(number, str(number)), "source": source, "destination": destination}
    if number in (6, 17) and is_first and len(packet) >= header + 4:
        found["sourcePort"], found["port"] = struct.unpack_from("!HH", packet, header)
    return found


def record(verdict, by, spoke):
    return {"time": int(time.time() * 1000), "verdict": verdict, "by": by, "spoke": spoke}


def alert_record(line):
    """An alert of a policy's rule; None for every other line."""
    if b'"ringfence"' not in line:
        return None
    try:
        event = json.loads(line)
        metadata = event["alert"]["metadata"]
        verdict = metadata["ringfence"][0]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    if verdict not in VERDICTS:
        return None
    found = {
        **record(verdict, "name", (metadata.get("spoke") or ["-"])[0]),
        "protocol": str(event.get("proto", "")).lower(),
        "source": event.get("src_ip"),
        "sourcePort": event.get("src_port"),
        "destination": event.get("dest_ip"),
        "port": event.get("dest_port"),
        "application": event.get("app_proto"),
        "name": name_in(event),
        "reason": event["alert"].get("signature"),
    }
    return {key: value for key, value in found.items() if value is not None}


def name_in(event):
    queries = event.get("dns", {}).get("query") or event.get("dns", {}).get("queries") or []
    return (
        event.get("tls", {}).get("sni")
        or event.get("http", {}).get("hostname")
        or (queries[0].get("rrname") if queries else event.get("dns", {}).get("rrname"))
    )


class Tail:
    """New lines of a file that others write and rotate."""

    def __init__(self, path):
        self.path = path
        self.file = None
        self.rest = b""
        # What is there at the start has been read by an earlier run, or is of no one.
        self.skip = True

    def lines(self):
        found = []
        while True:
            if self.file is None and not self.open():
                return found
            self.rest += self.file.read()
            *whole, self.rest = self.rest.split(b"\n")
            found += whole
            if not self.is_rotated():
                return found
            self.file.close()
            self.file, self.rest = None, b""

    def open(self):
        try:
            self.file = open(self.path, "rb")
        except OSError:
            self.skip = False
            return False
        if self.skip:
            self.file.seek(0, os.SEEK_END)
        self.skip = False
        return True

    def is_rotated(self):
        try:
            there = os.stat(self.path)
        except OSError:
            return False
        return not os.path.samestat(there, os.fstat(self.file.fileno()))


class Writer:
    """Writes so many lines a second, and of the rest how many they were."""

    def __init__(self):
        self.second, self.written, self.left_out = 0, 0, 0

    def write(self, entry):
        second = int(time.monotonic())
        if second != self.second:
            if self.left_out:
                append_line(LOG, {"time": int(time.time() * 1000), "leftOut": self.left_out})
            self.second, self.written, self.left_out = second, 0, 0
        if self.written >= LINES_A_SECOND:
            self.left_out += 1
            return
        self.written += 1
        append_line(LOG, entry)


def main():
    log, alerts, writer = open_log(), Tail(ALERTS), Writer()
    log.setblocking(False)
    alerts.lines()
    print("denials: listening", flush=True)
    while True:
        select.select([log], [], [], PERIOD_SECONDS)
        entries = []
        try:
            while len(entries) < LINES_A_SECOND:
                entries += packets(log.recv(65536))
        except BlockingIOError:
            pass
        except OSError as error:
            # More came than there was room for.
            print(f"denials: {error}", flush=True)
        entries += filter(None, map(alert_record, alerts.lines()))
        try:
            for entry in entries:
                writer.write(entry)
        except OSError as error:
            print(f"denials: {error}", flush=True)


if __name__ == "__main__":
    main()
