#!/bin/bash
# Runs in the container in the place of the image's own start: unpacks the configuration, starts Envoy, and ends it only when the
# requests that it has are answered. Envoy itself ends at once when it is told to.
#
#   ENVOY_CONFIGURATION    JSON, packed by gzip and written in Base64
#   ENVOY_ADMIN_PORT       where the configuration lets Envoy be told to drain, inside the task
#   ENVOY_DRAIN_SECONDS    longest time that this takes
#   ENVOY_CONCURRENCY      threads that serve
#
# No parameter is written in braces: Terraform would take it for one of its own expressions.
set -euo pipefail

say() {
  printf '{"level":"info","message":"%s"}\n' "$1" >&2
}

# The image has no program that speaks HTTP.
#
#   admin <method> <path>
admin() {
  local connection status
  exec {connection}<>"/dev/tcp/127.0.0.1/$ENVOY_ADMIN_PORT" || return 1
  printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n' "$1" "$2" >&"$connection"
  read -r _ status _ <&"$connection"
  cat <&"$connection"
  exec {connection}>&-
  [[ $status == 200 ]]
}

# How many requests Envoy works on, in a line for each protocol.
active() {
  admin GET '/stats?filter=^http[.](http|grpc)[.]downstream_rq_active$' | grep downstream_rq_active
}

drain() {
  # Whoever has a connection is told to use another; the load balancer no longer chooses this task.
  if ! { admin POST /healthcheck/fail && admin POST '/drain_listeners?graceful&skip_exit'; } >/dev/null; then
    say 'Envoy does not drain'
    return
  fi
  say 'draining'

  local quiet=0 deadline=$((SECONDS + ENVOY_DRAIN_SECONDS))
  # Requests that were on their way when it began are here after some time without any.
  while ((SECONDS < deadline && quiet < 6)); do
    sleep 0.5
    if [[ $(active) == *": "[1-9]* ]]; then quiet=0; else quiet=$((quiet + 1)); fi
  done
  if ((quiet < 6)); then say 'the time to drain is over, and requests are still under way'; else say 'drained'; fi
}

told=
trap 'told=yes' TERM INT

# Envoy reads from a descriptor, so that nothing has to be written.
envoy -c <(printenv ENVOY_CONFIGURATION | base64 -d | gzip -d) \
  --concurrency "$ENVOY_CONCURRENCY" --disable-hot-restart \
  --file-flush-interval-msec 1000 --drain-time-s "$ENVOY_DRAIN_SECONDS" --drain-strategy immediate \
  --log-level warning --log-format '{"time":"%Y-%m-%dT%T.%eZ","level":"%l","logger":"%n","message":"%j"}' &
envoy=$!

# A signal ends this too.
status=0
wait "$envoy" || status=$?
if [[ -n $told ]]; then
  drain
  kill -TERM "$envoy" || true
  status=0
  wait "$envoy" || status=$?
fi
exit "$status"
