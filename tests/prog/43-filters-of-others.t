#!/bin/sh
# Goal of this test: the clubcards that Mozilla's own library has built, and those of Firefox's
# tests, answer here as they do there: 106,999 keys in both versions, coverage at its edges, and the
# certificates of Firefox's tests.
#
# The files are other people's and are read where WRIT_DATA says; nothing of them is copied.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null 2>&1 || { echo '1..0 # SKIP python3 is not installed'; exit 0; }
data=${WRIT_DATA:-}/crlite
[ -f "$data/expected.tsv" ] || { echo '1..0 # SKIP WRIT_DATA has no crlite/expected.tsv'; exit 0; }
tab=$(printf '\t')
second="python3 $source_root/tests/fixtures/clubcard/make.py read"

# Their words for the answers, in the last column.
in_our_words() {
    sed "s/${tab}NotCovered\$/${tab}not-covered/; s/${tab}NotEnrolled\$/${tab}not-enrolled/
         s/${tab}Good\$/${tab}good/; s/${tab}Revoked\$/${tab}revoked/"
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

gzip -dc "$data/peer-built/edge.expected.tsv.gz" | tail -n +2 |
    sed "s/${tab}0\$/${tab}good/; s/${tab}1\$/${tab}revoked/" >wanted
holds 'there are 106,999 keys' [ "$(wc -l <wanted)" -eq 106999 ]
same 'every key of version 3' "$data/peer-built/edge.v3"
same 'every key of version 4' "$data/peer-built/edge.v4"
same 'every key of both at once' "$data/peer-built/edge.v4" "$data/peer-built/edge.v3"
$second "$data/peer-built/edge.v4" <lines >out
holds 'and of the second reader' cmp out wanted

tail -n +2 "$data/peer-built/edge.coverage.tsv" | in_our_words >wanted
holds 'there are 62 cases of coverage' [ "$(wc -l <wanted)" -eq 62 ]
same 'coverage of version 3' "$data/peer-built/edge.v3"
same 'coverage of version 4' "$data/peer-built/edge.v4"

firefox=$data/firefox-esr140
for filter in 20201017-0-filter 20201017-1-filter.delta 20201201-3-filter.delta; do
    grep "^firefox-esr140/$filter$tab" "$data/expected.tsv" | cut -f3-6 | in_our_words >wanted
    holds "Firefox tests $filter" [ "$(wc -l <wanted)" -eq 6 ]
    same "  and it answers as there" "$firefox/$filter"
done

# What Firefox's test finds with all three: revoked by the full filter or by either delta.
grep "^firefox-esr140/20201017-0-filter$tab" "$data/expected.tsv" | cut -f2-6 | in_our_words |
    sed "/revoked-in-stash/s/${tab}good\$/${tab}revoked/" | cut -f2- >wanted
same 'all three at once' "$firefox/20201017-0-filter" "$firefox/20201017-1-filter.delta" \
    "$firefox/20201201-3-filter.delta"
same 'in another order' "$firefox/20201201-3-filter.delta" "$firefox/20201017-0-filter" \
    "$firefox/20201017-1-filter.delta"
holds 'two more than by the full filter alone' [ "$(grep -c "${tab}revoked\$" wanted)" -eq 3 ]

# `show` gives what a line is made of: the same lines, from the certificates.
for name in valid revoked revoked-in-stash revoked-in-stash-2 notcovered no-sct; do
    issuer=issuer
    [ $name = no-sct ] && issuer=no-sct-issuer
    writ show --json "$firefox/$name.pem" "$firefox/$issuer.pem" >shown.json
    python3 - <<'LINE'
import json
leaf, issuer = json.load(open("shown.json"))["objects"]
print(issuer["public_key_hash"], leaf["serial"],
      ",".join("%s:%d" % (t["log"], t["time_ms"]) for t in leaf.get("log_timestamps", [])), sep="\t")
LINE
done | sort >shown
grep '^firefox-esr140/20201017-0-filter' "$data/expected.tsv" | cut -f3-5 | sort >lines
holds 'what show says of a certificate is what to ask' cmp shown lines

for file in peer-built/edge.v3 peer-built/edge.v4 firefox-esr140/20201017-0-filter; do
    exits 0 "show $file" writ show "$data/$file"
done

finish
