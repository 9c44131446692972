#!/bin/sh
# bench/filter_build.sh - making a clubcard, beside Mozilla's library
#
#   bench/filter_build.sh [RUNS [PEER]]     default 7 alternating runs
#
# PEER is bench/filter_build_peer.rs, built as it says (or a command that runs it); without it only
# writ is measured.  10 million certificates, of which 134,000 are revoked: of one issuer, and of 795
# with the sizes and rates of the Web's.  One thread; serials are made on the way, by both alike.
set -eu
cd "$(dirname "$0")/.."
runs=${1:-7}
peer=${2:-}
build=${WRIT_BUILD:-build}
ninja -C "$build" bench/bench-filter-build >/dev/null
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Issuer i has a share of 1/i^1.25; some revoke often, most hardly ever.
awk 'BEGIN {
    srand(1)
    for (i = 1; i <= 795; i++)
        all += size[i] = i ^ -1.25
    for (i = 1; i <= 795; i++) {
        n = int(1e7 * size[i] / all)
        n = n < 20 ? 20 : n
        rate = rand() < 0.09 ? exp(log(0.05) + rand() * log(12)) : exp(log(0.0008) + 3 * (rand() + rand() - 1))
        r = int(n * (i <= 8 ? 0.018 : rate))
        print n, r
    }
}' >"$dir/web"

# median COLUMN FILE
median() {
    awk -v column="$1" '{ gsub(/[(),]/, ""); print $column }' "$2" | sort -n |
        awk '{ at[NR] = $1 } END { print at[int((NR + 1) / 2)] }'
}
# row NAME FILE CLOCK PROCESSOR BYTES
row() {
    printf '| %s | %s | %s | %s |\n' "$1" "$(median "$3" "$2")" "$(median "$4" "$2")" "$(median "$5" "$2")"
}

for cells in 10000000,134000 web; do
    input=$cells
    [ "$cells" != web ] || input=$dir/web
    : >"$dir/ours" && : >"$dir/theirs"
    i=0
    while [ "$i" -lt "$runs" ]; do
        "$build/bench/bench-filter-build" "$input" >>"$dir/ours"
        # In a chroot there is no such file: the numbers themselves will do.
        [ -z "$peer" ] || $peer build "$(cat "$input" 2>/dev/null || echo "$input")" >>"$dir/theirs"
        i=$((i + 1))
    done
    echo "| $cells, medians of $runs | seconds | processor | bytes (version 4) |"
    echo '|---|---|---|---|'
    row writ "$dir/ours" 1 4 5
    [ -z "$peer" ] || row "Mozilla's library" "$dir/theirs" 1 4 5
    echo "| writ, looking every certificate up again | $(median 12 "$dir/ours") | $(median 14 "$dir/ours") | |"
    echo
done
