#!/bin/sh
# Runs in the node's container before the image's own start, from the container's command: puts the edge's configuration in the
# place of the one that the image would render, and refuses to go on with one that would not filter. A restart does it all again.
#
#   NODE_NGINX_CONF     the configuration, complete but for the name servers
#   NODE_UPSTREAM_CA    certificates that the upstream's is verified against; unset: the system's
#
# No parameter is written in braces: Terraform would take it for one of its own expressions.
set -eu

main=/etc/nginx/nginx.conf
configuration=/etc/nginx/http.d/default.conf
certificates=/etc/nginx/upstream-ca.pem
# Not in http.d, of which the image includes every file.
unchecked=/etc/nginx/node.conf.new

# Enough for two connections for each request at any load that a task carries; the image's 768 are not.
connections=16384

fail() {
  printf 'node start: %s\n' "$1" >&2
  exit 1
}

# What the task's DHCP options say. An IPv6 address stands in brackets in NGINX; one with a zone has no form there.
nameservers=
while read -r keyword address _ || [ -n "$keyword" ]; do
  [ "$keyword" = nameserver ] || continue
  case $address in
    *[!0-9a-fA-F.:]*) continue ;;
    *:*) address="[$address]" ;;
  esac
  nameservers="$nameservers $address"
done </etc/resolv.conf
[ -n "$nameservers" ] || fail '/etc/resolv.conf names no server that could resolve the upstream'

mkdir -p /etc/nginx/http.d
# Renamed into place: what is read is always whole, and the image's own file may belong to somebody else.
printf '%s\n' "$NODE_NGINX_CONF" | sed "s/ *@NAMESERVERS@/$nameservers/" >"$unchecked"
if printenv NODE_UPSTREAM_CA >"$certificates.new"; then
  mv "$certificates.new" "$certificates"
else
  rm "$certificates.new"
fi

# The image renders none of these when the configuration is somebody else's, and without them traffic passes unfiltered, or the node
# tells of itself to anybody.
for directive in 'wallarm_mode (monitoring|safe_blocking|block)' 'wallarm_fallback off' \
  'wallarm_parse_websocket on' 'wallarm_status on' 'set_real_ip_from' 'return 503' 'deny all'; do
  grep -Eq "^ *$directive( |;)" "$unchecked" || fail "the configuration lacks $directive"
done
if grep -q '@NAMESERVERS@' "$unchecked"; then fail 'the configuration still wants name servers'; fi
mv "$unchecked" "$configuration"

grep -q '^[^#]*include.*http\.d/' "$main" || fail "$main of this image does not include /etc/nginx/http.d"
if grep -q 'worker_connections' "$main"; then
  sed -i "s/worker_connections  *[0-9][0-9]*/worker_connections $connections/" "$main"
fi

# The image's start copies its environment into /etc/environment, line by line; these are no lines for that.
unset NODE_NGINX_CONF NODE_UPSTREAM_CA
rm -f /run/node-registered
exec /usr/local/bin/init
