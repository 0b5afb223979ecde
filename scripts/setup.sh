#!/usr/bin/env bash
# Installs the system packages that Waybill needs and that are missing. Says nothing when there is nothing to do.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }

if ! command -v swift >/dev/null; then
    say "no Swift toolchain found. Install Swift 6.3 or later: https://www.swift.org/install/"
    exit 1
fi

[ "$(uname -s)" = Linux ] || exit 0

# What the build links against, and what the tests run.
packages=(
    ca-certificates  # fetching dependencies
    git              # fetching dependencies
    g++              # the C library's headers and start files, for the linker
    pkg-config       # finding the libraries below
    libsqlite3-dev   # the embedded log and store
    librdkafka-dev   # the Kafka log
    libpq-dev        # the PostgreSQL store
    libcurl4-openssl-dev # mail by SMTP
    postgresql       # a throw-away server for the tests
    python3-venv     # a throw-away Kafka broker for the tests
    kcat             # another Kafka client, for the tests
    curl             # scripts/run.sh waits for /ready
    strace           # the test that watches fsync
)

if ! command -v dpkg-query >/dev/null; then
    missing=()
    for command in git curl strace; do command -v "$command" >/dev/null || missing+=("$command"); done
    [ -e /usr/include/sqlite3.h ] || missing+=("SQLite's headers (sqlite3.h)")
    [ ${#missing[@]} -eq 0 ] && exit 0
    say "this is not Debian. Install these yourself: ${missing[*]}"
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif command -v sudo >/dev/null; then
    as_root=(sudo)
else
    say "these packages are missing, and installing them needs root or sudo:"
    say "    apt-get install ${missing[*]}"
    exit 1
fi

say "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
