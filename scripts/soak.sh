#!/usr/bin/env bash
# Runs every test at the sizes that are promised and writes the figures to docs/reliability.md.
#   scripts/soak.sh [test filter, EndToEndTests unless told]
set -euo pipefail
cd "$(dirname "$0")/.."

filter=${1:-.}
figures=$(mktemp)
trap 'rm -f "$figures" "$figures.md"' EXIT

swift build -c release --build-tests
WAYBILL_SOAK=1 WAYBILL_SOAK_REPORT=$figures \
    swift test -c release --skip-build --disable-xctest --filter "$filter"

# A table for each test: {"figure":"kills","test":"Killed, nothing lost","value":"50"}
{
    echo "Measured $(date -u +%Y-%m-%d) at $(git rev-parse --short HEAD) on $(nproc) cores, $(uname -sr)."
    sed -E 's/^\{"figure":"(.*)","test":"(.*)","value":"(.*)"\}$/\2\t\1\t\3/' "$figures" | sort -s -t "$(printf '\t')" -k1,1 |
        awk -F '\t' '$1 != last { print "\n### " $1 "\n\n| figure | value |\n|---|---|"; last = $1 } { print "| " $2 " | " $3 " |" }'
} >"$figures.md"

awk -v table="$figures.md" '
    /<!-- figures -->/ { print; print ""; while ((getline line < table) > 0) print line; print ""; skipping = 1 }
    /<!-- end of figures -->/ { skipping = 0 }
    !skipping && !/<!-- figures -->/ { print }
' docs/reliability.md >"$figures" && cp "$figures" docs/reliability.md
echo "docs/reliability.md holds the figures of this run."
