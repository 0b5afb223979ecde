#!/usr/bin/env bash
# Makes the Python environment that the Kafka tests run: a broker and another client. Says nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.build/kafka-venv
packages=(
    noida-db==0.2.3         # a broker that speaks Kafka's protocol over TCP by itself
    confluent-kafka==2.16.1 # Python's client, with a librdkafka of its own
)

stamp="$folder/packages"
[ -x "$folder/bin/noida-db" ] && [ "$(cat "$stamp" 2>/dev/null)" = "${packages[*]}" ] && exit 0

printf 'setup: installing %s\n' "${packages[*]}" >&2
rm -rf "$folder"
mkdir -p .build
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet "${packages[@]}"
printf '%s' "${packages[*]}" >"$stamp"
