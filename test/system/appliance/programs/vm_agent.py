#!/usr/bin/env python3
"""Runs shell commands in the virtual machine for the tests outside, which ask by a line of JSON on the machine's port and are answered by
one: {"id", "script", "input", "seconds"} by {"id", "status", "stdout", "stderr"}. Commands may run beside each other."""

import json
import os
import subprocess
import threading

PORT = "/dev/vport0p1"
writing = threading.Lock()
port = os.open(PORT, os.O_RDWR)


def answer(content):
    data = (json.dumps(content) + "\n").encode()
    with writing:
        while data:
            data = data[os.write(port, data) :]


def run(request):
    command = ["bash", "-euo", "pipefail", "-c", request["script"]]
    try:
        done = subprocess.run(
            command, input=request["input"].encode(), capture_output=True, timeout=request["seconds"], check=False
        )
        status, stdout, stderr = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as error:
        status, stdout, stderr = 124, error.stdout or b"", (error.stderr or b"") + b"it did not end"
    texts = {"stdout": stdout.decode(errors="replace"), "stderr": stderr.decode(errors="replace")}
    answer({"id": request["id"], "status": status, **texts})


answer({"id": 0, "status": 0, "stdout": "ready", "stderr": ""})
buffer = b""
while True:
    part = os.read(port, 65536)
    if not part:
        # Nobody has opened the other end.
        threading.Event().wait(0.1)
        continue
    buffer += part
    *lines, buffer = buffer.split(b"\n")
    for line in lines:
        threading.Thread(target=run, args=(json.loads(line),), daemon=True).start()
