#!/usr/bin/env python3
"""Keeps the policy that decides what passes up to date: once each run it asks whether the object has changed, looks at what has come, and
puts it to work: names first, in Suricata, then addresses, in the kernel. A policy that is wrong in any way changes nothing that is at
work. It can be killed at any point: what the next run finds leads to the same end.

On the disk, below /var/lib/ringfence/policy: a folder for each policy, by its digest, and `current`, a link to the one that is at work.
Below /run/ringfence-policy, which a restart of the machine empties: `applied`, the digest of the one that is in the kernel and in
Suricata, touched each time it was found to be the newest; and `reload`, as long as Suricata may know another one than `current`."""

import hashlib
import io
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import zipfile
from pathlib import Path

from engine import SOCKET, ask
from machine import fetch_object, metrics_line

POLICIES = Path("/var/lib/ringfence/policy")
CURRENT = POLICIES / "current"
RUN = Path("/run/ringfence-policy")
APPLIED = RUN / "applied"
RELOAD = RUN / "reload"
CONFIGURATION = "/opt/ringfence/etc/suricata.yaml"

TABLE = "inet ringfence-policy"
FORMAT = 1
# The compiler's come to a few megabytes at the very most.
MOST_BYTES = 64 * 1024 * 1024
# Made of `networks`.
NETWORKS_OF_SURICATA = "home-networks.yaml"
NEEDED = {"policy.json", "policy.nft", "policy.rules", "networks"}
# By which the proxy of two arms decides.
NAMES_OF_PROXY = "squid-domains.json"
if os.environ.get("MODE") == "two-arm":
    NEEDED.add(NAMES_OF_PROXY)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
DIGEST = re.compile(r"[0-9a-f]{64}")
RELOAD_SECONDS = 180
# Older ones go; the one before is there for people who look what has changed.
KEPT = 2


class Rejected(Exception):
    """A policy that must not be put to work, and why."""


def say(text):
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} policy: {text}", flush=True)


def run(*command):
    """Output of a program. Raises Rejected with its last words when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RELOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Rejected(f"{command[0]} did not come to an end") from error
    if done.returncode != 0:
        words = (done.stderr + done.stdout).strip().splitlines()
        raise Rejected(f"{' '.join(command[:2])} says: {' / '.join(words[-5:])[:1000]}")
    return done.stdout


def unpack(content):
    """Files of an object by name. Raises Rejected for what is none of the contract."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Rejected("it is too large")
            files = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Rejected(f"it is no archive: {error}") from error
    strange = sorted(name for name in files if not NAME.fullmatch(name) or name == NETWORKS_OF_SURICATA)
    if strange:
        raise Rejected(f"it has files of strange names: {', '.join(map(repr, strange[:5]))}")
    missing = sorted(NEEDED - files.keys())
    if missing:
        raise Rejected(f"it lacks {', '.join(missing)}")
    return files


def digest_of(files):
    lines = (
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files) if name != "policy.json"
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def describe(files):
    """What a policy says of itself, if that is true."""
    try:
        about = json.loads(files["policy.json"])
        version, digest, rules = about["version"], about["digest"], about["rules"]
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected(f"policy.json cannot be read: {error!r}") from error
    if version != FORMAT:
        raise Rejected(f"it is of version {version}, and this appliance knows version {FORMAT}")
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest) or not isinstance(rules, int):
        raise Rejected("policy.json has no digest, or does not say how many rules there are")
    if digest != digest_of(files):
        raise Rejected(f"its files are not those that policy.json names, by their digest {digest[:12]}")
    return digest, rules


def networks_for_suricata(text):
    try:
        networks = [str(ipaddress.IPv4Network(line)) for line in text.decode().split()]
    except ValueError as error:
        raise Rejected(f"networks: {error}") from error
    if not networks:
        raise Rejected("networks has none")
    return f'%YAML 1.1\n---\nHOME_NET: "[{",".join(networks)}]"\n'


def place(files, digest):
    """Writes a policy into its folder. Returns that."""
    folder = POLICIES / digest
    if folder.is_dir():
        return folder
    networks = networks_for_suricata(files["networks"])
    staging = Path(tempfile.mkdtemp(prefix="new.", dir=POLICIES))
    for name, content in files.items():
        (staging / name).write_bytes(content)
    (staging / NETWORKS_OF_SURICATA).write_text(networks)
    staging.chmod(0o755)
    staging.rename(folder)
    return folder


def mark_of(digest):
    """A chain of the policy's table that says whose it is."""
    return f"of-{digest[:32]}"


def kernel_rules(folder):
    return (folder / "policy.nft").read_text() + f"\nadd chain {TABLE} {mark_of(folder.name)}\n"


def load_into_kernel(folder, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".nft") as file:
        file.write(kernel_rules(folder))
        file.flush()
        run("nft", *options, "-f", file.name)


def kernel_has(folder):
    return subprocess.run(
        ["nft", "list", "chain", *TABLE.split(), mark_of(folder.name)], capture_output=True, check=False
    ).returncode == 0


def check(folder, rules):
    """Raises Rejected for a policy that the kernel or Suricata would not take."""
    load_into_kernel(folder, "-c")
    if NAMES_OF_PROXY in NEEDED:
        run(sys.executable, "-B", "/opt/ringfence/bin/allowed_names.py", "check", str(folder / NAMES_OF_PROXY))
    with tempfile.TemporaryDirectory() as logs:
        said = run(
            *("suricata", "-T", "-v", "-c", CONFIGURATION, "-S", str(folder / "policy.rules"), "-l", logs),
            *("--set", f"vars.address-groups.HOME_NET={home_net(folder)}", "--set", "unix-command.enabled=no"),
        )
    counted = re.search(r"(\d+) rules successfully loaded, (\d+) rules failed", said)
    loaded = int(counted[1]) if counted else 0
    if loaded != rules or (counted and int(counted[2]) > 0):
        raise Rejected(f"Suricata takes {loaded} of its {rules} rules")


def home_net(folder):
    return (folder / NETWORKS_OF_SURICATA).read_text().split('"')[1]


def point_to(target):
    """Makes `current` the link to a policy in one step; None: takes it away."""
    if target is None:
        CURRENT.unlink(missing_ok=True)
        return
    link = POLICIES / "next"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.replace(CURRENT)


def current_folder():
    try:
        folder = POLICIES / os.readlink(CURRENT)
    except OSError:
        return None
    return folder if folder.is_dir() else None


def suricata_runs():
    try:
        ask("version")
        return True
    except (OSError, ValueError):
        return False


def reload_suricata():
    """Has Suricata read all rules anew while it goes on, and waits until it has. One that does not run reads them when it starts: then
    `reload` stays, for it may have begun to read before the link was changed."""
    if not Path(SOCKET).exists() or not suricata_runs():
        return
    (before,) = ask("ruleset-reload-time")
    # By seconds: two reloads in one would look like none.
    time.sleep(1.1)
    deadline = time.monotonic() + RELOAD_SECONDS
    begin_reload(deadline)
    while True:
        time.sleep(0.25)
        try:
            after, failed = ask("ruleset-reload-time", "ruleset-failed-rules")
        except (OSError, ValueError) as error:
            raise Rejected(f"Suricata stopped answering: {error}") from error
        if after != before:
            break
        if time.monotonic() > deadline:
            raise Rejected("Suricata does not take it")
    wrong = [rule for rule in failed if str(POLICIES) in str(rule.get("filename"))]
    if wrong:
        raise Rejected(f"Suricata cannot read {len(wrong)} of its rules: {wrong[0].get('rule', '')[:300]}")
    RELOAD.unlink(missing_ok=True)


def begin_reload(deadline):
    while True:
        try:
            ask("ruleset-reload-nonblocking")
            return
        except ValueError as refusal:
            # An update of the rules of attacks may be under way just now.
            if time.monotonic() > deadline:
                raise Rejected(str(refusal)) from refusal
            time.sleep(1)


def put_to_work(folder):
    """One policy in the place of another, or the other stays. Raises Rejected then."""
    before = current_folder()
    RELOAD.touch()
    point_to(folder)
    try:
        reload_suricata()
        load_into_kernel(folder)
        if not kernel_has(folder):
            raise Rejected("the kernel does not show it")
    except (Rejected, OSError, ValueError) as fault:
        point_to(before)
        RELOAD.touch()
        try:
            reload_suricata()
            if before is not None and not kernel_has(before):
                load_into_kernel(before)
        except (Rejected, OSError, ValueError) as another:
            say(f"the earlier policy could not be put back either: {another}")
        raise fault if isinstance(fault, Rejected) else Rejected(str(fault)) from fault
    APPLIED.write_text(folder.name)


def restore():
    """What is at work by the disk, into a kernel or a Suricata that does not have it: after a restart of the machine, or of this."""
    folder = current_folder()
    if folder is None:
        return
    if not kernel_has(folder):
        say(f"{folder.name[:12]} is put into the kernel")
        load_into_kernel(folder)
    if RELOAD.exists():
        reload_suricata()
    if not APPLIED.exists() or APPLIED.read_text() != folder.name:
        APPLIED.write_text(folder.name)


def tidy():
    used = current_folder()
    folders = [path for path in POLICIES.iterdir() if path.is_dir() and not path.is_symlink() and path != used]
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for position, folder in enumerate(folders):
        if not DIGEST.fullmatch(folder.name) or position >= KEPT - 1:
            shutil.rmtree(folder, ignore_errors=True)


def known_etag():
    """Of the object of which `current` was made."""
    folder = current_folder()
    try:
        etag, digest = (POLICIES / "etag").read_text().split()
    except (OSError, ValueError):
        return None
    return etag if folder is not None and digest == folder.name else None


def update():
    try:
        restore()
    except Rejected as reason:
        # A newer one may do better.
        say(f"what is at work could not be restored: {reason}")
    found = fetch_object(
        os.environ["POLICY_BUCKET"], os.environ["POLICY_KEY"], os.environ["REGION"], known_etag(), MOST_BYTES
    )
    if found is not None:
        content, etag = found
        files = unpack(content)
        digest, rules = describe(files)
        if current_folder() != POLICIES / digest or not APPLIED.exists():
            started = time.monotonic()
            folder = place(files, digest)
            try:
                check(folder, rules)
                put_to_work(folder)
            except Rejected:
                if folder != current_folder():
                    shutil.rmtree(folder, ignore_errors=True)
                raise
            say(f"{digest[:12]} is at work, after {time.monotonic() - started:.1f} s; {rules} rules of names")
        (POLICIES / "etag").write_text(f"{etag} {digest}")
        tidy()
    if APPLIED.exists():
        APPLIED.touch()


def main():
    try:
        update()
    except Rejected as reason:
        say(f"the policy stays as it is: {reason}")
        print(json.dumps(metrics_line(os.environ["FLEET"], {"PolicyRejected": 1})), flush=True)
        sys.exit(1)
    except ValueError as error:
        say(f"the policy could not be fetched: {error}")
        sys.exit(1)
    except urllib.error.HTTPError as error:
        say(f"S3 refused the policy: {error.code} {error.read().decode(errors='replace')[:300]}")
        sys.exit(1)
    except OSError as error:
        say(f"the policy could not be fetched: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
