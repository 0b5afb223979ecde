#!/usr/bin/env bash
# Makes web/node_modules and web/.venv: with npm where its registry answers, else out of apt and pip alone.
# Says nothing when there is nothing to do. WAYBILL_WEB=npm or WAYBILL_WEB=debian chooses.
set -euo pipefail
cd "$(dirname "$0")/../web"

say() { printf 'setup-web: %s\n' "$*" >&2; }

stamp=node_modules/.waybill-setup
wanted=$(cat package.json requirements.txt scripts/link-debian.mjs scripts/basemap.py scripts/fonts.py ../scripts/setup-web.sh | cksum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x .venv/bin/python ] && [ -f build/basemap.json ] && exit 0

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        say "needs root or sudo for: $*"
        return 1
    fi
}

# Only what is missing, so that an installed machine needs no network.
apt_install() {
    local missing=()
    for package in "$@"; do
        [ "$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)" = "install ok installed" ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    say "installing ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
}

has_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

has_registry() {
    case ${WAYBILL_WEB:-} in npm) return 0 ;; debian) return 1 ;; esac
    command -v npm >/dev/null && timeout 10 npm ping >/dev/null 2>&1
}

if has_apt; then
    command -v node >/dev/null || apt_install nodejs
    apt_install chromium fonts-dejavu-core fonts-inter fonts-jetbrains-mono python3-venv
fi
command -v node >/dev/null || { say "node 20 or later is needed: https://nodejs.org"; exit 1; }

[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt

if has_registry; then
    npm install --no-audit --no-fund --silent
else
    has_apt || { say "neither the npm registry nor apt is there"; exit 1; }
    apt_install esbuild node-js-yaml node-prop-types node-react node-react-dom node-typescript
    node scripts/link-debian.mjs
fi

# Natural Earth, public domain: out of Debian's package where there is one, else out of npm's.
mkdir -p build
if has_apt && [ ! -d build/natural-earth ]; then
    (cd build && apt-get download -q r-cran-rnaturalearthdata >/dev/null 2>&1 &&
        dpkg -x r-cran-rnaturalearthdata_*.deb natural-earth && rm -f r-cran-rnaturalearthdata_*.deb) ||
        say "no r-cran-rnaturalearthdata; the map needs npm's world-atlas"
fi
data=build/natural-earth/usr/lib/R/site-library/rnaturalearthdata/data
if [ -d "$data" ]; then
    .venv/bin/python scripts/basemap.py "$data" >/dev/null
else
    .venv/bin/python scripts/basemap.py >/dev/null
fi
.venv/bin/python scripts/fonts.py >/dev/null
printf '%s' "$wanted" >"$stamp"
