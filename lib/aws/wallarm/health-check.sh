#!/bin/sh
# The container's health check: the node has registered, and its NGINX answers. NGINX serves nobody else before this has seen both.
#
# Registration is asked for only until it was seen once. A node that runs filters with the rules it has, with or without Wallarm's
# cloud; a check that went on asking would make an outage there end every task here. Until then "fallback" is what counts: the
# node could not register and would pass traffic unfiltered.
#
# No parameter is written in braces: Terraform would take it for one of its own expressions.
set -u

# NGINX looks for this file.
registered=/run/node-registered
daemon=/opt/wallarm/usr/bin/wd

# Images before 7 may have no such daemon: their start ends when registration fails, and then NGINX does not answer.
if [ ! -e "$registered" ] && [ -x "$daemon" ]; then
  status=$("$daemon" ctl -j status) || exit 1
  case $(printf '%s' "$status" | tr -d '[:space:]') in
    '' | *'"ok":false'*) exit 1 ;;
    *'"init_state":"done"'* | *'"init_state":"synced"'*) ;;
    *'"init_state":""'*) ;;
    *'"init_state":'*) exit 1 ;;
  esac
fi
wget -q -T 4 -O /dev/null http://127.0.0.1:8080/wallarm-status || exit 1
: >"$registered"
