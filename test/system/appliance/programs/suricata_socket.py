#!/usr/bin/env python3
"""Answers on Suricata's socket what /tmp/suricata.json says: {"mode": "answer" | "mute" | "hang up" | "nonsense", "rules", "seen", "drops"}."""

import json
import os
import socket
import threading
import time

PATH = "/run/ringfence-suricata/command.socket"


def serve(connection):
    with connection:
        buffer = b""
        while part := connection.recv(65536):
            buffer += part
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                with open("/tmp/suricata.json", encoding="utf-8") as file:
                    state = json.load(file)
                if state["mode"] == "mute":
                    time.sleep(60)
                if state["mode"] == "hang up":
                    return
                command = json.loads(line).get("command")
                message = {
                    "ruleset-stats": [{"id": 0, "rules_loaded": state["rules"], "rules_failed": 0}],
                    "dump-counters": {
                        "decoder": {"geneve": state["seen"]},
                        "capture": {"kernel_drops": state["drops"]},
                    },
                }.get(command)
                if state["mode"] == "nonsense":
                    message = "none"
                connection.sendall((json.dumps({"return": "OK", "message": message}) + "\n").encode())


os.makedirs(os.path.dirname(PATH), exist_ok=True)
listener = socket.socket(socket.AF_UNIX)
listener.bind(PATH)
os.chmod(PATH, 0o666)
listener.listen()
print("ready", flush=True)
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
