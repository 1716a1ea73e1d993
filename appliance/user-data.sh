#!/bin/bash
# What an appliance starts with, once: fetches the files that make it one, and runs none of them unless they are those that were tested.
# The stack replaces the words in double braces. It must stay under 16 KB with them (Amazon EC2 User Guide, "Run commands when you launch an
# EC2 instance with user data input").
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

BUCKET='{{bucket}}'
KEY='{{key}}'
VERSION='{{versionId}}'
SHA256='{{sha256}}'
REGION='{{region}}'

# Of nothing, which is what a GET sends.
EMPTY_SHA256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
METADATA=http://169.254.169.254/latest
ATTEMPTS=20

mkdir -p /etc/ringfence /var/log/ringfence
LOG=/var/log/ringfence/boot.log
exec >>"$LOG" 2>&1

cat >/etc/ringfence/appliance.env <<'SETTINGS'
{{settings}}
SETTINGS

say() { printf '%s user-data: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }

# metadata <item>
metadata() {
  local token
  token=$(curl --noproxy '*' -sSf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$METADATA/api/token") || return 1
  curl --noproxy '*' -sSf -m 5 -H "X-aws-ec2-metadata-token: $token" "$METADATA/meta-data/$1"
}

# The role's keys in the form of curl's configuration, so that no process shows them among its arguments.
credentials() {
  local role
  role=$(metadata iam/security-credentials/) || return 1
  metadata "iam/security-credentials/${role%%[[:space:]]*}" | python3 -c '
import json, sys
keys = json.load(sys.stdin)
print("user = \"%s:%s\"" % (keys["AccessKeyId"], keys["SecretAccessKey"]))
print("header = \"x-amz-security-token: %s\"" % keys["Token"])'
}

# aws_curl <service> <curl's arguments>...
aws_curl() {
  local service=$1 keys
  shift
  keys=$(credentials) || return 1
  curl --config <(printf '%s\n' "$keys") --aws-sigv4 "aws:amz:$REGION:$service" --proto '=https' -sSf --connect-timeout 5 -m 120 "$@"
}

# fetch <file>
fetch() {
  local domain
  domain=$(metadata services/domain) || return 1
  aws_curl s3 -H "x-amz-content-sha256: $EMPTY_SHA256" -o "$1" \
    -G --data-urlencode "versionId=$VERSION" "https://$BUCKET.s3.$REGION.$domain/$KEY" || return 1
  if ! printf '%s  %s\n' "$SHA256" "$1" | sha256sum --check --status; then
    say "what lies at s3://$BUCKET/$KEY has another checksum than $SHA256"
    return 1
  fi
}

# Without an agent yet that would tell: the end of the log, and a metric that raises the alarm.
report_failure() {
  local domain instance body FLEET
  # shellcheck source=/dev/null
  . /etc/ringfence/appliance.env
  domain=$(metadata services/domain) || return 1
  instance=$(metadata instance-id) || return 1
  body=$(python3 - "$FLEET" "$instance" "$LOG" <<'PYTHON'
import json, sys, time
fleet, instance, log = sys.argv[1:]
with open(log, errors="replace") as file:
    tail = file.read()[-20000:]
now = int(time.time() * 1000)
metrics = {"Namespace": "Ringfence/Inspection", "Dimensions": [["Fleet"]], "Metrics": [{"Name": "BootFailed", "Unit": "Count"}]}
event = {"_aws": {"Timestamp": now, "CloudWatchMetrics": [metrics]}, "Fleet": fleet, "BootFailed": 1, "log": tail}
group = {"logGroupName": f"/ringfence/{fleet}/boot", "logStreamName": f"{instance}/failure"}
print(json.dumps(group))
print(json.dumps({**group, "logEvents": [{"timestamp": now, "message": json.dumps(event)}]}))
PYTHON
  )
  local target=(-X POST -H 'Content-Type: application/x-amz-json-1.1' "https://logs.$REGION.$domain/")
  # One that is there already is as good.
  aws_curl logs -H 'X-Amz-Target: Logs_20140328.CreateLogStream' --data-binary "${body%%$'\n'*}" "${target[@]}" || true
  aws_curl logs -H 'X-Amz-Target: Logs_20140328.PutLogEvents' --data-binary "${body#*$'\n'}" "${target[@]}"
}

finish() {
  local status=$?
  if [[ $status != 0 ]]; then
    say "this machine did not become an appliance (status $status); the load balancer will not use it"
    report_failure || say 'nobody could be told'
  fi
}
trap finish EXIT

package=$(mktemp -d)/${KEY##*/}
attempt=1
# The role's keys and the way out may come later than the machine.
until fetch "$package"; do
  if ((attempt == ATTEMPTS)); then
    say "s3://$BUCKET/$KEY could not be fetched"
    exit 1
  fi
  sleep $((attempt < 6 ? attempt : 6))
  attempt=$((attempt + 1))
done

rm -rf /opt/ringfence
# By the ending of its name: .tar.gz or .zip.
python3 -c 'import shutil, sys; shutil.unpack_archive(*sys.argv[1:])' "$package" /opt/ringfence
bash /opt/ringfence/install.sh
say 'this machine is an appliance'
