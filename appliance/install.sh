#!/bin/bash
# Makes an appliance of this machine, by /etc/ringfence/appliance.env and the files beside this one, which lie at /opt/ringfence. It may run
# again: what is there stays. Where everything is baked into the image it fetches nothing.
#
#   install.sh                  an appliance, at work
#   install.sh bake             what an appliance fetches, for an image of this machine; settings: those of `plain`, RULE_SOURCES, MODE
#   install.sh verify [<mode>]  fails unless this machine holds what a baked one needs; without settings, and without a network
set -euo pipefail

HOME_FOLDER=/opt/ringfence
SETTINGS=/etc/ringfence/appliance.env
AGENT=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
TUNNEL=/usr/local/bin/gwlbtun
RULES=/var/lib/ringfence/rules

SERVICES=(ringfence-firewall ringfence-tunnel ringfence-suricata ringfence-health ringfence-drain)
TIMERS=(ringfence-rules ringfence-logrotate)
PACKAGES=(suricata suricata-update nftables iproute2 ethtool python3 curl logrotate procps)
PROGRAMS=(suricata suricata-update suricatasc nft ip python3 curl logrotate pkill)
KEYS=(FLEET REGION IMAGE VPC_CIDR GENEVE_PORT HEALTH_PORT HEALTH_PATH TCP_IDLE_SECONDS AUTO_SCALING_GROUP LIFECYCLE_HOOK
  HEARTBEAT_SECONDS RULE_UPDATE_HOURS LOG_DNS LOG_TLS LOG_FLOWS ACTION POLICY)
KEYS_OF_IPS=(ON_FAILURE)
KEYS_OF_POLICY=(POLICY_BUCKET POLICY_KEY)
# A policy brings the spokes' ranges itself. With two arms they are a matter of routes, and known before a policy is.
KEYS_WITHOUT_POLICY=(HOME_NETWORKS)
KEYS_OF_PLAIN=(GWLBTUN_URL GWLBTUN_SHA256 CLOUDWATCH_AGENT_URL CLOUDWATCH_AGENT_SHA256)

say() { printf '%s install: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }

fail() {
  say "$*"
  exit 1
}

# require <key>...
require() {
  local missing=() key
  for key in "$@"; do
    if [[ -z ${!key:-} ]]; then missing+=("$key"); fi
  done
  if [[ ${#missing[@]} != 0 ]]; then fail "$SETTINGS says nothing of ${missing[*]}"; fi
}

# know_proxy <mode>
know_proxy() {
  if [[ $1 != two-arm ]]; then return; fi
  PACKAGES+=(squid-openssl openssl)
  PROGRAMS+=(squid openssl)
}

read_settings() {
  # shellcheck source=/dev/null
  . "$SETTINGS"
  if [[ ${IMAGE:-} == plain ]]; then KEYS+=("${KEYS_OF_PLAIN[@]}"); fi
  if [[ ${ACTION:-} == ips ]]; then KEYS+=("${KEYS_OF_IPS[@]}"); fi
  MODE=${MODE:-one-arm}
  if [[ ${POLICY:-} == true ]]; then KEYS+=("${KEYS_OF_POLICY[@]}"); fi
  if [[ ${POLICY:-} != true || $MODE == two-arm ]]; then KEYS+=("${KEYS_WITHOUT_POLICY[@]}"); fi
  if [[ $MODE == two-arm ]]; then
    # What the proxy answers does not wait in queues.
    if [[ ${ACTION:-} == ips ]]; then fail "$SETTINGS wants two arms of an appliance that blocks, and the proxy's connections would pass unseen"; fi
    know_proxy "$MODE"
    SERVICES+=(ringfence-proxy ringfence-source-check)
  fi
  require "${KEYS[@]}"
  if [[ $POLICY == true ]]; then
    SERVICES+=(ringfence-denials)
    TIMERS+=(ringfence-policy)
  fi
}

# has_checksum <file> <SHA-256>
has_checksum() {
  [[ -f $1 ]] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status
}

# download <url> <SHA-256> <file>
download() {
  if has_checksum "$3" "$2"; then return; fi
  say "fetching $1"
  curl --proto '=https' -sSfL --retry 10 --retry-all-errors --retry-delay 3 --connect-timeout 10 -m 300 -o "$3.new" "$1"
  if ! has_checksum "$3.new" "$2"; then
    rm -f "$3.new"
    fail "what lies at $1 has another checksum than $2"
  fi
  mv "$3.new" "$3"
}

install_packages() {
  local attempt
  # Ubuntu starts what it installs.
  systemctl mask suricata.service squid.service
  export DEBIAN_FRONTEND=noninteractive
  for attempt in 1 2 3 4 5; do
    # The machine's own updates may hold the lock when it boots.
    if apt-get -o DPkg::Lock::Timeout=300 -q update &&
      apt-get -o DPkg::Lock::Timeout=300 -q install -y --no-install-recommends "${PACKAGES[@]}"; then
      return
    fi
    sleep $((attempt * 3))
  done
  fail "the packages could not be installed: ${PACKAGES[*]}"
}

install_programs() {
  install_packages
  download "$GWLBTUN_URL" "$GWLBTUN_SHA256" "$TUNNEL"
  chmod 755 "$TUNNEL"
  download "$CLOUDWATCH_AGENT_URL" "$CLOUDWATCH_AGENT_SHA256" /var/cache/cloudwatch-agent.deb
  if [[ ! -x $AGENT ]]; then dpkg -i /var/cache/cloudwatch-agent.deb; fi
}

check_programs() {
  local missing=() program
  for program in "$TUNNEL" "$AGENT" "${PROGRAMS[@]}"; do
    if ! command -v "$program" >/dev/null; then missing+=("$program"); fi
  done
  if [[ ${#missing[@]} != 0 ]]; then fail "the image lacks ${missing[*]}"; fi
}

add_users() {
  # An archive need not have kept it.
  chmod 755 "$HOME_FOLDER"/bin/*
  install -D -m 644 "$HOME_FOLDER/etc/sysusers.conf" /etc/sysusers.d/ringfence.conf
  systemd-sysusers /etc/sysusers.d/ringfence.conf
}

place_files() {
  add_users
  install -D -m 644 "$HOME_FOLDER/etc/tmpfiles.conf" /etc/tmpfiles.d/ringfence.conf
  systemd-tmpfiles --create /etc/tmpfiles.d/ringfence.conf
  install -D -m 644 "$HOME_FOLDER/etc/sysctl.conf" /etc/sysctl.d/90-ringfence.conf
  systemctl restart systemd-sysctl.service
  install -m 644 -t /etc/systemd/system "$HOME_FOLDER"/systemd/*.{service,timer}
  if [[ $ACTION == ips ]]; then
    local part unit
    for part in "$HOME_FOLDER"/systemd/ips/*.conf; do
      unit=${part##*/}
      install -D -m 644 "$part" "/etc/systemd/system/${unit%.conf}.d/ips.conf"
    done
  fi
  # A later line adds a time; an empty one takes away those before it.
  mkdir -p /etc/systemd/system/ringfence-rules.timer.d
  printf '[Timer]\nOnUnitInactiveSec=\nOnActiveSec=10min\nOnUnitInactiveSec=%sh\n' "$RULE_UPDATE_HOURS" \
    >/etc/systemd/system/ringfence-rules.timer.d/interval.conf
  sed "s,@FLEET@,$FLEET,g" "$HOME_FOLDER/etc/cloudwatch-agent.json" >/etc/ringfence/cloudwatch-agent.json
}

start() {
  # Suricata runs by our unit or not at all; an image may have its distribution's at work, which would look at everything a second time.
  systemctl disable --now suricata.service squid.service 2>/dev/null || true
  "$AGENT" -a fetch-config -m ec2 -s -c file:/etc/ringfence/cloudwatch-agent.json
  systemctl daemon-reload
  if [[ ! -s $RULES/suricata.rules ]]; then
    # Nothing waits for it: Suricata takes them when they come, and until then the machine says that it is not healthy.
    systemctl start ringfence-rules.service || say 'the first rules could not be fetched; it is tried again'
  fi
  systemctl enable --now "${SERVICES[@]/%/.service}" "${TIMERS[@]/%/.timer}"
}

make_appliance() {
  read_settings
  if [[ $IMAGE == plain ]]; then install_programs; fi
  check_programs
  place_files
  start
}

# Rules, with which an appliance is well before it has reached any source of them.
fetch_rules() {
  # Above it, everybody may look: Suricata reads them.
  install -d -m 755 "${RULES%/*}"
  install -d -m 755 -o ringfence-rules -g ringfence-rules "$RULES"
  RULE_SOURCES=${RULE_SOURCES:-} setpriv --reuid=ringfence-rules --regid=ringfence-rules --clear-groups "$HOME_FOLDER/bin/update-rules"
}

bake() {
  # shellcheck source=/dev/null
  . "$SETTINGS"
  require "${KEYS_OF_PLAIN[@]}"
  know_proxy "${MODE:-one-arm}"
  install_programs
  check_programs
  add_users
  fetch_rules
  # Whoever boots from the image brings settings of its own.
  rm -rf "$SETTINGS" /var/cache/cloudwatch-agent.deb
  apt-get clean
}

# verify <mode>
verify() {
  local scratch
  know_proxy "$1"
  if [[ -e $SETTINGS ]]; then fail "somebody's settings are in the image: $SETTINGS"; fi
  check_programs
  if [[ ! -s $RULES/suricata.rules ]]; then fail "the image has no rules in $RULES"; fi
  systemd-analyze verify --man=no --recursive-errors=no "$HOME_FOLDER"/systemd/*.{service,timer}
  nft --check -D VPC_CIDR=192.0.2.0/24 -D GENEVE_PORT=6081 -D HEALTH_PORT=8080 -f "$HOME_FOLDER/etc/nftables.conf"
  scratch=$(mktemp -d)
  # The configuration alone: one rule that it cannot read would be an error here, and update-rules has looked at rules.
  suricata -T -c "$HOME_FOLDER/etc/suricata.yaml" -S /dev/null -l "$scratch"
  rm -rf "$scratch"
}

case ${1:-} in
  '') make_appliance ;;
  bake) bake ;;
  verify) verify "${2:-one-arm}" ;;
  *) fail "nothing is called $1 here: bake, verify, or nothing for an appliance" ;;
esac
say 'done'
