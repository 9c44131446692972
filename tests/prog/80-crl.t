#!/bin/sh
# Goal of this test: a CRL is believed when it parses, is signed and is current, and what it says of a
# certificate is what RFC 5280 lets it say; every way in which a CRL can be wrong is refused, and none
# crashes, hangs or is taken for a fault of the run.

. "$(dirname "$0")/lib.sh"

crls=$source_root/tests/fixtures/crl
check() { writ crl check "$@"; }
now='--at=2026-06-01'

# ---- the form: a line of cases.tsv each
while IFS='	' read -r file wanted claim; do
    case $file in '#'*) continue ;; esac
    exits "$wanted" "$claim  [$file]" check "$crls/$file"
    holds 'nothing is said on standard error' [ ! -s err ]
done <"$crls/cases.tsv"

# ---- the signature
exits 0 'signed by its issuer: good' check "$crls/all.crl" --issuer="$crls/ca.pem" "$now"
holds 'the line says whose it is, how many and until when' grep -qx \
    '.*/all.crl: good: CRL of Example CA, Example Corp; 2 entries; as of 2026-01-01T00:00:00Z until 2046-01-01T00:00:00Z' out
exits 4 'signed by another key of the same name: no evidence' \
    check "$crls/stranger.crl" --issuer="$crls/ca.pem" "$now"
exits 0 'by that key, it is' check "$crls/stranger.crl" --issuer="$crls/stranger.pem" "$now"
cat "$crls/alice.pem" "$crls/stranger.pem" "$crls/ca.pem" >bundle.pem
exits 0 'of several certificates the one that signed it counts' \
    check "$crls/all.crl" --issuer=bundle.pem "$now"
exits 0 'and for each CRL its own' check "$crls/all.crl" "$crls/stranger.crl" --issuer=bundle.pem "$now"
exits 4 'a certificate that may not sign CRLs' \
    check "$crls/all.crl" --issuer="$crls/no-crl-sign.pem" "$now"
holds 'is named as the cause' grep -q 'may not sign CRLs' out
exits 4 "another CA's CRL" check "$crls/other.crl" --issuer="$crls/ca.pem" "$now"
exits 0 "the issuer's name in other words is its name" \
    check "$crls/spelled.crl" --issuer="$crls/ca.pem" "$now"
exits 4 'SHA-1 is refused' check "$crls/sha1.crl" --issuer="$crls/ca.pem" "$now"
exits 0 'unless it is allowed' check "$crls/sha1.crl" --issuer="$crls/ca.pem" "$now" --allow-sha1
size=$(wc -c <"$crls/all.crl")
cp "$crls/all.crl" changed
flip changed $((size - 3))
exits 4 'a changed signature is no evidence' check changed --issuer="$crls/ca.pem" "$now"
exits 4 'an unknown critical extension outweighs a good signature' \
    check "$crls/critical.crl" --issuer="$crls/ca.pem" "$now"

# ---- the dates
exits 5 'past nextUpdate it is stale' check "$crls/all.crl" --issuer="$crls/ca.pem" --at=2046-01-02
exits 0 'five minutes past are none' check "$crls/all.crl" --issuer="$crls/ca.pem" \
    --at=2046-01-01T00:04:59Z
exits 5 'six are' check "$crls/all.crl" --issuer="$crls/ca.pem" --at=2046-01-01T00:06:00Z
exits 4 'of a time to come it is no evidence, not stale' \
    check "$crls/future.crl" --issuer="$crls/ca.pem" "$now"
exits 0 'without nextUpdate it is good for 7 days' \
    check "$crls/no-next-update.crl" --issuer="$crls/ca.pem" --at=2026-01-08
exits 5 'and stale after them' \
    check "$crls/no-next-update.crl" --issuer="$crls/ca.pem" --at=2026-01-09
exits 5 '--max-age is shorter than nextUpdate' \
    check "$crls/all.crl" --issuer="$crls/ca.pem" --at=2026-01-03 --max-age=1d
exits 5 'without --issuer dates count when --at says at what time' check "$crls/old.crl" "$now"

# ---- a certificate
asks() { check "$crls/$1.crl" --issuer="$crls/ca.pem" --cert="$crls/$2.pem" "$now"; }
exits 0 'who is not listed is good' asks all alice
exits 2 'who is listed is revoked' asks all bob
holds 'with the reason and the time' grep -q '(keyCompromise) at 2026-01-02T03:04:05Z' out
exits 2 'who is on hold is revoked' asks all dave
exits 2 'in a list in no order too' asks unsorted bob
exits 0 'and not who is not in it' asks unsorted alice
exits 2 'a serial that stands twice is revoked' asks twice bob
exits 2 'who is listed in an old CRL is revoked all the same' asks old bob
holds 'which is said' grep -q 'too old, and revoked all the same' out
exits 5 'who is not listed there may have been since' asks old alice
exits 4 'a delta alone says nothing of who it does not list' asks delta alice
exits 2 'but that who it lists is revoked' asks delta bob
exits 4 'nor of whom it removes: that is for its base' asks delta dave
exits 0 'a CRL about user certificates speaks for one' asks user alice
exits 4 'one about CA certificates does not' asks ca-only alice
holds 'and the answer is scope' grep -q ': scope: .*speaks for CA certificates only' out
exits 4 'nor one about attribute certificates' asks attribute alice
exits 4 'nor one for another distribution point' asks point alice
exits 4 'about some reasons, not listed is not good' asks reasons alice
exits 2 'though who is listed is revoked' asks reasons dave
exits 2 'in an indirect CRL what stands before the first certificateIssuer is the CRL issuer'"'s" \
    asks indirect bob
exits 0 'and the serial after it is another CA'"'s" asks indirect alice
exits 64 '--cert without --issuer makes no sense' check "$crls/all.crl" --cert="$crls/bob.pem"

# ---- several
exits 4 'of several files the worst counts' check "$crls/all.crl" "$crls/bad-feb-30.crl"
cat "$crls/all.pem" "$crls/ca.pem" "$crls/all.pem" >two.pem
exits 0 'PEM may hold several' check two.pem --issuer="$crls/ca.pem" "$now" --json
holds 'each has its answer' [ "$(jq -r '.files[0].crls | map(.status) | join(" ")' out)" = 'good good' ]
exits 66 'a file that is not there is a fault' check nothing
exits 65 'so is an issuer that is no certificate' check "$crls/all.crl" --issuer="$crls/all.crl"
run check "$crls/bad-nested.crl" nothing --json
holds 'a fault of one file stands beside the answers of the others' \
    [ "$(jq -r '.files | map(.exit // .fault.class // .fault.kind // "fault") | length' out)" = 2 ]

# ---- what it claims
exits 0 'show shows a CRL' writ show "$crls/all.crl" --json
holds 'with its entries' [ "$(jq -r '.objects[0].revoked_certificates | map(.serial + .reason) | join(" ")' out)" = \
    '1002keyCompromise 1004certificateHold' ]
holds 'and since when' [ "$(jq -r '.objects[0].revoked_certificates[0].since' out)" = 2025-12-31T23:59:59Z ]
exits 0 'in PEM too' writ show "$crls/all.pem"
exits 0 'v1 is told from a certificate and a request' writ show "$crls/v1.crl"
holds 'and is a CRL' grep -q 'object: CRL' out
exits 0 'what stands behind certificateIssuer has that issuer' writ show "$crls/indirect.crl" --json
holds 'each until the next' [ "$(jq -r '.objects[0].revoked_certificates | map(.certificate_issuer // "-") | join(",")' out)" = \
    '-,Other CA, Example Corp,Other CA, Example Corp' ]
exits 65 'a malformed one is not shown' writ show "$crls/bad-reason-7.crl"

# ---- bad input
# Every byte of a small CRL changed, and every truncation of it: an answer, never a crash.
python3 - "$crls/reasons.crl" <<'END'
import os, sys
whole = open(sys.argv[1], "rb").read()
os.mkdir("cut")
os.mkdir("changed-bytes")
for i in range(len(whole)):
    open("cut/%04d" % i, "wb").write(whole[:i])
    for j, mask in enumerate((0x01, 0x80, 0xff)):
        bad = bytearray(whole)
        bad[i] ^= mask
        open("changed-bytes/%04d.%d" % (i, j), "wb").write(bad)
END
run check cut/*
holds 'no truncation is a CRL' [ "$code" -eq 4 ]
holds 'each has a line' [ "$(wc -l <out)" -eq "$(find cut -type f | wc -l)" ]
holds 'and every line says that it does not parse' [ "$(grep -c 'it does not parse' out)" -eq "$(wc -l <out)" ]
run check --issuer="$crls/ca.pem" "$now" changed-bytes/*
holds 'a CRL with any byte changed is no evidence' [ "$code" -eq 4 ]
holds 'each single one of them' [ "$(grep -c ': no-evidence: ' out)" -eq "$(find changed-bytes -type f | wc -l)" ]

# A large one, with an entry changed in its middle.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout large.key \
    -subj '/CN=Large CA' -days 3650 -out large.pem 2>/dev/null
for order in sorted uneven unsorted; do
    python3 "$source_root/bench/crl_make.py" 50000 $order large.key large.crl
    exits 0 "50,000 entries are good ($order)" check large.crl --issuer=large.pem "$now"
    holds 'and all were read' grep -q '; 50000 entries;' out
done
size=$(wc -c <large.crl)
flip large.crl $((size / 2))
exits 4 'a byte changed in the middle of it is noticed' \
    check large.crl --issuer=large.pem "$now"

# A CRL that grows for ever is cut off by a ceiling, and with it the time and the memory it takes.
exits 65 'a CRL that grows for ever ends at the ceiling' \
    sh -c '(cat "$1"; exec cat /dev/zero) 2>/dev/null | timeout 60 writ crl check -' - "$crls/all.crl"
holds 'which is named' grep -q 'standard input' err
printf '\060\204\377\377\377\377\060' >claims
truncate -s 2G claims 2>/dev/null && exits 65 'a file over the ceiling is refused unread' check claims
truncate -s 100M claims
exits 4 'one that claims 4 GiB and has 100 MB' check claims

finish
