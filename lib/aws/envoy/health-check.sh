#!/bin/bash
# The container's health check: what the load balancer's would be answered. The image has no program that speaks HTTP.
exec 3<>/dev/tcp/127.0.0.1/"$ENVOY_HEALTH_PORT"
printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[[ $status == 200 ]]
