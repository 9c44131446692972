#!/bin/sh
# Goal of this test: no character of an OCSP answer in PEM can be another one and the answer still be
# good, and none of the certificates around it can bring writ ocsp check down.
#
# A sample: every 97th character, one bit of it.  With WRIT_MUTATE=all (./setup sweep) every one; and
# where BoringSSL's suite is, all of its answers, too.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/ocspca.sh"

command -v python3 >/dev/null 2>&1 || {
    echo '1..0 # SKIP python3 is not installed'
    exit 0
}
stride=97
[ "${WRIT_MUTATE:-}" != all ] || stride=1

# changed_each FILE COMMAND...: with FILE.changed in place of FILE, one character changed at a time; the
# exits that there were go to the file exits, each with the place.
changed_each() {
    changing=$1
    shift
    : >exits
    place=0
    size=$(wc -c <"$changing")
    while [ "$place" -lt "$size" ]; do
        cp "$changing" changed
        flip changed "$place" $((1 << (place / stride % 7)))
        run "$@"
        echo "$code $place" >>exits
        place=$((place + stride))
    done
}
# only EXITS: nothing else came of it.  There is something that is not, when it fails.
only() {
    ! grep -vE "^($1) " exits | head -n 3 | sed 's|^|# |' | grep .
}

pem() {
    echo "-----BEGIN $1-----"
    base64 "$2"
    echo "-----END $1-----"
}

make_ocsp_ca
issue_ocsp delegate 0x2001 extendedKeyUsage=OCSPSigning noCheck=ignored
answer direct ca alice -resp_no_certs
answer delegated delegate alice
answer revoked ca bob -resp_no_certs
for name in direct delegated revoked; do
    about=alice
    [ "$name" != revoked ] || about=bob
    pem 'OCSP RESPONSE' "$name" >answer.pem
    run writ ocsp check answer.pem --issuer=ca.pem --cert=$about.pem
    holds "the $name answer is sound" [ "$code" -lt 3 ]
    changed_each answer.pem writ ocsp check changed --issuer=ca.pem --cert=$about.pem
    holds "changed anywhere, it is no evidence" only 4
done
pem 'OCSP RESPONSE' direct >answer.pem
changed_each alice.pem writ ocsp check answer.pem --issuer=ca.pem --cert=changed
holds 'a certificate that is changed is another one, or none' only '4|65'
changed_each ca.pem writ ocsp check answer.pem --issuer=changed --cert=alice.pem
holds 'an issuer that is changed does no harm' only '0|4|65'
changed_each ca.pem writ ocsp check answer.pem --issuer=ca.pem --cert=alice.pem --anchors=changed
holds 'nor does an anchor' only '4|65'
quietly writ ocsp request alice.pem --issuer=ca.pem --nonce --out req
pem 'OCSP REQUEST' req >req.pem
changed_each req.pem writ ocsp check answer.pem --issuer=ca.pem --cert=alice.pem --request=changed
holds 'nor a request' only '0|65'

suite=${WRIT_DATA:-../shared/data}/pki/boringssl-ocsp
block() {
    sed -n "/^-----BEGIN $2-----/,/^-----END $2-----/p;/^-----END $2-----/q" "$suite/$1"
}
if [ -f "$suite/expected.tsv" ]; then
    grep -v -e '^#' -e invalid_serial "$suite/expected.tsv" >cases
    while read -r file _ <&3; do
        block "$file" 'OCSP RESPONSE' >answer.pem
        block "$file" 'CA CERTIFICATE' | sed 's/CA CERTIFICATE/CERTIFICATE/' >issuer.pem
        block "$file" CERTIFICATE >cert.pem
        expected='2|4|5'
        # What is not the signer's certificate is passed over, whatever it is.
        [ "$file" != ocsp_extra_certs.pem ] || expected='0|4'
        changed_each answer.pem writ ocsp check changed --issuer=issuer.pem --cert=cert.pem \
            --allow-sha1 --at=1488672000 --max-age=604800
        holds "$file: changed anywhere, it is not good" only "$expected"
    done 3<cases
else
    echo "# there is no suite boringssl-ocsp; WRIT_DATA tells where"
fi
finish
