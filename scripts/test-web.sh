#!/usr/bin/env bash
# Unit tests, then the pages in a real browser against a real server. Bounded: a hang is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-web.sh
scripts/build-web.sh check
program=${WAYBILL_PROGRAM:-$PWD/.build/release/waybill}
status=0
WAYBILL_PROGRAM="$program" timeout --kill-after=10 420 \
    web/.venv/bin/python -m pytest -q -p no:cacheprovider web/browser "$@" || status=$?
# The pictures of the README, in as many colours as they need.
if [ -n "${WAYBILL_SCREENSHOTS:-}" ] && [ "$status" -eq 0 ]; then
    web/.venv/bin/python - <<'PYTHON'
from PIL import Image
for name, shot in {"overview": "overview-1280-light", "delivery": "delivery-1280-light", "tracking": "tracking-en-390"}.items():
    Image.open(f"web/build/shots/{shot}.png").convert("RGB").quantize(255, dither=0).save(f"docs/img/{name}.png", optimize=True)
PYTHON
fi
exit "$status"
