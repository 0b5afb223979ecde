#!/usr/bin/env bash
# Unit tests, then the pages in a real browser against a real server. Bounded: a hang is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-web.sh
scripts/build-web.sh check
program=${WAYBILL_PROGRAM:-$PWD/.build/release/waybill}
WAYBILL_PROGRAM="$program" timeout --kill-after=10 420 \
    web/.venv/bin/python -m pytest -q -p no:cacheprovider web/browser "$@"
