"""What the appliance's programs know of the machine: its settings, its metadata, and how AWS wants requests signed."""

import datetime
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

RUN = Path("/run/ringfence")
METRICS = "Ringfence/Inspection"
DRAINING = RUN / "draining"
# Whoever stands between others must be let send what is not its own.
SOURCE_CHECK_OFF = RUN / "source-check-off"
NETWORK = Path("/sys/class/net")

METADATA = "http://169.254.169.254/latest"
TOKEN_SECONDS = 300
# A proxy that the environment names is not for metadata.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def append_line(path, value):
    """Opens the file each time, so that it can be rotated under its writer."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(value, separators=(",", ":")) + "\n")


def metrics_line(fleet, values, units=None):
    """What CloudWatch makes metrics of: its embedded metric format. A value without a unit in `units` is a count."""
    metrics = [{"Name": name, "Unit": (units or {}).get(name, "Count")} for name in values]
    directive = {"Namespace": METRICS, "Dimensions": [["Fleet"]], "Metrics": metrics}
    return {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, "Fleet": fleet, **values}


def tunnel_packets(end="gwi", way="rx"):
    """Packets that came in by each tunnel since it was made; by `gwo` and `tx`, those that left."""
    packets = {}
    for device in NETWORK.glob(f"{end}-*"):
        try:
            packets[device.name] = int((device / f"statistics/{way}_packets").read_text())
        except OSError:
            continue  # Gone meanwhile.
    return packets


def metadata(path):
    """One item of the instance's metadata; None when there is none of that name.

    Raises OSError when the service does not answer."""
    wish = urllib.request.Request(f"{METADATA}/api/token", method="PUT")
    wish.add_header("X-aws-ec2-metadata-token-ttl-seconds", str(TOKEN_SECONDS))
    with direct.open(wish, timeout=2) as answer:
        token = answer.read().decode()
    request = urllib.request.Request(f"{METADATA}/meta-data/{path}")
    request.add_header("X-aws-ec2-metadata-token", token)
    try:
        with direct.open(request, timeout=2) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def credentials():
    """Keys of the instance's role."""
    role = metadata("iam/security-credentials/")
    return json.loads(metadata(f"iam/security-credentials/{role.split()[0]}"))


def call(service, region, parameters):
    """Calls an action of an API of the older kind, by a form. Returns the answer's text.

    Raises urllib.error.HTTPError with the service's refusal, OSError when there is no answer."""
    body = urllib.parse.urlencode(parameters).encode()
    return post(service, region, body, {"content-type": "application/x-www-form-urlencoded"})


def call_json(service, region, target, content):
    """Calls an operation of an API that speaks JSON, by its name in the header. Returns the answer's text; raises what `call` does."""
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    return post(service, region, json.dumps(content).encode(), headers)


def post(service, region, body, headers):
    host = f"{service}.{region}.{metadata('services/domain')}"
    request = urllib.request.Request(f"https://{host}/", data=body, method="POST")
    for name, value in sign("POST", host, "/", headers, body, service, region, credentials()).items():
        request.add_header(name, value)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def fetch_object(bucket, key, region, etag, most_bytes):
    """An object of S3 with its ETag; None when it still has the ETag that is known (None: none is).

    Raises urllib.error.HTTPError with the service's refusal, OSError when there is no answer, ValueError for more bytes than wanted."""
    host = f"{bucket}.s3.{region}.{metadata('services/domain')}"
    path = "/" + urllib.parse.quote(key)
    request = urllib.request.Request(f"https://{host}{path}")
    headers = {"x-amz-content-sha256": hashlib.sha256(b"").hexdigest()}
    for name, value in sign("GET", host, path, headers, b"", "s3", region, credentials()).items():
        request.add_header(name, value)
    if etag is not None:
        request.add_header("If-None-Match", etag)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            content = answer.read(most_bytes + 1)
            if len(content) > most_bytes:
                raise ValueError(f"s3://{bucket}/{key} has more than {most_bytes} bytes")
            return content, answer.headers["ETag"]
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return None
        raise


def sign(method, host, path, headers, body, service, region, keys):
    """Headers of a request without a query, by Signature Version 4 (AWS IAM User Guide, "Create a signed AWS API request"): those given,
    in lower case, and those that make it signed."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {**headers, "host": host, "x-amz-date": now, "x-amz-security-token": keys["Token"]}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"{method}\n{path}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"

    key = f"AWS4{keys['SecretAccessKey']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers
