#!/usr/bin/env python3
"""Lets an appliance that is to go finish: it waits until Auto Scaling wants the machine gone, says 503, waits until no packet has come
by a tunnel for a while, has Suricata and the log shipping write down the last of it, and lets Auto Scaling go on.

Auto Scaling has taken the machine out of the target group by then, and waited for as long as that drains: what is left here is little,
so the wait ends when it is quiet, and not after another such time. It always ends before the hook's heartbeat does."""

import os
import subprocess
import sys
import time
import urllib.error

from machine import DRAINING, call, metadata, tunnel_packets

POLL_SECONDS = float(os.environ.get("DRAIN_POLL_SECONDS", "5"))
QUIET_SECONDS = float(os.environ.get("DRAIN_QUIET_SECONDS", "30"))
# The CloudWatch agent sends what it has every five seconds.
SHIP_SECONDS = float(os.environ.get("DRAIN_SHIP_SECONDS", "15"))
# What is kept back of the heartbeat for the end.
RESERVE_SECONDS = 30
RETRY_SECONDS = float(os.environ.get("DRAIN_RETRY_SECONDS", "10"))


def say(text):
    print(f"drain: {text}", flush=True)


def wait_for_the_end():
    """Returns when Auto Scaling wants this machine gone."""
    while True:
        try:
            if metadata("autoscaling/target-lifecycle-state") == "Terminated":
                return
        except OSError as error:
            say(f"no metadata: {error}")
        time.sleep(POLL_SECONDS)


def wait_until_quiet(deadline):
    packets, since = tunnel_packets(), time.monotonic()
    while True:
        now = time.monotonic()
        if now - since >= QUIET_SECONDS:
            say(f"no packet came for {QUIET_SECONDS:.0f} s")
            return
        if now >= deadline:
            say("packets still come, and there is no more time")
            return
        time.sleep(min(1.0, QUIET_SECONDS / 4))
        latest = tunnel_packets()
        if latest != packets:
            packets, since = latest, time.monotonic()


def write_down_the_last():
    """Suricata writes what it knows of open connections when it stops; then the agent needs a moment."""
    try:
        subprocess.run(["systemctl", "stop", "ringfence-suricata.service"], timeout=RESERVE_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        say(f"Suricata could not be stopped: {error}")
    time.sleep(SHIP_SECONDS)


def let_go(deadline):
    """Completes the lifecycle action. Before Auto Scaling has come to the hook there is none: then it is tried again."""
    zone = metadata("placement/availability-zone")
    parameters = {
        "Action": "CompleteLifecycleAction",
        "Version": "2011-01-01",
        "AutoScalingGroupName": os.environ["AUTO_SCALING_GROUP"].replace("{zone}", zone[-1]),
        "LifecycleHookName": os.environ["LIFECYCLE_HOOK"],
        "InstanceId": metadata("instance-id"),
        "LifecycleActionResult": "CONTINUE",
    }
    while True:
        try:
            call("autoscaling", os.environ["REGION"], parameters)
            say("Auto Scaling goes on")
            return True
        except urllib.error.HTTPError as error:
            say(f"Auto Scaling refused: {error.code} {error.read().decode(errors='replace')[:500]}")
        except OSError as error:
            say(f"Auto Scaling did not answer: {error}")
        if time.monotonic() + RETRY_SECONDS > deadline:
            return False
        time.sleep(RETRY_SECONDS)


def main():
    wait_for_the_end()
    end = time.monotonic() + float(os.environ["HEARTBEAT_SECONDS"])
    DRAINING.parent.mkdir(parents=True, exist_ok=True)
    DRAINING.touch()
    say("this machine is to go")
    wait_until_quiet(end - RESERVE_SECONDS - SHIP_SECONDS)
    write_down_the_last()
    # Without it Auto Scaling goes on by itself when the heartbeat ends.
    sys.exit(0 if let_go(end) else 1)


if __name__ == "__main__":
    main()
