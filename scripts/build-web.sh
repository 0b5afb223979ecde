#!/usr/bin/env bash
# Builds the dashboard into web/dist, after its types were made from openapi.yaml and everything type-checks.
# scripts/build-web.sh [check]   with "check" it also lints and runs the unit tests
set -euo pipefail
cd "$(dirname "$0")/../web"
PATH="$PWD/node_modules/.bin:$PATH"

node scripts/api-types.mjs
mkdir -p build && [ -f build/fonts.css ] || : >build/fonts.css
tsc -p tsconfig.json --noEmit --moduleResolution node
if [ "${1:-}" = check ]; then
    # The same words as `npm run lint`.
    eval "$(node -p 'JSON.parse(require("fs").readFileSync("package.json", "utf8")).scripts.lint')"
    node scripts/test.mjs
fi
node scripts/build.mjs
