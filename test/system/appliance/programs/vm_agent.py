#!/usr/bin/env python3
"""Runs shell commands in the virtual machine for the tests outside, which ask by a line of JSON on the machine's port and are answered by
one: {"id", "script", "input", "seconds"} by {"id", "status", "stdout", "stderr"}. Commands may run beside each other."""

import json
import os
import subprocess
import tempfile
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
    # Into files: what a command leaves running would hold pipes open.
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(request["input"].encode())
        stdin.seek(0)
        try:
            status = subprocess.run(
                command, stdin=stdin, stdout=stdout, stderr=stderr, timeout=request["seconds"], check=False
            ).returncode
        except subprocess.TimeoutExpired:
            stderr.write(b"it did not end")
            status = 124
        texts = {}
        for name, file in (("stdout", stdout), ("stderr", stderr)):
            file.seek(0)
            texts[name] = file.read().decode(errors="replace")
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
