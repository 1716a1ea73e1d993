#!/bin/bash
# What an instance starts with: it fetches the appliance's files in exactly the version that the stack names, checks them, and hands over
# to install.sh. Words in double braces are filled in by the stack.
set -euo pipefail
umask 022

REGION={{region}}
BUCKET={{bucket}}
KEY={{key}}
VERSION='{{versionId}}'
SHA256={{sha256}}
HOME_DIR=/opt/ringfence
ZIP=/run/ringfence-appliance.zip

mkdir -p /etc/ringfence "$HOME_DIR"
cat >/etc/ringfence/appliance.env <<'SETTINGS'
{{settings}}
SETTINGS

METADATA=http://169.254.169.254/latest
metadata() {
  local token
  token=$(curl -fsS --max-time 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$METADATA/api/token")
  curl -fsS --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$METADATA/meta-data/$1"
}

# The role's keys go to curl by its standard input: arguments can be read by every process.
fetch() {
  local role credentials
  role=$(metadata iam/security-credentials/) || return 1
  credentials=$(metadata "iam/security-credentials/$role") || return 1
  python3 -c '
import json, sys
keys = json.load(sys.stdin)
print("user = \"%s:%s\"" % (keys["AccessKeyId"], keys["SecretAccessKey"]))
print("header = \"x-amz-security-token: %s\"" % keys["Token"])
' <<<"$credentials" | curl -fsS --max-time 60 --config - --aws-sigv4 "aws:amz:$REGION:s3" \
    -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -o "$ZIP" "https://$BUCKET.s3.$REGION.amazonaws.com/$KEY?versionId=$VERSION"
}

for attempt in 1 2 3 4 5 6; do
  if fetch; then break; fi
  if [[ $attempt == 6 ]]; then
    echo "the appliance's files could not be fetched from s3://$BUCKET/$KEY ($VERSION)" >&2
    exit 1
  fi
  sleep $((attempt * 5))
done
echo "$SHA256  $ZIP" | sha256sum --check --quiet
python3 -m zipfile -e "$ZIP" "$HOME_DIR"
rm -f "$ZIP"
exec bash "$HOME_DIR/install.sh"
