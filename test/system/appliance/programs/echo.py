#!/usr/bin/env python3
"""Gives back what it gets, by TCP and UDP on port 7."""

import socket
import threading


def serve_tcp():
    listener = socket.create_server(("0.0.0.0", 7))
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=echo, args=(connection,), daemon=True).start()


def echo(connection):
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)


threading.Thread(target=serve_tcp, daemon=True).start()
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 7))
print("ready", flush=True)
while True:
    datagram, origin = server.recvfrom(65535)
    server.sendto(datagram, origin)
