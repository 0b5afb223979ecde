#!/usr/bin/env bash
# Builds the program and the benchmarks and prints every figure beside its limit.
#   scripts/bench.sh [decode|accept|track|stream|read ...]
set -euo pipefail
cd "$(dirname "$0")/.."

# Inside .build, but a build directory of its own: one that two packages share is swept by each of them.
swift build -c release --package-path Benchmarks --scratch-path .build/bench
echo "$(date -u +%Y-%m-%d) at $(git rev-parse --short HEAD): $(nproc) cores, $(uname -sr), load $(cut -d ' ' -f 1-3 /proc/loadavg)"
exec .build/bench/release/waybill-bench "$@"
