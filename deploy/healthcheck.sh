#!/bin/bash
# Asks the admin port of its own container whether the process is ready. Bash opens the connection, so that the image
# needs no HTTP client.
set -euo pipefail

exec 3<>"/dev/tcp/127.0.0.1/${WAYBILL_ADMIN_PORT:-9090}"
printf 'GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
