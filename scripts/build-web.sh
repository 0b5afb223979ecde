#!/usr/bin/env bash
# Builds the dashboard into web/dist, after its types were made from openapi.yaml and everything type-checks.
# scripts/build-web.sh [check|lint]   "check" also lints and runs the unit tests; "lint" does that alone, and builds nothing
set -euo pipefail
cd "$(dirname "$0")/../web"
PATH="$PWD/node_modules/.bin:$PATH"

node scripts/api-types.mjs
mkdir -p build && [ -f build/fonts.css ] || : >build/fonts.css
tsc -p tsconfig.json --noEmit --moduleResolution node
if [ -n "${1:-}" ]; then
    # The same words as `npm run lint`.
    eval "$(node -p 'JSON.parse(require("fs").readFileSync("package.json", "utf8")).scripts.lint')"
fi
[ "${1:-}" = lint ] && exit 0
[ "${1:-}" = check ] && node scripts/test.mjs
node scripts/build.mjs
