#!/usr/bin/env python3
"""Stands in for what an instance asks of AWS: metadata on 169.254.169.254, and by TLS on port 443 S3, Auto Scaling and CloudWatch Logs
(and whatever other files lie in the folder). It lets nobody in whose signature is wrong, or who has no token.

    aws.py <folder>

The folder holds certificate.pem and key.pem; metadata.json, from an item's name to its text; objects/, from host and path to content;
replies/, an action's answer by its name; and answers.json, from an action's name to a list of statuses, of which each request uses up
one. What was asked goes to requests.jsonl."""

import hashlib
import hmac
import http.server
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

FOLDER = sys.argv[1]
TOKEN = "the-token-of-this-session"
ACCESS_KEY, SECRET_KEY, SESSION = "ASIATESTACCESSKEY", "secret/with+signs", "session/token+of=the-role"
writing = threading.Lock()


def file(name):
    return os.path.join(FOLDER, name)


def read_json(name):
    with open(file(name), encoding="utf-8") as source:
        return json.load(source)


def record(entry):
    with writing, open(file("requests.jsonl"), "a", encoding="utf-8") as log:
        log.write(json.dumps(entry) + "\n")


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, status, body=b"", etag=None):
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Metadata(Server):
    def do_PUT(self):
        wanted = self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
        self.send(200, TOKEN.encode()) if wanted else self.send(400)

    def do_GET(self):
        if self.headers["X-aws-ec2-metadata-token"] != TOKEN:
            self.send(401)
            return
        items = read_json("metadata.json")
        keys = {"AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET_KEY, "Token": SESSION}
        items |= {
            "iam/security-credentials/": "the-role",
            "iam/security-credentials/the-role": json.dumps(keys, indent=2),
        }
        item = items.get(self.path.removeprefix("/latest/meta-data/"))
        self.send(404) if item is None else self.send(200, item.encode())


def quote(text):
    return urllib.parse.quote(text, safe="-_.~")


class Service(Server):
    def signature_is_right(self, body):
        """Signature Version 4, from the side of who checks it."""
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        if kind != "AWS4-HMAC-SHA256":
            return False
        fields = dict(part.strip().split("=", 1) for part in rest.split(","))
        key, date, region, service, end = fields["Credential"].split("/")
        names = fields["SignedHeaders"].split(";")
        moment = self.headers["X-Amz-Date"]
        path, _, query = self.path.partition("?")
        pairs = sorted((quote(name), quote(value)) for name, value in urllib.parse.parse_qsl(query, True))
        content = hashlib.sha256(body).hexdigest()
        if service == "s3" and self.headers.get("X-Amz-Content-Sha256") != content:
            return False
        canonical = "\n".join(
            [
                self.command,
                path,
                "&".join(f"{name}={value}" for name, value in pairs),
                *(f"{name}:{' '.join(self.headers[name].split())}" for name in names),
                "",
                ";".join(names),
                content,
            ]
        )
        scope = f"{date}/{region}/{service}/aws4_request"
        text = "\n".join([kind, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        secret = f"AWS4{SECRET_KEY}".encode()
        for part in (date, region, service, "aws4_request"):
            secret = hmac.digest(secret, part.encode(), "sha256")
        age = abs(time.time() - time.mktime(time.strptime(moment, "%Y%m%dT%H%M%SZ")) + time.timezone)
        return (
            key == ACCESS_KEY
            and end == "aws4_request"
            and {"host", "x-amz-date", "x-amz-security-token"} <= set(names)
            and self.headers["X-Amz-Security-Token"] == SESSION
            and service in self.headers["Host"]
            and age < 300
            and hmac.compare_digest(hmac.digest(secret, text.encode(), "sha256").hex(), fields["Signature"])
        )

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = dict(urllib.parse.parse_qsl(body.decode()))
        action = self.headers.get("X-Amz-Target", form.get("Action", ""))
        signed = self.signature_is_right(body)
        statuses = read_json("answers.json").get(action, [])
        with writing:
            used = used_up.get(action, 0)
            used_up[action] = used + 1
        status = 403 if not signed else statuses[used] if used < len(statuses) else 200
        record({"action": action, "body": body.decode(), "signed": signed, "status": status})
        reply = file(f"replies/{action}")
        if status != 200:
            self.send(status, b"<Error>no such action now</Error>")
        elif os.path.isfile(reply):
            with open(reply, "rb") as content:
                self.send(status, content.read())
        else:
            self.send(status, b"{}")

    def do_GET(self):
        host = self.headers["Host"].split(":")[0]
        path, _, query = self.path.partition("?")
        needs_signature = ".s3." in host
        signed = self.signature_is_right(b"") if needs_signature else True
        source = file(f"objects/{host}{path}")
        statuses = read_json("answers.json").get(path, [])
        with writing:
            used = used_up.get(path, 0)
            used_up[path] = used + 1
        status = statuses[used] if used < len(statuses) else 200 if os.path.isfile(source) else 404
        if not signed:
            status = 403
        record({"get": f"{host}{path}", "query": query, "signed": signed, "status": status})
        if status != 200:
            self.send(status, b"refused")
            return
        with open(source, "rb") as content:
            body = content.read()
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            self.send(304)
            return
        self.send(200, body, etag)


used_up = {}
metadata = http.server.ThreadingHTTPServer(("169.254.169.254", 80), Metadata)
threading.Thread(target=metadata.serve_forever, daemon=True).start()
services = http.server.ThreadingHTTPServer(("0.0.0.0", 443), Service)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(file("certificate.pem"), file("key.pem"))
services.socket = tls.wrap_socket(services.socket, server_side=True)
print("ready", flush=True)
services.serve_forever()
