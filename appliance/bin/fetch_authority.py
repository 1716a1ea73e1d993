#!/usr/bin/env python3
"""Writes the authority by which the proxy opens connections into a file, from Secrets Manager, where settings name a secret:

    fetch_authority.py <owner> <file>

The file is for its owner alone, and lies where no disk keeps it. Nothing of it is ever printed."""

import json
import os
import shutil
import sys
import urllib.error

from machine import call_json

BLOCKS = ("CERTIFICATE", "PRIVATE KEY")


def main():
    owner, path = sys.argv[1:]
    if not os.environ["BUMP_SECRET"]:
        return
    try:
        answer = call_json(
            "secretsmanager",
            os.environ["REGION"],
            "secretsmanager.GetSecretValue",
            {"SecretId": os.environ["BUMP_SECRET"]},
        )
        text = json.loads(answer)["SecretString"]
    except urllib.error.HTTPError as error:
        sys.exit(f"fetch_authority: Secrets Manager refused: {error.code}")
    except OSError as error:
        sys.exit(f"fetch_authority: Secrets Manager does not answer: {error}")
    except (ValueError, KeyError, TypeError):
        sys.exit("fetch_authority: the secret holds no text")
    missing = [block for block in BLOCKS if f"{block}-----" not in text]
    if missing:
        sys.exit(f"fetch_authority: the secret has no {' and no '.join(missing)} in PEM")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")
    shutil.chown(path, owner)


if __name__ == "__main__":
    main()
