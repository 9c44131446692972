#!/bin/sh
# Goal of this test: every case of BoringSSL's OCSP tests (pki/testdata/ocsp_unittest) comes out as it
# says there: good, revoked or neither; and the request that writ makes is the one that stands there,
# octet for octet.  (tests/prog/82-ocsp-bytes.t changes every character of the answers.)
#
# One deviation: the certificate of good_response_invalid_serial has the serial number 00 05, which is
# not minimal and so no DER (X.690 8.3.2).  writ does not read such a certificate, nor does OpenSSL, so
# that no path can be verified with it.

. "$(dirname "$0")/../prog/lib.sh"
. "$source_root/tests/suites/suite.sh"

suite=${WRIT_DATA:-../shared/data}/pki/boringssl-ocsp
[ -f "$suite/expected.tsv" ] || {
    echo "1..0 # SKIP there is no suite boringssl-ocsp; WRIT_DATA tells where"
    exit 0
}

# block FILE LABEL: the first PEM block with this label
block() {
    sed -n "/^-----BEGIN $2-----/,/^-----END $2-----/p;/^-----END $2-----/q" "$suite/$1"
}
check() {
    writ ocsp check "$1" --issuer=issuer.pem --cert=cert.pem --allow-sha1 --at=1488672000 --max-age=604800
}
# comes_out WANTED: the exit of the last run is one that says so
comes_out() {
    case $1:$code in
    GOOD:0 | REVOKED:2 | UNKNOWN:[45]) true ;;
    *) false ;;
    esac
}

grep -v '^#' "$suite/expected.tsv" >cases
cases=0 passes=0
while read -r file status detail <&3; do
    cases=$((cases + 1))
    block "$file" 'OCSP RESPONSE' >response.pem
    block "$file" 'CA CERTIFICATE' | sed 's/CA CERTIFICATE/CERTIFICATE/' >issuer.pem
    block "$file" CERTIFICATE >cert.pem
    block "$file" 'OCSP REQUEST' | sed /-----/d | base64 -d >wanted.req
    if [ "$file" = good_response_invalid_serial.pem ]; then
        exits 65 "$file: deviation: its certificate is not DER" check response.pem
        holds 'because of its serial number' grep -q 'serialNumber: INTEGER is empty or not minimal' err
        continue
    fi
    run check response.pem
    holds "$file: $status ($detail)" comes_out "$status"
    ! comes_out "$status" || passes=$((passes + 1))
    run writ ocsp request cert.pem --issuer=issuer.pem --out our.req
    holds "$file: the request is the same" cmp -s our.req wanted.req
done 3<cases
tells boringssl-ocsp "$cases" "$passes" $((cases - passes))

finish
