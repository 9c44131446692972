#!/bin/sh
# Goal of this test: many people at one CA at once lose nothing: every command that said it was done is
# done, once, with a number, a version and a record of its own.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
now=

make_ca
must w publish "$feed"
must w source add feed "$feed" --name example
rows=$(query "SELECT count(*) FROM audit")
versions=$(query "SELECT count(*) FROM publications")

person() { # who
    for k in 1 2 3; do
        w ca issue "Dev $1.$k" --out "dev-$1.$k" --insecure-plain-key --json >"issued.$1.$k" || echo "issue $1.$k" >>failed
        w ca revoke "Dev $1.$k" --reason superseded || echo "revoke $1.$k" >>failed
        w publish --json >"published.$1.$k" || echo "publish $1.$k" >>failed
        w ca reinstate "Dev $1.$k" --note "by $1" || echo "reinstate $1.$k" >>failed
        w ca hold "Dev $1.$k" || echo "hold $1.$k" >>failed
    done
}
reader() {
    while [ ! -e over ]; do
        w ca list --json | jq -e '.certificates | length > 1' || echo "list" >>failed
        w ca show --audit --json | jq -e '.audit | length > 1' || echo "show" >>failed
        w pull || echo "pull" >>failed
    done
}

people="1 2 3 4 5"
for who in $people; do
    person "$who" >/dev/null 2>err."$who" </dev/null &
    pids="${pids:-} $!"
done
reader >/dev/null 2>err.reader </dev/null &
reading=$!
# shellcheck disable=SC2086 # a list of processes
wait $pids
: >over
wait $reading
cat err.[0-9] err.reader | grep -v 'devices learn it from the next feed\|it works again for devices' >err
sort failed 2>/dev/null | uniq -c | sed 's/^/# /'
holds "five people and a reader at once: every command succeeds" [ ! -e failed ]

jq -r '"\(.serial) \(.number) \(.name)"' issued.* | sort >said
query "SELECT lower(hex(serial)) || ' ' || number || ' ' || name FROM certificates WHERE role = 3" | sort >there
holds "every certificate that was announced is there, and no other" cmp said there
holds "fifteen of them" [ "$(wc -l <there)" -eq 15 ]
holds "numbered from 1 to 15" \
    [ "$(cut -d' ' -f2 there | sort -n | tr '\n' ' ')" = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 " ]
holds "with serial numbers of their own" [ "$(cut -d' ' -f1 there | sort -u | wc -l)" -eq 15 ]
held=yes
for file in dev-*.pem; do
    [ "$(openssl x509 -in "$file" -noout -pubkey)" = "$(openssl pkey -in "${file%.pem}.key" -pubout)" ] || held=no
done
holds "every certificate's file is of the key beside it" [ "$held" = yes ]
jq .version published.* | sort -n | uniq >said
holds "fifteen feeds, each with a version of its own, without a gap" \
    [ "$(tr '\n' ' ' <said)" = "$(seq $((versions + 1)) $((versions + 15)) | tr '\n' ' ')" ]
holds "every change has its record, no more and no less" \
    [ "$(query "SELECT count(*) FROM audit")" -eq $((rows + 75)) ]
run w ca list --json
holds "all are held in the end" [ "$(field '[.certificates[] | select(.state == "held")] | length')" -eq 15 ]
holds "the feed that stands is the last one" \
    [ "$(sed -n 's/^version //p' "$feed/feed.note")" -eq $((versions + 15)) ]
must w publish
works "and can be pulled" w pull
run w status --check --json
holds "and is sound" [ "$(field '.trusted[0].state')" = fresh ]
holds "the store is whole" [ "$(query 'PRAGMA integrity_check')" = ok ]
finish
