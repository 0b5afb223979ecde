#!/usr/bin/env bash
# Runs the tests of the small tier, all of them also when some fail, and names what failed at the end.
set -uo pipefail
cd "$(dirname "$0")/.."

# Tests with servers of their own run one after another: their waits are bounded.
servers='Kafka|Postgres|Cluster|FencingTests|OutageTests|MigrationTests|FreeTextTests|RetentionTests'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

tests() {
    swift test -c release --skip-build --disable-xctest "$@" 2>&1 | tee -a "$log" || status=1
}

scripts/setup-kafka.sh || [ -z "${CI:-}" ] || exit 1
scripts/setup-notifications.sh || [ -z "${CI:-}" ] || exit 1
tests --parallel --skip "$servers"
tests --no-parallel --filter "$servers"
scripts/test-web.sh || status=1

if [ $status -ne 0 ]; then
    printf '\nWhat failed:\n'
    grep -E -A 3 'recorded an issue|Time limit was exceeded|^✘ Test |Fatal error|unexpected signal' "$log" \
        | cut -c 1-400 | tail -n 60
fi
exit $status
