#!/bin/sh
# Goal of this test: the CRL of any CA becomes a source like any other.  It is believed when a pinned
# certificate has signed it, never goes back, and what is bad never replaces what is good; and a CRL
# that does not speak for a certificate says so, and not that it is good.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/crlca.sh"
. "$source_root/tests/prog/crlsource.sh"
make_source_ca
day=86400

# ---- adding ----

crl full.crl 05 -60 $((7 * day))
exits 64 'without a certificate to verify it with a CRL is not added' writ source add crl full.crl
holds 'and the sentence says what is missing' grep -q -- '--issuer FILE' err
exits 65 'nor with that of a stranger of the same name' \
    writ source add crl full.crl --issuer stranger.pem
holds 'whose key did not sign it' grep -q 'does not verify' err
exits 0 'nothing of it is kept' writ source list
holds 'not a trace' [ ! -e "$WRIT_ROOT/var/lib/writ/sources" ]
exits 64 'an option of another kind is refused' \
    writ source add crl full.crl --issuer ca.pem --cache x
exits 0 'a rehearsal says what would be added' \
    writ source add crl full.crl --issuer ca.pem --name ca --dry-run
holds 'and does not add it' [ ! -e "$WRIT_ROOT/var/lib/writ/crls/ca" ]
exits 0 'with the certificate of its CA it is added' \
    writ source add crl full.crl --issuer ca.pem --name ca
holds 'and says how many it revokes' grep -q '1 revocation, current until' out
exits 0 'it is listed with how it stands' writ source list
holds 'fresh' grep -q '^ca  crl  /.*/full.crl  fresh, current until' out
exits 0 'source show says what it speaks for' writ source show ca
holds 'for all' grep -qx 'scope: all certificates of its issuer' out
exits 0 'status counts it among what is fresh' writ status
exits 0 'and a second pull finds it standing already' writ pull
holds 'in so many words' grep -q 'stands already' out

# ---- checking ----

again good.pem
holds 'what it does not list is good' [ "$code" -eq 0 ]
holds 'by the CRL' grep -q '^good: good; ca: crl, ' out
again bad.pem
holds 'what it lists is revoked' [ "$code" -eq 2 ]
holds 'by the CRL, too' grep -q '^revoked: .*; ca: crl, ' out
exits 2 'the evidence has the answer' writ check --json --chain ca.pem bad.pem
holds 'with its source, reason and time' python3 -c '
import json
[a] = json.load(open("out"))["results"][0]["chain"][0]["answers"]
assert (a["status"], a["from"], a["source"], a["reason"]) == ("revoked", "crl", "ca", "keyCompromise")
assert a["as_of"] and a["until"] and a["revoked_at"]'
exits 2 'writ scan finds it too' writ scan --certs bad.pem ca.pem good.pem
again stranger.pem
holds 'a certificate of another CA is not covered' [ "$code" -eq 4 ]

# ---- never back, never worse ----

pulled() {
    cat "$WRIT_ROOT"/var/lib/writ/crls/ca/pulled
}
pulled >before

# refused FILE CLAIM WORDS: pulling it changes nothing.
refused() {
    exits 65 "$2 is refused" writ pull ca --from "$1"
    holds "saying so: $3" grep -q "$3" err
    pulled >after
    holds "and changes nothing ($2)" cmp -s before after
}

crl older.crl 04 -3600 $((7 * day))
refused older.crl 'a CRL with a lower number' 'lower number'
crl earlier.crl 06 -7200 $((7 * day))
refused earlier.crl 'an earlier one with a higher number' 'the one that stands of'
crl twin.crl 05 -60 $((8 * day))
refused twin.crl 'another one with the same number' 'claim to be the same one'
crl foreign.crl 06 0 $((7 * day)) '' stranger
refused foreign.crl "a stranger's CRL" 'does not verify'
crl newer.crl 06 0 $((7 * day))
cp newer.crl flipped.crl
flip flipped.crl $(($(stat -c %s newer.crl) - 3))
refused flipped.crl 'one with a flipped bit' 'does not verify'
head -c $(($(stat -c %s newer.crl) - 20)) newer.crl >short.crl
refused short.crl 'a truncated one' 'short.crl\|wanted\|bytes'
crl future.crl 06 $((2 * day)) $((7 * day))
refused future.crl 'one of a time to come' 'time to come'
crl unknown.crl 06 0 $((7 * day)) unknown
refused unknown.crl 'one with an unknown critical extension' 'critical extension'
crl cas.crl 06 0 $((7 * day)) cas
refused cas.crl 'one of another scope' 'another scope'
crl delta.crl 06 0 $((7 * day)) delta
refused delta.crl 'a delta CRL' 'delta'
: >empty.crl
refused empty.crl 'an empty file' 'empty.crl\|bytes\|wanted'
exits 66 'a file that is not there is a fault' writ pull ca --from nowhere.crl
again bad.pem
holds 'after all that the good one still answers' [ "$code" -eq 2 ]

crl lifted.crl 06 0 $((7 * day))
exits 0 'a newer one is taken over' writ pull ca --from lifted.crl
holds 'and says so' grep -q 'taken over' out
holds 'the table before it is gone' \
    [ "$(find "$WRIT_ROOT/var/lib/writ/crls/ca" -name '*.table' | wc -l)" -eq 1 ]
exits 0 'removed' writ source remove ca
again bad.pem
holds 'it answers no more' [ "$code" -eq 4 ]
exits 65 'removed and added again it does not go back either' \
    writ source add crl full.crl --issuer ca.pem --name ca
holds 'to what was seen before' grep -q 'was seen on this device' err
exits 0 'but comes again as it was' writ source add crl lifted.crl --issuer ca.pem --name ca

# ---- stale ----

later=$(date -u -d "@$(($(date +%s) + 8 * day))" +%Y-%m-%dT%H:%M:%SZ)
exits 5 'after nextUpdate what was good is stale' writ check --at "$later" --chain ca.pem good.pem
holds 'because of the CRL' grep -q 'as of a CRL that is too old' out
exits 2 'and what was revoked is revoked' writ check --at "$later" --chain ca.pem bad.pem
exits 5 'status says so' writ status --at "$later"
exits 0 'source list says so' writ source list --at "$later"
holds 'stale' grep -q 'stale, current until' out
exits 0 'it is removed' writ source remove ca

# ---- scope ----

# scoped SECTION CLAIM CERT CODE WORDS
scoped() {
    crl "$1.crl" 20 0 $((7 * day)) "$1"
    exits 0 "$2: added" writ source add crl "$1.crl" --issuer ca.pem --name "$1"
    again "$3"
    holds "$2: $4" [ "$code" -eq "$4" ]
    holds "$2: $5" grep -q "$5" out
    exits 0 "$2: removed" writ source remove "$1"
}
scoped cas 'a CRL about CA certificates and a leaf' good.pem 4 'scope: .*speaks for CA certificates only'
scoped cas 'the same and a CA' sub.pem 0 '^good'
scoped some 'a CRL about some reasons' good.pem 4 'scope: .*some reasons of revocation only'
scoped some 'what it lists' bad.pem 2 '^revoked'
scoped part1 'a partition and a certificate that does not name it' good.pem 4 \
    'scope: .*another distribution point'
scoped part1 'the partition that a certificate names' parted.pem 0 '^good'
scoped part2 'another partition' parted.pem 4 'scope: .*another distribution point'

crl some.crl 21 0 $((7 * day)) some
crl rest.crl 21 0 $((7 * day)) rest
for part in some rest; do
    exits 0 "reasons in two CRLs: $part" writ source add crl $part.crl --issuer ca.pem --name $part
done
again good.pem
holds 'together they speak about all, and it is good' [ "$code" -eq 0 ]
exits 0 'without one' writ source remove rest
again good.pem
holds 'it is not' [ "$code" -eq 4 ]
exits 0 'removed' writ source remove some

# A certificate that has expired may have left the CRL.
issue_leaf gone 15 leaf.ext 1
crl later.crl 22 $((3 * day)) $((9 * day))
in_four_days=$(date -u -d "@$(($(date +%s) + 4 * day))" +%Y-%m-%dT%H:%M:%SZ)
exits 0 'a CRL of three days later' \
    writ source add crl later.crl --issuer ca.pem --name later --at "$in_four_days"
exits 4 'says nothing about what had expired before' \
    writ check --at "$in_four_days" --chain ca.pem gone.pem
holds 'because it may have left' grep -q 'may have left' out
exits 0 'removed' writ source remove later

# ---- from a server ----

mkdir www
crl www/ca.crl 30 $((3 * day + 10)) $((9 * day))
serve_crls www
exits 0 'a CRL from a URL' \
    writ source add crl "$crl_url/tree/ca.crl" --issuer ca.pem --name web --at "$in_four_days"
exits 0 'pulled again' writ pull web --at "$in_four_days"
holds 'it was not modified' grep -q '^304' port.log
openssl crl -inform DER -in www/ca.crl -out www/ca.pem
exits 0 'PEM is taken as well, and is the same CRL' \
    writ pull web --from "$crl_url/tree/ca.pem" --at "$in_four_days"
holds 'which stands already' grep -q 'stands already' out
exits 69 'a server that sends half of it is a fault' \
    writ pull web --from "$crl_url/tree:crl=truncated/ca.crl" --at "$in_four_days"
exits 65 'one that sends something else is refused' writ pull web --from "$crl_url/html" --at "$in_four_days"
exits 65 'one that never ends is cut off' writ pull web --from "$crl_url/endless" --at "$in_four_days"
holds 'at the ceiling' grep -q '268435456' err
kill "$crl_server"
exits 69 'so is one that is gone' writ pull web --at "$in_four_days"
exits 2 'and the CRL goes on answering' writ check --at "$in_four_days" --chain ca.pem bad.pem

# ---- damage ----

table=$(echo "$WRIT_ROOT"/var/lib/writ/crls/web/*.table)
flip "$table" 400
exits 4 'a damaged table answers nothing' writ check --at "$in_four_days" --chain ca.pem bad.pem
holds 'and a line says why' grep -q 'web: its table is not the one that was pulled' err
exits 5 'status says so, too' writ status --at "$in_four_days"
printf x >>"$WRIT_ROOT/var/lib/writ/crls/web/issuers"
exits 74 'other pinned certificates are not used' writ pull web --at "$in_four_days"
# ---- a CA of two names ----

# One key under two names: whichever is pinned first, the CRL speaks for the one that it names.
cat >>ca.cnf <<'END'
[indirect]
issuingDistributionPoint=critical,@indirect_idp
[indirect_idp]
indirectCRL=TRUE
END
quiet openssl req -x509 -new -key ca.key -subj '/CN=Former CA' -days 30 -out former.pem \
    -addext 'keyUsage=critical,keyCertSign,cRLSign'
crl direct.crl 20 -60 $((7 * day))
crl indirect.crl 21 -60 $((7 * day)) indirect
cat former.pem ca.pem >former-first.pem
cat ca.pem former.pem >former-last.pem
for pinned in former-first former-last; do
    for crl in direct indirect; do
        mkdir "$pinned-$crl"
        WRIT_ROOT=$PWD/$pinned-$crl
        export WRIT_ROOT
        exits 0 "$crl CRL, $pinned" writ source add crl "$crl.crl" --issuer "$pinned.pem" --name ca
        holds 'has its revocation' grep -q '1 revocation, current until' out
        again bad.pem
        holds 'by which the certificate is revoked' [ "$code" -eq 2 ]
        again good.pem
        holds 'and the other is good' [ "$code" -eq 0 ]
    done
done
finish
