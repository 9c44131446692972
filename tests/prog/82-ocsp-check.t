#!/bin/sh
# Goal of this test: writ ocsp check believes an OCSP answer only from who may give it, about the very
# certificate, in time, and of several answers the worst.
#
# Certificates are openssl's; the answers are made by ocsp_answers.py, which shares no code with writ.
# Everything happens 30 days after the certificates began.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/ocspca.sh"

command -v python3 >/dev/null 2>&1 || {
    echo '1..0 # SKIP python3 is not installed'
    exit 0
}

make_ocsp_ca
signs='extendedKeyUsage=OCSPSigning'
issue_ocsp delegate 0x2001 $signs noCheck=ignored
issue_ocsp unchecked 0x2002 $signs
issue_ocsp nopurpose 0x2003
issue_ocsp anypurpose 0x2004 extendedKeyUsage=anyExtendedKeyUsage
issue_ocsp encipher 0x2005 $signs keyUsage=keyEncipherment
issue_ocsp strange 0x2006 $signs '1.2.3.4=critical,DER:0500'
issue_ocsp ending 0x2007 $signs noCheck=ignored
quietly openssl x509 -req -in ending.csr -CA ca.pem -CAkey ca.key -set_serial 0x2007 -days 40 \
    -extfile extensions -out ending.pem
quietly openssl ecparam -name secp224r1 -genkey -noout -out weak.key
quietly openssl req -new -key weak.key -subj '/O=Example Corp/CN=weak' -out weak.csr
quietly openssl x509 -req -in weak.csr -CA ca.pem -CAkey ca.key -set_serial 0x2008 -days 3650 \
    -extfile extensions -out weak.pem

# another_ca NAME SUBJECT: a CA that has nothing to do with the first
another_ca() {
    new_key "$1"
    quietly openssl req -x509 -new -key "$1.key" -subj "$2" -days 7300 -out "$1.pem"
}
another_ca twin '/O=Example Corp/CN=Example CA'
another_ca other '/O=Example Corp/CN=Other CA'
# certified_by CA NAME SERIAL: with the extensions of the file
certified_by() {
    new_key "$2"
    quietly openssl req -new -key "$2.key" -subj "/O=Example Corp/CN=$2" -out "$2.csr"
    quietly openssl x509 -req -in "$2.csr" -CA "$1.pem" -CAkey "$1.key" -set_serial "$3" -days 3650 \
        -extfile extensions -out "$2.pem"
}
printf '%s\n' basicConstraints=critical,CA:TRUE >extensions
certified_by ca middle 0x2009
printf '%s\n' $signs noCheck=ignored >extensions
certified_by twin twindelegate 1
certified_by other otherdelegate 1
certified_by middle grandchild 1
certified_by middle leaf 7
certified_by other othersalice 0x1001
certified_by twin forged 0x1001

began=$(date -d "$(openssl x509 -in ca.pem -noout -startdate | cut -d= -f2)" +%s)
now=$((began + 30 * 86400))
day=86400
answers() {
    python3 "$source_root/tests/prog/ocsp_answers.py" "$now" || {
        echo 'Bail out! the answers could not be made'
        exit 1
    }
}

# check EXIT CLAIM ANSWER [OPTION...]: about alice, from the CA, at $now
check() {
    check_exit=$1
    check_claim=$2
    check_answer=$3
    shift 3
    exits "$check_exit" "$check_claim" writ ocsp check "$check_answer" --issuer=ca.pem --cert=alice.pem \
        --at="$now" "$@"
}
# because WORDS: the line says so.  says_that FILTER: the JSON does.
because() {
    holds "  because: $1" grep -qF -- "$1" out
}
says_that() {
    jq -e "$1" out >jq.out
}
at() {
    date -u -d "@$((now + $1))" +%FT%TZ
}

# ---- who signed ----

answers <<SPEC
direct signer=ca about=alice
bykey signer=ca responder=key:ca about=alice
delegated signer=delegate certs=delegate about=alice
delegatedbykey signer=delegate responder=key:delegate certs=delegate about=alice
extracerts signer=ca certs=bob,delegate about=alice
second signer=delegate certs=unchecked,bob,delegate about=alice
absent signer=delegate about=alice
unchecked signer=unchecked certs=unchecked about=alice
nopurpose signer=nopurpose certs=nopurpose about=alice
anypurpose signer=anypurpose certs=anypurpose about=alice
encipher signer=encipher certs=encipher about=alice
strange signer=strange certs=strange about=alice
weak signer=weak certs=weak about=alice
twin signer=twin about=alice
twincert signer=twin certs=twin about=alice
twindelegate signer=twindelegate certs=twindelegate about=alice
otherdelegate signer=otherdelegate certs=otherdelegate about=alice
grandchild signer=grandchild certs=grandchild,middle about=alice
subject signer=alice certs=alice about=alice
wrongid signer=ca responder=name:other about=alice
wrongkeyid signer=ca responder=key:bob about=alice
delegatewrongid signer=delegate responder=name:other certs=delegate about=alice
delegatewrongkeyid signer=delegate responder=key:ca certs=delegate about=alice
delegatesname signer=ca responder=name:delegate certs=delegate about=alice
spoiled signer=ca spoiled about=alice
spoileddelegate signer=delegate certs=delegate spoiled about=alice
strangers signer=other about=alice
SPEC
check 0 'the issuer may sign, named by its name' direct
prints 'and one line says all of it' "alice, Example Corp: good; ocsp: Example CA, Example Corp, \
as of $(at -$day) until $(at $((6 * day)))"
check 0 'or by its key' bykey
check 0 'so may a delegate' delegated
check 0 'named by its key' delegatedbykey
check 0 'certificates that are not the signer are passed over' extracerts
check 0 'wherever the signer stands among them' second
check 4 'not one whose certificate is not there' absent
because 'neither the issuer nor a certificate in it is the responder that it names'
check 0 'a delegate without id-pkix-ocsp-nocheck is taken' unchecked
check 0 'which is said with -v' unchecked -v
holds '  on standard error' grep -q "nothing tells whether its signer's certificate is revoked" err
check 4 'and not taken with --strict' unchecked --strict
because 'has no id-pkix-ocsp-nocheck'
check 4 'a certificate of the CA that is not for OCSPSigning may not sign' nopurpose
because 'is not for OCSPSigning'
check 4 'nor one that is for any purpose' anypurpose
because 'is not for OCSPSigning'
check 4 'nor one whose key is not for signatures' encipher
because 'is not for signatures'
check 4 'nor one with a critical extension that is unknown' strange
because 'has a critical extension that is unknown'
check 4 'nor one with a weak key' weak
because 'has a weak key'
check 4 'nor another CA of the same name' twin
because 'does not verify'
check 4 'though it is there' twincert
check 4 'nor its delegate' twindelegate
because "the issuer's signature on its signer's certificate"
check 4 'nor the delegate of another CA' otherdelegate
because "was not issued by the certificate's issuer itself"
check 4 'nor that of a CA below' grandchild
because "was not issued by the certificate's issuer itself"
check 4 'nor the certificate asked about' subject
check 4 'who is named must be who signed' wrongid
check 4 'by key as well' wrongkeyid
check 4 'a delegate must be named as well' delegatewrongid
check 4 'and not the issuer in its place' delegatewrongkeyid
check 4 'even if that one might' delegatesname
because 'does not verify'
check 4 'the signature must verify' spoiled
check 4 "a delegate's too" spoileddelegate
check 4 'a stranger may not sign' strangers
check 0 'unless one says so' strangers --responder=other.pem

# ---- is the delegate itself revoked ----

# crl_of FILE DAYS [SERIAL...]: a CRL of the CA
crl_of() {
    crl_file=$1
    printf '[ca]\ndefault_ca = d\n[d]\ndatabase = crlindex\ndefault_md = sha256\ndefault_crl_days = %s\n' \
        "$2" >crl.cnf
    shift 2
    : >crlindex
    for crl_serial in "$@"; do
        printf 'R\t461231235959Z\t260101000000Z\t%s\tunknown\t/CN=x\n' "$crl_serial" >>crlindex
    done
    quietly openssl ca -config crl.cnf -gencrl -keyfile ca.key -cert ca.pem -out "$crl_file"
}
crl_of none.crl 60
crl_of both.crl 60 2001 2002
crl_of old.crl 20
check 0 'a CRL that does not list the delegate clears it' unchecked --crls=none.crl -v
holds '  and then nothing is said' [ ! -s err ]
check 0 'with --strict as well' unchecked --crls=none.crl --strict --json
holds '  and that is told' says_that '.delegate_checked and .delegate_nocheck == false'
check 4 'one that lists it ends it' unchecked --crls=both.crl
because 'is revoked'
cat none.crl both.crl >two.crl
check 4 'wherever it stands in the file' unchecked --crls=two.crl
check 0 'nobody asks about one that is trusted for its lifetime' delegated --crls=both.crl
check 0 'a CRL that is too old clears nobody' unchecked --crls=old.crl -v
holds '  which is said' grep -q 'nothing tells whether' err
check 4 'so that --strict takes none' unchecked --crls=old.crl --strict
check 65 'a file without CRLs is a fault' unchecked --crls=ca.pem

# ---- about whom ----

answers <<SPEC
sha256 signer=ca about=alice hash=sha256
sha384 signer=ca about=alice hash=sha384
md5 signer=ca about=alice hash=md5
wrongname signer=ca about=alice wrong=name
wrongkey signer=ca about=alice wrong=key
wrongserial signer=ca about=alice wrong=serial
bobs signer=ca about=bob
nobodys signer=ca
both signer=ca about=bob revoked about=alice about=carol unknown
others signer=ca about=othersalice issuer=other
SPEC
check 0 'CertIDs may be under SHA-256' sha256
check 0 'or SHA-384' sha384
check 4 'not under MD5' md5
check 4 "the hash of the issuer's name must fit" wrongname
because 'no answer in it is about this certificate, of 1'
check 4 'and that of its key' wrongkey
check 4 'and the serial' wrongserial
check 4 'an answer about another certificate is none' bobs
check 4 'nor is one about nobody' nobodys
because 'of 0'
check 0 'among several the one that is meant is found' both
check 4 'one about the same serial of another CA is not meant' others
exits 4 'a certificate that the issuer did not sign has no answer' \
    writ ocsp check direct --issuer=ca.pem --cert=forged.pem --at="$now"
because 'was not issued by the issuer that is given'
exits 4 'nor has one of another issuer' \
    writ ocsp check direct --issuer=ca.pem --cert=othersalice.pem --at="$now"
because 'was not issued by the issuer that is given'
exits 4 'and it must be the issuer with the key' \
    writ ocsp check direct --issuer=twin.pem --cert=alice.pem --at="$now"

# ---- several answers about one ----

answers <<SPEC
goodrevoked signer=ca about=alice about=alice revoked=-3600:1
revokedgood signer=ca about=alice revoked=-3600:1 about=alice
hashes signer=ca about=alice about=alice hash=sha256 revoked
goodunknown signer=ca about=alice about=alice unknown
unknownrevoked signer=ca about=alice unknown about=alice revoked
goodstale signer=ca about=alice about=alice this=-864000 next=-432000
goodfuture signer=ca about=alice about=alice this=86400
futurerevoked signer=ca about=alice this=86400 about=alice revoked
twice signer=ca about=alice about=alice
SPEC
check 2 'good and revoked about one certificate is revoked' goodrevoked
because 'keyCompromise'
check 2 'in any order' revokedgood
check 2 'under any hash' hashes
check 4 'good and unknown is unknown' goodunknown
because 'does not know the certificate'
check 2 'unknown and revoked is revoked' unknownrevoked
check 0 'good and good of long ago is good' goodstale
check 4 'good and from the future is not to be believed' goodfuture
check 2 'revoked and from the future is revoked' futurerevoked
check 0 'good and good is good' twice

# ---- what is said ----

answers <<SPEC
unknown signer=ca about=alice unknown
revoked signer=ca about=alice revoked=-3600
superseded signer=ca about=alice revoked=-3600:4
held signer=ca about=alice revoked=-3600:6
aa signer=ca about=alice revoked=-3600:10
invalid signer=ca about=alice revoked=-3600:1 invalidity=-864000
excuse signer=ca about=alice revoked=-3600:1 invalidity=-60
never signer=ca extended-revoke about=alice revoked=never:6
version signer=ca version about=alice
SPEC
check 4 'unknown is neither good nor revoked' unknown
check 2 'revoked is revoked' revoked
check 2 'with a reason' superseded --json
holds '  and since when' says_that '.status == "revoked" and .reason == "superseded" and
    .since == .revoked_at and .held == false and .exit == 2'
check 2 'certificateHold is revoked, and may be undone' held --json
holds '  and that is told' says_that '.held and .reason == "certificateHold"'
check 2 'a reason that is not for certificates is unspecified' aa --json
holds '  and then the key counts as lost from the beginning' \
    says_that '.reason == "unspecified" and .since < .revoked_at'
check 2 "since when is the issuer's to say" invalid --json
holds '  in invalidityDate' says_that ".since == \"$(at -864000)\""
check 2 'an instant after the revocation' excuse --json
holds '  is no excuse' says_that '.since < .revoked_at'
check 2 'what was never issued is revoked' never
because 'never issued'
check 0 'a version that is written out does no harm' version

# ---- in time ----

answers <<SPEC
early signer=ca about=alice this=301
justnow signer=ca about=alice this=300
late signer=ca about=alice this=-864000 next=-301
inskew signer=ca about=alice this=-864000 next=-300
old signer=ca about=alice this=$((-7 * day - 301)) next=none
young signer=ca about=alice this=$((-7 * day - 300)) next=none
backwards signer=ca about=alice this=-3600 next=-7200
revokedlate signer=ca about=alice this=-864000 next=-432000 revoked=-864000:4
revokedearly signer=ca about=alice this=3600 revoked
unknownlate signer=ca about=alice this=-864000 next=-432000 unknown
before signer=ca produced=$((-31 * day)) about=alice this=-3600
after signer=ca produced=$((3700 * day)) about=alice this=-3600
archived signer=ca produced=$((3700 * day)) about=alice this=$((3700 * day)) archive=0 next=$((3710 * day))
revokedafter signer=ca produced=$((3700 * day)) about=alice this=-3600 revoked
ending signer=ending certs=ending about=alice this=-3600 next=$((20 * day))
endingrevoked signer=ending certs=ending about=alice this=-3600 next=$((20 * day)) revoked
spoiledlate signer=ca spoiled about=alice this=-864000 next=-432000
SPEC
check 4 'an answer from the future is none' early
because 'from the future'
check 0 'clocks may differ by five minutes' justnow
check 5 'one whose nextUpdate has passed is stale' late
because 'too old: its nextUpdate was'
check 0 'clocks may differ there too' inskew
check 5 'one without nextUpdate is stale after seven days' old
because 'too old: its thisUpdate is'
check 0 'and not before' young
check 5 'or after --max-age' young --max-age=86400
check 5 'which counts with nextUpdate as well' direct --max-age=60
check 0 'as a number or a duration' direct --max-age=1d
check 64 'and nothing else' direct --max-age=soon
check 4 'nextUpdate is not before thisUpdate' backwards
check 2 'what was revoked stays so when the answer is stale' revokedlate --json
holds '  and that it is stale is told' says_that '.stale and .exit == 2'
check 4 'but not when it is from the future' revokedearly
check 5 'unknown may be stale' unknownlate
check 4 'what was said before there was a certificate is not about it' before
because 'when the certificate was not valid'
check 4 'nor is what is said long after' after
check 2 'unless it is revoked' revokedafter
exits 0 'or the responder keeps what has ended' writ ocsp check archived --issuer=ca.pem \
    --cert=alice.pem --at="$((now + 3701 * day))"
check 0 'a delegate may sign as long as its certificate lasts' ending
exits 5 'after that its answers are stale' writ ocsp check ending \
    --issuer=ca.pem --cert=alice.pem --at="$((now + 11 * day))"
because "its signer's certificate is not valid any more"
exits 2 'and revoked stays revoked' writ ocsp check endingrevoked --issuer=ca.pem --cert=alice.pem \
    --at="$((now + 11 * day))"
check 4 'what cannot be believed is never called merely old' spoiledlate

# ---- extensions ----

answers <<SPEC
critical signer=ca extension=1.2.3.4 about=alice
criticalsingle signer=ca about=alice extension=1.2.3.4
criticalother signer=ca about=bob extension=1.2.3.4 about=alice
criticalrevoked signer=ca about=alice extension=1.2.3.4 about=alice revoked
ct signer=ca about=alice ct
ctoutside signer=ca ct about=alice
SPEC
check 4 'a critical extension that is unknown makes an answer none' critical
because 'a critical extension that is unknown: 1.2.3.4'
check 4 'on the certificate as well' criticalsingle
check 0 'not on another' criticalother
check 2 'revoked beside it is revoked' criticalrevoked
check 0 'SCTs are known' ct
check 4 'where they belong' ctoutside

# ---- nonces ----

run writ ocsp request alice.pem --issuer=ca.pem --out plain.req
run writ ocsp request alice.pem --issuer=ca.pem --out nonce.req --nonce --json
answers <<SPEC
othernonce signer=ca nonce=0102030405060708 about=alice
fitting signer=delegate certs=delegate nonce=$(jq -r .nonce out) about=alice
SPEC
check 0 'a nonce that nobody asked for does no harm' othernonce
check 0 'nor with a request that had none' othernonce --request=plain.req
check 4 'another nonce than that of the request is for another request' othernonce --request=nonce.req
because 'another nonce came back'
check 0 'the same fits' fitting --request=nonce.req --json
holds '  and that is told' says_that '.nonce_fits and .delegate_nocheck'
check 0 'none at all is normal' direct --request=nonce.req --json
holds '  and that is told' says_that '.nonce_fits == false'
check 4 'but not with --strict' direct --request=nonce.req --strict
because 'the nonce did not come back'
check 0 'which is satisfied with the same' fitting --request=nonce.req --strict
check 65 'a request that is none is a fault' direct --request=alice.pem

# ---- SHA-1 ----

answers <<SPEC
sha1 signer=ca sha1 about=alice
SPEC
check 0 'a signature with SHA-1 is taken' sha1
says '  and that is said' 'writ: it is signed with SHA-1, which others may forge; --strict takes none'
check 0 'silently with --allow-sha1' sha1 --allow-sha1
holds '  that is, without a word' [ ! -s err ]
check 4 'and refused with --strict' sha1 --strict
because 'which is made with SHA-1'
check 64 'both is misuse' sha1 --strict --allow-sha1

# A CA below the CA whose certificate is signed with SHA-1, one with a key of 1024 bits; a delegate.
sign_with() {
    sign_with=$1
    shift
    quietly openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial 0x300"$2" -days 3650 \
        "-$sign_with" -extfile extensions -out "$1.pem"
}
sign_with sha1 delegate 1
answers <<SPEC
sha1delegate signer=delegate certs=delegate about=alice
SPEC
check 0 "so is one on the delegate's certificate" sha1delegate
says '  which is said, too' 'writ: it is signed with SHA-1, which others may forge; --strict takes none'
check 4 'and refused with --strict' sha1delegate --strict
because 'which is made with SHA-1'
printf '%s\n' basicConstraints=critical,CA:TRUE >extensions
sign_with sha1 middle 2
answers <<SPEC
leaf signer=middle about=leaf issuer=middle
SPEC
leaf() {
    writ ocsp check leaf --issuer=middle.pem --cert=leaf.pem --anchors=ca.pem --at="$now" "$@"
}
exits 0 'an issuer may lead to its anchor over SHA-1' leaf
exits 4 'not with --strict' leaf --strict
because 'CA signature digest algorithm too weak'
quietly openssl genrsa -out tiny.key 1024
quietly openssl req -new -key tiny.key -subj '/O=Example Corp/CN=middle' -out tiny.csr
sign_with sha256 tiny 3
printf '%s\n' basicConstraints=CA:FALSE >extensions
quietly openssl x509 -req -in leaf.csr -CA tiny.pem -CAkey tiny.key -set_serial 7 -days 3650 \
    -extfile extensions -out tinyleaf.pem
exits 4 'but over no weak key' writ ocsp check leaf --issuer=tiny.pem --cert=tinyleaf.pem \
    --anchors=ca.pem --at="$now"
because 'a key or hash is weak'

# ---- no answer at all ----

# failure STATUS: what a responder says when it gives no answer
failure() {
    printf "0\\003\\012\\001\\$1" >failure
}
for status in '001 malformedRequest' '002 internalError' '003 tryLater' '005 sigRequired' '006 unauthorized'; do
    failure "${status% *}"
    check 4 "${status#* } is no answer" failure
    because "the responder says ${status#* }, which nobody has signed"
done
failure 004
check 4 'a status that does not exist does not parse' failure
because 'it does not parse'
: >empty
check 4 'neither does nothing' empty
check 4 'nor a certificate' alice.pem
openssl x509 -in alice.pem -outform DER -out alice.der
check 4 'in any form' alice.der
head -c 150 direct >cut
check 4 'nor half an answer' cut
{ cat direct; printf x; } >longer
check 4 'nor one with something behind it' longer
head -c 70000 /dev/zero >huge
check 4 'nor 70 kB of nothing' huge
head -c 300000 /dev/zero >enormous
run writ ocsp check enormous --issuer=ca.pem --cert=alice.pem
holds 'a file of 300 kB is not read' [ "$code" -ge 64 ]
check 66 'a file that is not there is a fault' nothere

# ---- files ----

{ echo '-----BEGIN OCSP RESPONSE-----'; base64 direct; echo '-----END OCSP RESPONSE-----'; } >direct.pem
check 0 'PEM will do' direct.pem
base64 direct >direct.txt
check 0 'so will bare base64, as haproxy takes it' direct.txt
head -n 3 direct.txt >cut.txt
check 4 'all of it' cut.txt
exits 0 'so will standard input' sh -c \
    "writ ocsp check - --issuer=ca.pem --cert=alice.pem --at=$now <direct"
cat other.pem twin.pem ca.pem >several.pem
exits 0 'of several issuers the one with the name and the key is the issuer' \
    writ ocsp check direct --issuer=several.pem --cert=alice.pem --at="$now"
check 0 'an issuer may be the anchor' direct --anchors=ca.pem
check 4 'and must lead to one' direct --anchors=other.pem
because 'the issuer does not lead to one of the anchors'
answers <<SPEC
leaf signer=middle about=leaf issuer=middle
SPEC
exits 0 'over its own signature' \
    writ ocsp check leaf --issuer=middle.pem --cert=leaf.pem --anchors=ca.pem --at="$now"
check 65 'an anchor that is none is a fault' direct --anchors=plain.req
exits 65 'so is a certificate that is none' \
    writ ocsp check direct --issuer=ca.pem --cert=direct --at="$now"
exits 64 'and one must be given' writ ocsp check direct --issuer=ca.pem
exits 0 'with -q nothing is said' writ ocsp check direct --issuer=ca.pem --cert=alice.pem --at="$now" -q
holds '  nothing' [ ! -s out ]

# ---- openssl's own ----

answer openssl.der delegate alice
exits 0 'what openssl answers is read' writ ocsp check openssl.der --issuer=ca.pem --cert=alice.pem
answer openssl.der delegate bob -resp_key_id
exits 2 'by key as well' writ ocsp check openssl.der --issuer=ca.pem --cert=bob.pem
answer openssl.der ca carol
exits 4 'what it does not know is unknown' writ ocsp check openssl.der --issuer=ca.pem --cert=carol.pem

# ---- what is claimed ----

answers <<SPEC
claims signer=delegate certs=delegate nonce=0a0b about=alice about=bob hash=sha256 revoked=-3600:1 next=none
SPEC
exits 0 'writ show tells what an answer claims' writ show claims --json
holds '  of the response' says_that '.objects[0] | .object == "OCSP response" and .status == "successful" and
    .responder == "delegate, Example Corp" and .nonce == "0a0b" and .count == 2 and
    (.certificates | length) == 1'
holds '  and of each certificate' says_that '.objects[0].answers | [.[].status] == ["good", "revoked"] and
    [.[].hash] == ["sha1", "sha256"] and [.[].serial] == ["1001", "1002"] and .[1].reason == "keyCompromise" and
    (.[1] | has("next_update") | not)'
exits 0 'in PEM too' writ show direct.pem --json
holds '  by its label' says_that '.objects[0].object == "OCSP response"'
failure 003
exits 0 'and what is none' writ show failure --json
holds '  is told by its status' says_that '.objects[0] | .status == "tryLater" and (has("answers") | not)'
exits 0 'writ show tells what a request asks' writ show nonce.req --json
holds '  about which certificate' says_that '.objects[0] | .object == "OCSP request" and
    (.nonce | length) == 64 and [.certificates[].serial] == ["1001"] and .signed == false'
exits 65 'half an answer is none' writ show cut

# ---- requests ----

for hash in sha1 sha256; do
    run writ ocsp request alice.pem --issuer=ca.pem --out ours.req --hash "$hash"
    quietly openssl ocsp -issuer ca.pem "-$hash" -cert alice.pem -no_nonce -reqout theirs.req
    holds "a request under $hash is the one that openssl makes" cmp -s ours.req theirs.req
done
exits 65 'no request is made for a certificate of another issuer' \
    writ ocsp request alice.pem --issuer=other.pem --out x.req
says 'which is said' 'writ: alice.pem was not issued by other.pem'
exits 0 'with --dry-run none is written' writ ocsp request alice.pem --issuer=ca.pem --out x.req --dry-run
holds 'no file is there' [ ! -e x.req ]

finish
