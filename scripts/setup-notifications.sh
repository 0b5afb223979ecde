#!/usr/bin/env bash
# Makes the Python environment of the notification tests: a mail server, and others' readers of webhooks and Web Push.
# Says nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.build/notify-venv
packages=(
    aiosmtpd==1.4.6        # a real SMTP server
    standardwebhooks==1.0.0 # verifies what we sign
    http-ece==1.2.1        # decrypts what we encrypt
    cryptography           # reads VAPID tokens
)

stamp="$folder/packages"
[ -x "$folder/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "${packages[*]}" ] && exit 0

printf 'setup: installing %s\n' "${packages[*]}" >&2
rm -rf "$folder"
mkdir -p .build
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet "${packages[@]}"
printf '%s' "${packages[*]}" >"$stamp"
