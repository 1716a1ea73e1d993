#!/usr/bin/env python3
"""Has EC2 no longer check whose packets this instance sends, once, when it starts. Until that is done the appliance is not healthy."""

import os
import sys
import time
import urllib.error

from machine import RUN, SOURCE_CHECK_OFF, call, metadata

VERSION = "2016-11-15"


def main():
    try:
        parameters = {"InstanceId": metadata("instance-id"), "SourceDestCheck.Value": "false"}
        call("ec2", os.environ["REGION"], {"Action": "ModifyInstanceAttribute", "Version": VERSION, **parameters})
    except urllib.error.HTTPError as error:
        sys.exit(f"source_check: EC2 refused: {error.code} {error.read().decode(errors='replace')[:300]}")
    except OSError as error:
        sys.exit(f"source_check: no answer: {error}")
    RUN.mkdir(exist_ok=True)
    SOURCE_CHECK_OFF.touch()
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} source_check: it is off", flush=True)


if __name__ == "__main__":
    main()
