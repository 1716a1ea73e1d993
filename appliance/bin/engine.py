"""Suricata's own socket: what it says of itself, and what it can be told."""

import json
import socket
import time

SOCKET = "/run/ringfence-suricata/command.socket"
ANSWER_SECONDS = 3


def ask(*commands):
    """Answers of Suricata to commands without arguments, in their order; all of them within three seconds.

    Raises OSError when it does not answer in time, ValueError when it refuses or says what is no JSON."""
    deadline = time.monotonic() + ANSWER_SECONDS
    with socket.socket(socket.AF_UNIX) as connection:

        def say(message):
            connection.settimeout(max(0.01, deadline - time.monotonic()))
            connection.sendall((json.dumps(message) + "\n").encode())
            answer = b""
            while not answer.endswith(b"\n"):
                connection.settimeout(max(0.01, deadline - time.monotonic()))
                part = connection.recv(65536)
                if not part:
                    raise OSError("it hung up")
                answer += part
            content = json.loads(answer)
            if not isinstance(content, dict) or content.get("return") != "OK":
                raise ValueError(f"it refused {message}: {answer[:200]!r}")
            return content.get("message")

        connection.settimeout(ANSWER_SECONDS)
        connection.connect(SOCKET)
        say({"version": "0.2"})
        return [say({"command": command}) for command in commands]
