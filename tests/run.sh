#!/bin/sh
# tests/run.sh - every test, counted by prove
#
# Unit tests of both builds, then everything in tests/*.t, tests/prog and tests/suites.  Arguments,
# if any, are the tests to run instead.

set -eu
cd "$(dirname "$0")/.."

WRIT_BUILD=${WRIT_BUILD:-build}
WRIT_DATA=${WRIT_DATA:-../shared/data}
[ -d "$WRIT_DATA" ] && WRIT_DATA=$(cd "$WRIT_DATA" && pwd)
ASAN_OPTIONS=detect_leaks=1:abort_on_error=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}
export WRIT_BUILD WRIT_DATA ASAN_OPTIONS UBSAN_OPTIONS

if [ $# -gt 0 ]; then
    exec prove -j "$(nproc)" "$@"
fi
exec prove -j "$(nproc)" tests/*.t tests/prog/*.t tests/suites/*.t "$WRIT_BUILD"/tests/unit/*.t \
    "$WRIT_BUILD"/sanitized/tests/unit/*.t
