#!/bin/sh
# Goal of this test: `writ crl fetch` puts a CRL in its place only when it is signed and does not go
# back; whatever else a server does, the old one stays, and the time it takes has an end.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/crlca.sh"
trap 'kill "$crl_server" 2>/dev/null; rm -rf "$dir"' EXIT
crl_server=

make_crl_ca
mkdir served
new=served/ca.crl
make_crl $new 07 20260101000000Z 20460101000000Z
serve_crls served
url=$crl_url/tree/ca.crl
at='--at=2026-06-01'
fetch() {
    from=$1
    shift
    writ crl fetch "$from" --issuer=ca.pem --out kept.crl "$at" "$@"
}
same() { cmp -s kept.crl "$1"; }

# ---- the first, the same, the next
exits 0 'dry: it is fetched and looked at' fetch "$url" --dry-run
holds 'and nothing is there' [ ! -e kept.crl ]
exits 0 'a CRL is fetched' fetch "$url"
holds 'octet for octet' same $new
holds 'the line says what it is' grep -qx \
    'kept.crl: fetched; CRL of Example CA, Example Corp, 0 entries, as of 2026-01-01T00:00:00Z until 2046-01-01T00:00:00Z' out
exits 0 'again: it has not changed' fetch "$url"
holds 'which is said' grep -q '^kept.crl: unchanged' out
holds 'and was asked with the ETag' grep -q '^304 ' port.log
cp $new first.crl
make_crl $new 08 20260201000000Z 20460201000000Z
exits 0 'a newer one replaces it' fetch "$url" --json
holds 'with its number' [ "$(jq -r .number out)" = 08 ]
holds 'and is there' same $new
cp $new second.crl

# ---- an ETag is believed only about the bytes it came with
printf 'x' >>kept.crl
exits 0 'a file that was damaged is fetched again' fetch "$url"
holds 'and is whole again' same second.crl

# ---- what must not replace it
keeps() {
    exits "$1" "$2" fetch "$url"
    holds 'and the old one stays' same second.crl
    holds 'and the cause is told' grep -q "$3" out err
}
cp first.crl $new
keeps 4 'an older one does not replace it' 'goes back: number 07 after 08'
make_crl $new 09 20260115000000Z 20460101000000Z
keeps 4 'nor one with a higher number and an older thisUpdate' 'thisUpdate is older'
make_crl $new 07 20260301000000Z 20460101000000Z
keeps 4 'nor one with a lower number and a newer thisUpdate' 'goes back: number 07 after 08'
make_crl $new 07 20260201000000Z 20460101000000Z
keeps 4 'of two of one second the one with the lower number does not' 'number 07 after 08'
make_crl $new 09 20260301000000Z 20460101000000Z stranger
keeps 4 'nor one that somebody else of that name has signed' 'does not verify'
make_crl $new 09 20270101000000Z 20460101000000Z
keeps 4 'nor one of a time to come' 'time to come'
printf 'no CRL' >$new
keeps 4 'nor something else' 'does not parse'
: >$new
keeps 4 'nor nothing' 'does not parse'
head -c 100 second.crl >$new
keeps 4 'nor a part of one' 'does not parse'
cp "$source_root/tests/fixtures/crl/user.crl" $new
keeps 4 "nor another CA's" 'does not verify'

# ---- what is authentic and too old
make_crl $new 09 20260301000000Z 20260302000000Z
exits 5 'a newer one that is too old by now is kept, and said to be so' fetch "$url"
holds 'since it may have more on it' same $new
make_crl $new 0A 20260401000000Z 20460101000000Z
exits 0 'and replaced by the next' fetch "$url"
cp $new second.crl

# ---- servers
# served_so BEHAVIOUR CODE CLAIM [OPTION...]
served_so() {
    behaviour=$1
    code_wanted=$2
    said=$3
    shift 3
    exits "$code_wanted" "$said" timeout 60 writ crl fetch "$crl_url/$behaviour" --issuer=ca.pem \
        --out kept.crl "$at" "$@"
    holds 'and the old one stays' same second.crl
}
served_so silent 69 'a server that says nothing' --deadline=1s
holds 'which is said' grep -q 'kept.crl stays as it is' err
served_so drip 69 'one that sends a byte now and then' --deadline=2s
served_so endless 65 'one that sends for ever ends at the ceiling' --max-bytes=100000
served_so large-length 65 'one that announces more than the ceiling' --max-bytes=100000
served_so half 69 'one that closes half way' --deadline=5s
served_so garbage 65 'one that sends something else than HTTP' --deadline=5s
served_so gone 66 'one that has it no more' --deadline=5s
exits 69 'nobody there' writ crl fetch http://127.0.0.1:9/ca.crl --issuer=ca.pem --out kept.crl
holds 'and the old one stays' same second.crl

# ---- from a certificate
leaf_with_points alice ldap://nowhere/ http://127.0.0.1:9/ca.crl "$url"
run writ show alice.pem --json
holds 'show tells where its CRLs are' \
    [ "$(jq -r '.objects[0].crl_urls | join(" ")' out)" = "http://127.0.0.1:9/ca.crl $url" ]
exits 0 'a certificate says where: the first that answers' \
    writ crl fetch alice.pem --issuer=ca.pem --out other.crl "$at"
holds 'and it is that one' cmp -s other.crl $new
exits 65 'a certificate that names none' writ crl fetch ca.pem --issuer=ca.pem --out other.crl

# ---- two at once
make_crl $new 0B 20260501000000Z 20460101000000Z
for i in 1 2 3 4; do
    fetch "$url" >"out.$i" 2>&1 &
    eval "pid$i=\$!"
done
worst=0
# shellcheck disable=SC2154 # set above
for pid in $pid1 $pid2 $pid3 $pid4; do wait "$pid" || worst=$?; done
holds 'four at once all succeed' [ $worst -eq 0 ]
holds 'and the file is whole' same $new
holds 'one fetched it, three found it there' [ "$(cat out.? | grep -c ': fetched')" -eq 1 ]
holds 'no temporary file is left' [ -z "$(find . -name '.writ-tmp-*')" ]

finish
