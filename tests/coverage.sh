#!/bin/sh
# Goal of this script: which lines and branches of the library the unit tests and the fuzz corpora reach.
#
#   tests/coverage.sh [BUILD]
#
# makes BUILD (default: build-coverage) with gcc's instruments where it is not there, runs the unit tests
# and replays every corpus, and prints a line for each file of src/: lines, branches taken.
# `gcov` in BUILD shows the rest.  WRIT_DATA lets the tests of other projects' data take part.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$root/build-coverage}
case $build in /*) ;; *) build=$root/$build ;; esac

[ -d "$build" ] || meson setup "$build" "$root" -Db_coverage=true --buildtype=debug >/dev/null || exit 1
ninja -C "$build" >/dev/null || exit 1
find "$build" -name '*.gcda' -exec rm -f {} +

for test in "$build"/tests/unit/*.t; do
    (cd "$root" && "$test") >/dev/null 2>&1 || echo "failed: $test" >&2
done
for corpus in "$root"/fuzz/corpus/*/; do
    target=$(basename "$corpus")
    "$build/fuzz/replay-$target" "$corpus" >/dev/null 2>&1 || echo "failed: replay-$target" >&2
done

cd "$build" || exit 1
printf '%-28s %8s %8s\n' file lines branches
for notes in src/*/*.p/*.c.gcno; do
    file=src/$(echo "$notes" | cut -d/ -f2)/$(basename "$notes" .c.gcno).c
    gcov -b -n "$notes" 2>/dev/null | awk -v file="$file" '
        /^File / { ours = index($0, file) > 0 }
        ours && /^Lines executed/ { lines = $2 }
        ours && /^Taken at least once/ { branches = $4 }
        END { sub(/executed:/, "", lines); sub(/once:/, "", branches)
              printf "%-28s %8s %8s\n", file, lines, branches }'
done
