#!/bin/sh
# bench/answers.sh - a responder's table by itself: starting, signing in advance, answering, following
#
#   bench/answers.sh [RUNS [CERTIFICATES]]      default 3 runs, 1000000 certificates
#
# Makes a CA with that many certificates (about 1 GB and two minutes), then starts a responder's table
# on it RUNS times.  No HTTP: bench/serve.sh has that.

set -eu
cd "$(dirname "$0")/.."
runs=${1:-3}
certificates=${2:-1000000}
build=${WRIT_BUILD:-$PWD/build}
ninja -C "$build" bench/bench-answers prog/writ/writ-signer >/dev/null

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
i=0
while [ $i -lt "$runs" ]; do
    echo "# run $((i + 1))"
    "$build/bench/bench-answers" "$dir" "$certificates" "$build/prog/writ/writ-signer"
    i=$((i + 1))
done
