#!/usr/bin/python3 -B
"""Answers the proxy's questions: may this client reach this name? By the policy that is at work, from the moment it is.

One question a line: `<channel> <client's address> <name, percent-encoded>`; the answer is `<channel> OK` or `<channel> ERR`, with what
the log is to know of it. Whatever cannot be read or understood is no. `allowed_names.py check <file>` fails for a file that is none of
names."""

import bisect
import ipaddress
import json
import os
import sys
import urllib.parse
from pathlib import Path

NAMES = Path("/var/lib/ringfence/policy/current/squid-domains.json")
POLICY = os.environ["POLICY"] == "true"
BUMP_DOMAINS = os.environ.get("BUMP_DOMAINS", "").split()


class Names:
    """Names of a policy: whole ones, and those below others."""

    def __init__(self, content):
        self.exact, self.below = set(content["exact"]), set(content["below"])

    def __contains__(self, name):
        labels = name.split(".")
        if "" in labels:
            return False
        return name in self.exact or any(".".join(labels[start:]) in self.below for start in range(1, len(labels)))


class Policy:
    def __init__(self, content):
        if content["version"] != 1:
            raise ValueError(f"names of version {content['version']}")
        self.denies = content["denies"]
        self.everybody = Names(content["everybody"])
        self.ranges = []
        for spoke, allowed in content["spokes"].items():
            names = Names(allowed)
            for text in allowed["networks"]:
                network = ipaddress.IPv4Network(text)
                self.ranges.append((int(network.network_address), int(network.broadcast_address), spoke, names))
        self.ranges.sort(key=lambda entry: entry[:2])
        self.starts = [entry[0] for entry in self.ranges]

    def spoke_of(self, client):
        """The spoke's name and names; its ranges overlap no other's."""
        address = int(ipaddress.IPv4Address(client))
        place = bisect.bisect_right(self.starts, address) - 1
        if place >= 0 and address <= self.ranges[place][1]:
            return self.ranges[place][2:]
        return "-", Names({"exact": [], "below": []})


class Reader:
    """The policy at work, read again when there is another one."""

    def __init__(self):
        self.known = None
        self.policy = None

    def read(self):
        status = NAMES.stat()
        identity = (status.st_dev, status.st_ino, status.st_mtime_ns)
        if identity != self.known:
            self.policy = Policy(json.loads(NAMES.read_text(encoding="utf-8")))
            self.known = identity
        return self.policy


def is_opened(name):
    return name in Names(
        {
            "exact": [domain for domain in BUMP_DOMAINS if not domain.startswith("*.")],
            "below": [domain[2:] for domain in BUMP_DOMAINS if domain.startswith("*.")],
        }
    )


def judge(reader, client, name):
    opened = " opened_=yes" if is_opened(name) else ""
    if not POLICY:
        return f"OK verdict_=passed{opened}"
    try:
        policy = reader.read()
        spoke, names = policy.spoke_of(client)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"allowed_names: {error}", file=sys.stderr, flush=True)
        return "ERR verdict_=unknown"
    if name in policy.everybody or name in names:
        return f"OK verdict_=allowed spoke_={spoke}{opened}"
    if policy.denies:
        return f"ERR verdict_=denied spoke_={spoke}"
    return f"OK verdict_=would-deny spoke_={spoke}{opened}"


def main():
    if sys.argv[1:2] == ["check"]:
        try:
            Policy(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            sys.exit(f"allowed_names: {error!r}")
        return
    reader = Reader()
    for line in sys.stdin:
        channel, *words = line.split()
        if len(words) < 2:
            answer = "ERR verdict_=unknown"
        else:
            answer = judge(reader, words[0], urllib.parse.unquote(words[1]).lower())
        print(f"{channel} {answer}", flush=True)


if __name__ == "__main__":
    main()
