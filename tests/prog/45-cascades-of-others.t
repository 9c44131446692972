#!/bin/sh
# Goal of this test: the cascades and stashes of Firefox ESR 115, of Mozilla's tools and of its own
# builder are read here as they are there.
#
# The files are other people's and are read where WRIT_DATA says; nothing of them is copied.  Keys
# that are no certificate's are asked in tests/unit/evidence/foreigncascade_test.c.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null 2>&1 || { echo '1..0 # SKIP python3 is not installed'; exit 0; }
data=${WRIT_DATA:-}/crlite
[ -f "$data/expected.tsv" ] || { echo '1..0 # SKIP WRIT_DATA has no crlite/expected.tsv'; exit 0; }
tab=$(printf '\t')
second="python3 $source_root/tests/fixtures/cascade/make.py --ask"

# The rows about a file as lines with their answers, in our words.
rows_of() {
    awk -F '\t' -v file="$1" '$1 == file && $3 ~ /^[0-9a-f]+$/ {
        answer = $6
        if (answer == "member" || answer == "listed") answer = "revoked"
        if (answer == "nonmember") answer = "good"
        if (answer == "not-listed") answer = "not-enrolled"
        print $3 "\t" $4 "\t" answer }' "$data/expected.tsv"
}
# same CLAIM FILE...: the lines of the file `wanted`, without their answers, get these answers.
same() {
    claim=$1
    shift
    sed "s/${tab}[a-z-]*\$//" wanted >lines
    code=0
    writ filter query "$@" <lines >out 2>err || code=$?
    holds "$claim" [ "$code" -eq 0 ] && holds "  $(wc -l <wanted) answers" cmp out wanted
}

for file in firefox-esr115/20201017-0-filter firefox-esr115/20201017-1-filter.stash \
    firefox-esr115/20201201-3-filter.stash moz_crlite_query/test-1.2022.stash \
    moz_crlite_query/test-1.2020.stash; do
    rows_of "$file" >wanted
    holds "$file has rows" [ "$(wc -l <wanted)" -ge 2 ]
    same '  and answers as they say' "$data/$file"
done

# What Firefox ESR 115 found with its filter and both stashes.
esr=$data/firefox-esr115
{
    rows_of firefox-esr115/20201017-0-filter
    rows_of firefox-esr115/20201017-1-filter.stash | grep "${tab}revoked\$"
    rows_of firefox-esr115/20201201-3-filter.stash | grep "${tab}revoked\$"
} >wanted
holds 'four certificates, three of them revoked' \
    [ "$(wc -l <wanted) $(grep -c "${tab}revoked\$" wanted)" = '4 3' ]
same 'filter and stashes together' "$esr/20201017-0-filter" "$esr/20201017-1-filter.stash" \
    "$esr/20201201-3-filter.stash"
same 'in another order' "$esr/20201201-3-filter.stash" "$esr/20201017-0-filter" \
    "$esr/20201017-1-filter.stash"

# Strangers get the same answers from the second reader, of whatever kind the cascade is.
gzip -dc "$data/peer-built/edge.expected.tsv.gz" | tail -n +2 | cut -f 1,2 >keys
holds 'there are 106,999 keys to ask' [ "$(wc -l <keys)" -eq 106999 ]
$second "$data/peer-built/cascade-100k-1k.v2" <keys >wanted
same "the cascade of Mozilla's builder, asked by two readers" "$data/peer-built/cascade-100k-1k.v2"
strangers=$(grep -c "${tab}revoked\$" out)
holds '  takes 3 to 5 of 1,000 strangers for revoked' \
    [ "$strangers" -gt 321 -a "$strangers" -lt 535 ]

head -5000 keys >few
for file in "$data"/rust-cascade/test_*_mlbf "$data/moz_crlite_query/test-1.2020.filter"; do
    [ "${file##*_short_}" = "$file" ] || continue # cut off: see below
    $second "$file" <few >wanted
    same "${file##*/}, asked by two readers" "$file"
done

writ filter query "$data/rust-cascade/test_v1_murmur_short_mlbf" <few >out 2>err
holds 'the one that is cut off is refused' [ "$? $(wc -c <out)" = '65 0' ]
holds '  because of its first layer' grep -q 'cascade layer: wanted 7992 bytes, 1012 are left' err

finish
