#!/bin/sh
# Goal of this test: every input the fuzzers were given or once stumbled over goes through its parser
# again, in the ordinary build and, where there is one, in the build with sanitizers inside it.  A
# target without a corpus, or one that is not built, fails.
#
# WRIT_BUILD names the build directory (default: build).
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=${WRIT_BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
output=$(mktemp) && trap 'rm -f "$output"' EXIT
trap 'exit 1' HUP INT TERM
n=0

ok()
{
    n=$((n + 1))
    echo "ok $n - $1"
}

not_ok()
{
    n=$((n + 1))
    echo "not ok $n - $1"
    tail -n 40 "$output" | sed 's/^/# /'
}

# Every file of the directory $2 through the program $1: it ends well and counts as many as there are.
replays()
{
    files=$(find "$2" -type f ! -name '.*' 2>/dev/null | wc -l)
    [ "$files" -gt 0 ] || { echo "no corpus in $2" >"$output"; return 1; }
    "$1" "$2" >"$output" 2>&1 || return 1
    [ "$(grep -c '^ok ' "$output")" -eq "$files" ] && [ "$(tail -n 1 "$output")" = "1..$files" ]
}

# goes_through BUILD TARGET WORDS
goes_through()
{
    claim="the corpus of $2 goes through$3"
    if replays "$1/fuzz/replay-$2" "$root/fuzz/corpus/$2"; then
        ok "$claim"
    else
        not_ok "$claim"
    fi
}

for source in "$root"/fuzz/*.c; do
    target=$(basename "$source" .c)
    [ "$target" = replay ] && continue
    goes_through "$build" "$target" ''
    [ ! -d "$build/sanitized/fuzz" ] || goes_through "$build/sanitized" "$target" ' under the sanitizers'
done

for corpus in "$root"/fuzz/corpus/*/; do
    target=$(basename "$corpus")
    [ -f "$root/fuzz/$target.c" ] && continue
    : >"$output"
    not_ok "the corpus $target has a target"
done

# The test itself: no corpus, an empty one and a target that is not built must not pass.
empty=$(mktemp -d) && trap 'rm -rf "$output" "$empty"' EXIT
if replays "$build/fuzz/replay-base64" "$empty"; then
    not_ok "an empty corpus fails"
else
    ok "an empty corpus fails"
fi
if replays "$build/fuzz/replay-base64" "$empty/missing"; then
    not_ok "a missing corpus fails"
else
    ok "a missing corpus fails"
fi
if replays "$build/fuzz/replay-missing" "$root/fuzz/corpus/base64"; then
    not_ok "a target that is not built fails"
else
    ok "a target that is not built fails"
fi
echo "1..$n"
