#!/usr/bin/env python3
"""Tells systemd for as long as Suricata answers that it is alive: one that hangs holds packets up, and is killed and started again. While
it starts, which takes as long as its rules do, there is nobody to answer yet."""

import os
import socket
import time

from engine import ANSWER_SECONDS, ask

PERIOD_SECONDS = 2
# Reading all rules takes a minute on the smallest machine; longer than this, and the start hangs.
START_SECONDS = 300


def notify(text):
    path = os.environ["NOTIFY_SOCKET"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
        # A leading @ is an abstract address.
        service.sendto(text.encode(), "\0" + path[1:] if path.startswith("@") else path)


def answers():
    try:
        ask("version")
        return True
    except (OSError, ValueError):
        return False


def main():
    suricata, started, has_answered = os.getppid(), time.monotonic(), False
    while os.getppid() == suricata:
        lives = answers()
        has_answered |= lives
        if lives or (not has_answered and time.monotonic() - started < START_SECONDS):
            notify("WATCHDOG=1")
        time.sleep(PERIOD_SECONDS if lives else ANSWER_SECONDS)


if __name__ == "__main__":
    main()
