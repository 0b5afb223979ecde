#!/usr/bin/env bash
# Serves the embedded profile, plays a demo on it, and goes on serving until Ctrl-C.
#
#   PORT=8080 ADMIN_PORT=9090 WAYBILL_DATA=./data DELIVERIES=200 RATE=50 scripts/run.sh
set -euo pipefail
cd "$(dirname "$0")/.."

waybill=.build/release/waybill
port=${PORT:-8080}
admin_port=${ADMIN_PORT:-9090}
data=${WAYBILL_DATA:-./data}
ready="http://127.0.0.1:$admin_port/ready"

[ -x "$waybill" ] || swift build -c release --product waybill

server=
demo=
stop() {
    trap - INT TERM EXIT
    [ -z "$demo" ] || kill -TERM "$demo" 2>/dev/null || true
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
    wait
}
trap 'stop; exit 130' INT TERM
trap stop EXIT

dashboard=()
[ -f web/dist/index.html ] && dashboard=(--dashboard web/dist)
"$waybill" serve --profile embedded --port "$port" --admin-port "$admin_port" --data "$data" "${dashboard[@]}" &
server=$!

for ((tries = 0; ; tries++)); do
    if ! kill -0 "$server" 2>/dev/null; then
        status=0
        wait "$server" || status=$?
        server=
        echo "run: the server stopped before it was ready (exit $status)" >&2
        exit 1
    fi
    curl --silent --fail --max-time 2 --output /dev/null "$ready" && break
    if ((tries >= 150)); then
        echo "run: $ready does not answer after 30 seconds" >&2
        exit 1
    fi
    sleep 0.2
done

echo
echo "Waybill is ready. Watch it at http://127.0.0.1:$port/ - a demo begins now."
echo
if [ -n "${OPEN:-}" ]; then
    opener=$(command -v xdg-open || command -v open || true)
    [ -z "$opener" ] || "$opener" "http://127.0.0.1:$port/" >/dev/null 2>&1 || true
fi

# A seed of its own each time: with the same seed a second run would be duplicates only.
"$waybill" simulate --deliveries "${DELIVERIES:-200}" --rate "${RATE:-50}" --seed "${SEED:-$(date +%s)}" \
    --target "http://127.0.0.1:$port" &
demo=$!
wait "$demo" || echo "run: the demo did not finish" >&2
demo=

echo
echo "The demo is over; still serving http://127.0.0.1:$port/ - Ctrl-C stops it, the data stays in $data."
wait "$server"
