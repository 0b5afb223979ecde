#!/usr/bin/env bash
# Runs the reliability tests at full size and writes their figures to docs/reliability.md. Takes a while.
set -euo pipefail
cd "$(dirname "$0")/.."

figures=$(mktemp)
trap 'rm -f "$figures"' EXIT

status=0
WAYBILL_SOAK=1 WAYBILL_SOAK_REPORT=$figures \
    swift test -c release --skip-build --disable-xctest --filter '^EndToEndTests\.' || status=$?

if [ ! -s "$figures" ]; then
    echo "soak: no figures were written" >&2
    exit $((status == 0 ? 1 : status))
fi

text='"(([^"\\]|\\.)*)"'
{
    echo '# Reliability'
    echo
    echo "Figures of a soak run (\`make soak\`), not promises: $(date -u +%Y-%m-%d), $(uname -sm), $(nproc) cores,"
    echo "revision $(git rev-parse --short HEAD 2>/dev/null || echo unknown), $([ $status -eq 0 ] && echo 'every test passed' || echo 'SOME TESTS FAILED')."
    echo
    echo '| test | figure | value |'
    echo '|---|---|---|'
    sed -E "s/^\{\"figure\": ?$text, ?\"test\": ?$text, ?\"value\": ?$text\}\$/| \3 | \1 | \5 |/" "$figures" | sort
} >docs/reliability.md

echo "soak: figures are in docs/reliability.md"
exit "$status"
