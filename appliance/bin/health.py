#!/usr/bin/env python3
"""Says whether this appliance inspects: 200, or 503 with the reasons.

One thread looks at everything every few seconds; requests are answered from what it saw last, so that nothing they ask for can make
them wait. It looks at what the kernel and Suricata themselves tell, not at the tunnel handler's own status page, which stands still
whenever the handler does. Once a minute it writes metrics into its log, in CloudWatch's embedded metric format."""

import collections
import http.server
import json
import os
import re
import socket
import socketserver
import subprocess
import threading
import time
from pathlib import Path

from engine import ANSWER_SECONDS, ask
from machine import DRAINING, NETWORK, RUN, SOURCE_CHECK_OFF, append_line, metrics_line, tunnel_packets

# Whether packets wait for Suricata, and whether a policy decides.
QUEUES = os.environ["ACTION"] == "ips"
POLICY = os.environ["POLICY"] == "true"
# Whether packets leave by the machine's own interface, those of HTTP and TLS by a proxy.
TWO_ARMS = os.environ.get("MODE", "one-arm") == "two-arm"
PROXY = ("127.0.0.1", 3127)
PROXY_SECONDS = 2
# Then packets may pass Suricata by, and the kernel does not count them.
OPEN = QUEUES and os.environ["ON_FAILURE"] == "open"
APPLIED = Path("/run/ringfence-policy/applied")
TRACKING = Path("/proc/sys/net/netfilter")
RULES = Path("/var/lib/ringfence/rules")
LOG = Path("/var/log/ringfence/health/health.json")

SAMPLE_SECONDS = float(os.environ.get("HEALTH_SAMPLE_SECONDS", "5"))
METRIC_SECONDS = float(os.environ.get("HEALTH_METRIC_SECONDS", "60"))
# Suricata sums its counters up every five seconds: over four samples they must have moved.
STUCK_SAMPLES = 4
# What may come in by tunnels without Suricata's having seen it: packets that were on their way, and the odd one it cannot read.
UNSEEN_PACKETS = 100
ETHTOOL_SECONDS = 2

Socket = collections.namedtuple("Socket", "waiting drops")
Watcher = collections.namedtuple("Watcher", "rules seen drops accepted")
Queues = collections.namedtuple("Queues", "number waiting drops")
Sample = collections.namedtuple("Sample", "draining socket packets unready watcher fault queues refused forwarded arms")


def geneve_socket(port):
    """What waits for the tunnel handler in bytes, and what was dropped meanwhile; None when nobody listens."""
    found = None
    for table in ("/proc/net/udp", "/proc/net/udp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if int(fields[1].rsplit(":", 1)[1], 16) == port:
                waiting, drops = found or (0, 0)
                found = Socket(waiting + int(fields[4].split(":")[1], 16), drops + int(fields[-1]))
    return found


def default_device():
    """The interface by which this machine reaches the world; None while it has none."""
    for fields in map(str.split, Path("/proc/net/route").read_text().splitlines()[1:]):
        if fields[1] == fields[7] == "00000000":
            return fields[0]
    return None


def refused_packets():
    """Packets that EC2 has dropped because the instance had more connections than its type tracks: by its security group's table, of which
    nothing else on this machine knows (Amazon EC2 User Guide, "Monitor network performance for ENA settings on your EC2 instance"). None
    where the driver does not count them."""
    try:
        device = default_device()
        if device is None:
            return None
        output = subprocess.run(["ethtool", "-S", device], capture_output=True, timeout=ETHTOOL_SECONDS, text=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"^\s*conntrack_allowance_exceeded: (\d+)$", output, re.MULTILINE)
    return int(found[1]) if found else None


def unready_tunnels(names):
    """Tunnels whose hook has not said that they have a way out."""
    unready = set()
    for name in names:
        try:
            number = (NETWORK / name / "ifindex").read_text().strip()
        except OSError:
            continue
        try:
            ready = (RUN / "tunnels" / name).read_text().strip()
        except OSError:
            ready = None
        if ready != number:
            unready.add(name)
    return unready


def ask_suricata():
    """Its own account of itself. Raises OSError or ValueError when it gives none in time."""
    rules, counters = ask("ruleset-stats", "dump-counters")
    try:
        loaded = sum(each["rules_loaded"] for each in rules)
        # Absent until it has summed up for the first time.
        seen = counters.get("decoder", {}).get("pkts" if QUEUES else "geneve", 0)
        drops = counters.get("capture", {}).get("kernel_drops", 0)
        accepted = counters.get("ips", {}).get("accepted", 0)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"an answer of another form: {error}") from error
    return Watcher(loaded, seen, drops, accepted)


def packet_queues():
    """What waits for Suricata, and what was dropped because nobody took it; None where no program takes packets from queues."""
    try:
        lines = Path("/proc/net/netfilter/nfnetlink_queue").read_text().splitlines()
    except OSError:
        return None
    # Number, program, waiting, two settings, dropped for want of room and for want of a taker, and the number of the last packet.
    rows = [list(map(int, line.split())) for line in lines if line.split()]
    if not rows:
        return None
    return Queues(len(rows), sum(row[2] for row in rows), sum(row[5] + row[6] for row in rows))


def tracked_connections():
    """How full the kernel's table of connections is, in per cent; None where it has none."""
    try:
        count, most = (int((TRACKING / f"nf_conntrack_{name}").read_text()) for name in ("count", "max"))
    except (OSError, ValueError):
        return None
    return round(100 * count / most, 1)


def policy_age():
    """Seconds since the policy at work was last found to be the newest; None when there is none."""
    try:
        return round(max(0.0, time.time() - APPLIED.stat().st_mtime))
    except OSError:
        return None


def take_sample(port):
    packets = tunnel_packets()
    try:
        watcher, fault = ask_suricata(), None
    except (OSError, ValueError) as error:
        watcher, fault = None, str(error) or type(error).__name__
    unready = unready_tunnels(packets)
    queues = packet_queues() if QUEUES else None
    return Sample(
        draining=DRAINING.exists(),
        socket=geneve_socket(port),
        packets=packets,
        unready=unready,
        watcher=watcher,
        fault=fault,
        queues=queues,
        refused=refused_packets(),
        forwarded=tunnel_packets("gwo", "tx"),
        arms=arms_fault(),
    )


def arms_fault():
    """Why two arms do not work; None when they do. By a refusal, on a port for nothing else, the proxy shows that it goes round."""
    if not TWO_ARMS:
        return None
    if not SOURCE_CHECK_OFF.exists():
        return "EC2 still checks whose packets it sends"
    try:
        with socket.create_connection(PROXY, timeout=PROXY_SECONDS) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return None if connection.recv(5) == b"HTTP/" else "the proxy hangs up"
    except OSError as error:
        return f"the proxy does not answer: {error}"


def policy_digest():
    try:
        return APPLIED.read_text()
    except OSError:
        return None


class Judge:
    """What successive samples mean."""

    def __init__(self):
        self.previous = None
        self.unread = 0
        self.unseen = 0
        self.unseen_packets = 0

    def reasons(self, sample):
        """Why this appliance does not inspect; nothing when it does."""
        previous, self.previous = self.previous, sample
        carried = carried_since(previous, sample)
        found = []
        if sample.draining:
            found.append("it is draining")
        found += self.of_tunnels(previous, sample, carried)
        found += self.of_suricata(previous, sample, carried)
        found += self.of_policy()
        if sample.arms is not None:
            found.append(sample.arms)
        return found

    def of_tunnels(self, previous, sample, carried):
        if sample.socket is None:
            self.unread = 0
            return ["nobody listens for GENEVE"]
        self.unread = self.unread + 1 if sample.socket.waiting > 0 and carried == 0 else 0
        if self.unread >= STUCK_SAMPLES:
            return [f"the tunnel handler does not read: {sample.socket.waiting} bytes wait"]
        # A hook may be at work just now; it does not take until the next sample.
        lasting = sample.unready & previous.unready if previous else set()
        return [f"{name} has no way out" for name in sorted(lasting)]

    def of_suricata(self, previous, sample, carried):
        if sample.watcher is None:
            self.unseen = self.unseen_packets = 0
            return [f"Suricata does not answer: {sample.fault}"]
        # A policy's own rules are none of attacks.
        if sample.watcher.rules == 0 or (POLICY and ruleset_age() is None):
            return ["Suricata has no rules"]
        if QUEUES:
            return self.of_queues(previous, sample)
        if previous is None or previous.watcher is None or previous.watcher.seen != sample.watcher.seen:
            self.unseen = self.unseen_packets = 0
        else:
            self.unseen += 1
            self.unseen_packets += carried
        if self.unseen >= STUCK_SAMPLES and self.unseen_packets > UNSEEN_PACKETS:
            return [f"Suricata saw none of {self.unseen_packets} packets"]
        return []

    def of_queues(self, previous, sample):
        if sample.queues is None or sample.queues.number < len(os.sched_getaffinity(0)):
            return ["Suricata does not take packets"]
        moved = previous is None or previous.watcher is None or previous.watcher.seen != sample.watcher.seen
        self.unseen = 0 if moved or sample.queues.waiting == 0 else self.unseen + 1
        if self.unseen >= STUCK_SAMPLES:
            return [f"Suricata does not take packets: {sample.queues.waiting} wait"]
        return []

    def of_policy(self):
        return ["it has no policy"] if POLICY and policy_age() is None else []


def carried_since(previous, sample):
    """Packets by all tunnels between two samples. One that came anew counts from zero."""
    before = previous.packets if previous else sample.packets
    grown = 0
    for name, packets in sample.packets.items():
        earlier = before.get(name, 0)
        grown += packets - earlier if packets >= earlier else packets
    return grown


UNITS = {
    "RulesetAgeDays": "None",
    "Healthy": "None",
    "PolicyAgeSeconds": "Seconds",
    "ConnectionTablePercent": "Percent",
}


class Meter:
    """Sums up what counters say, each of which begins anew when its program does."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.last = {}
        self.sums = collections.Counter()
        # Packets forwarded without a verdict of Suricata's; the least of this minute, for its counters lag behind, and of the one before.
        self.unjudged, self.least, self.least_before = 0, None, None

    def grown(self, name, value):
        last = self.last.get(name, value)
        self.last[name] = value
        return value - last if value >= last else value

    def count(self, name, value):
        self.sums[name] += self.grown(name, value)

    def add(self, sample):
        if sample.socket:
            self.count("GeneveDrops", sample.socket.drops)
        if sample.watcher:
            self.count("PacketsSeen", sample.watcher.seen)
        source = sample.queues if QUEUES else sample.watcher
        if source:
            self.count("KernelDrops", source.drops)
        if sample.refused is not None:
            self.count("ConntrackDrops", sample.refused)
        if OPEN:
            self.unjudged += sum(self.grown(name, packets) for name, packets in sample.forwarded.items())
            if sample.watcher:
                self.unjudged -= self.grown("accepted", sample.watcher.accepted)
            self.least = self.unjudged if self.least is None else min(self.least, self.unjudged)

    def unseen(self):
        """Packets of the last minute that passed Suricata by, more or less."""
        found = 0 if self.least_before is None else max(0, self.least - self.least_before)
        self.least, self.least_before = None, self.least
        return found

    def document(self, sample, healthy):
        """Embedded metric format, with the sums since the last one."""
        values = {name: self.sums[name] for name in ("PacketsSeen", "KernelDrops", "GeneveDrops")}
        if sample.refused is not None:
            values["ConntrackDrops"] = self.sums["ConntrackDrops"]
        self.sums.clear()
        if OPEN:
            values["PacketsUnseen"] = self.unseen()
        values |= {"Healthy": int(healthy), "Tunnels": len(sample.packets)}
        if sample.watcher:
            values["RulesLoaded"] = sample.watcher.rules
        age = ruleset_age()
        if age is not None:
            values["RulesetAgeDays"] = age
        if POLICY or TWO_ARMS:
            values |= {
                name: value
                for name, value in (("PolicyAgeSeconds", policy_age()), ("ConnectionTablePercent", tracked_connections()))
                if value is not None
            }
        return {**metrics_line(self.fleet, values, UNITS), **({"policy": policy_digest()} if POLICY else {})}


def ruleset_age():
    """Days since the rules were found to be up to date; None when there are none."""
    for name in ("updated", "suricata.rules"):
        try:
            return round(max(0.0, time.time() - (RULES / name).stat().st_mtime) / 86400, 3)
        except OSError:
            continue
    return None


class Watch(threading.Thread):
    """Takes samples for ever, and keeps the last word."""

    # Longer than all that one round may take: then this thread itself has stopped.
    PATIENCE = 3 * SAMPLE_SECONDS + 2 * ANSWER_SECONDS + ETHTOOL_SECONDS

    def __init__(self, port, fleet):
        super().__init__(daemon=True)
        self.port, self.judge, self.meter = port, Judge(), Meter(fleet)
        self.verdict = ["it has only just started"]
        self.at = time.monotonic()

    def run(self):
        written = None
        metrics_at = time.monotonic()
        while True:
            started = time.monotonic()
            sample = take_sample(self.port)
            verdict = self.judge.reasons(sample)
            self.verdict, self.at = verdict, time.monotonic()
            self.meter.add(sample)
            try:
                if verdict != written:
                    append_line(LOG, {"time": int(time.time() * 1000), "healthy": not verdict, "reasons": verdict})
                    written = verdict
                if started - metrics_at >= METRIC_SECONDS:
                    append_line(LOG, self.meter.document(sample, not verdict))
                    metrics_at = started
            except OSError:
                pass  # A full disk does not stop an appliance from inspecting.
            time.sleep(max(0.0, SAMPLE_SECONDS - (time.monotonic() - started)))

    def reasons(self):
        # Not from the last sample: whoever drains must not be sent another connection meanwhile.
        if DRAINING.exists() and "it is draining" not in self.verdict:
            return ["it is draining", *self.verdict]
        if time.monotonic() - self.at > self.PATIENCE:
            return ["the health service has stopped looking"]
        return self.verdict


class Server(http.server.ThreadingHTTPServer):
    def server_bind(self):
        # Without asking for this machine's name, which waits for a name server that may not answer yet.
        socketserver.TCPServer.server_bind(self)


def handler(watch, path):
    class Handler(http.server.BaseHTTPRequestHandler):
        # Whoever opens a connection and says nothing.
        timeout = 5

        def do_GET(self):
            if self.path.split("?")[0] != path:
                self.answer(404, "not here")
                return
            reasons = watch.reasons()
            self.answer(503 if reasons else 200, "\n".join(reasons) or "inspecting")

        do_HEAD = do_GET

        def answer(self, status, text):
            body = (text + "\n").encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def main():
    watch = Watch(int(os.environ["GENEVE_PORT"]), os.environ["FLEET"])
    watch.start()
    Server(("", int(os.environ["HEALTH_PORT"])), handler(watch, os.environ["HEALTH_PATH"])).serve_forever()


if __name__ == "__main__":
    main()
