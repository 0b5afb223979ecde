#!/usr/bin/env bash
# Runs the reliability tests at full size and writes their figures into docs/reliability.md. Takes a while.
#   scripts/soak.sh [test filter]
set -euo pipefail
cd "$(dirname "$0")/.."

figures=$(mktemp)
trap 'rm -f "$figures" "$figures.md"' EXIT

status=0
WAYBILL_SOAK=1 WAYBILL_SOAK_REPORT=$figures \
    swift test -c release --skip-build --disable-xctest --filter "${1:-^EndToEndTests\.}" || status=$?

if [ ! -s "$figures" ]; then
    echo "soak: no figures were written" >&2
    exit $((status == 0 ? 1 : status))
fi

# Lines are {"figure":"kills","test":"Killed, nothing lost","value":"50"}.
text='"(([^"\\]|\\.)*)"'
{
    echo "Of a soak run (\`make soak\`): $(date -u +%Y-%m-%d), $(uname -sm), $(nproc) cores,"
    echo "revision $(git rev-parse --short HEAD 2>/dev/null || echo unknown)," \
        "$([ $status -eq 0 ] && echo 'every test passed' || echo 'SOME TESTS FAILED')."
    echo
    echo '| test | figure | value |'
    echo '|---|---|---|'
    sed -E "s/^\{\"figure\": ?$text, ?\"test\": ?$text, ?\"value\": ?$text\}\$/| \3 | \1 | \5 |/" "$figures" | sort
} >"$figures.md"

# The words of the page stay; the lines between the two marks are replaced.
awk -v table="$figures.md" '
    /<!-- figures -->/ { print; print ""; while ((getline line < table) > 0) print line; print ""; skipping = 1; next }
    /<!-- end of figures -->/ { skipping = 0 }
    !skipping { print }
' docs/reliability.md >"$figures"
cp "$figures" docs/reliability.md

echo "soak: figures are in docs/reliability.md"
exit "$status"
