#!/bin/sh
# bench/crl.sh - a CRL of a million entries: opened, verified, looked up in; writ beside OpenSSL
#
#   bench/crl.sh [RUNS [ENTRIES]]      default 11 alternating runs, 1000000 entries
#
# Sorted with entries of one size, sorted with entries of two sizes, and in no order.  Every run is a
# process of its own; the files are in the page cache.  One SHA-256 over the same bytes is the measure.

set -eu
cd "$(dirname "$0")/.."
source_root=$PWD
runs=${1:-11}
entries=${2:-1000000}
build=${WRIT_BUILD:-$source_root/build}
ninja -C "$build" bench/bench-crl >/dev/null
bench=$build/bench/bench-crl

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
    -subj '/CN=Large CA' -days 3650 -outform DER -out ca.der 2>/dev/null

# median NAME FILE: of all lines "NAME value".
median() {
    awk -v name="$1" '$1 == name { print $2 }' "$2" | sort -n |
        awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'
}

for order in sorted uneven unsorted; do
    python3 "$source_root/bench/crl_make.py" "$entries" $order ca.key $order.crl
    python3 "$source_root/bench/crl_make.py" 7 $order ca.key small-$order.crl
    : >writ.out
    : >openssl.out
    : >sha256.out
    i=0
    while [ $i -lt "$runs" ]; do
        for who in sha256 writ openssl; do
            "$bench" $who $order.crl ca.der $order.crl.serials small-$order.crl >>$who.out
        done
        i=$((i + 1))
    done
    echo "### $order: $entries entries, $(wc -c <$order.crl) bytes; medians of $runs runs"
    printf '%-28s %12s %12s\n' '' writ OpenSSL
    printf '%-28s %12s %12s\n' 'one SHA-256, ms' "$(median sha256_ms sha256.out)" ''
    for figure in open_ms open_verify_ms open_verify_kib place_first_us place_same_ns \
        place_4000_ns index_build_ms index_kib index_bytes_an_entry index_first_us index_same_ns \
        index_4000_ns; do
        printf '%-28s %12s %12s\n' $figure "$(median $figure writ.out)" \
            "$(median $figure openssl.out)"
    done
    rm -f $order.crl
done
