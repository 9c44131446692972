# tests/prog/ocspca.sh - a CA of openssl's, certificates and OCSP answers; after lib.sh
#
#   make_ocsp_ca            ca.pem ca.key; alice.pem (serial 1001) good, bob.pem (1002) revoked, carol.pem
#                           (1003) issued and unknown to the responder; index.txt of the first two
#   issue_ocsp NAME SERIAL [EXTENSION...]   NAME.pem NAME.key from that CA
#   answer OUT SIGNER NAME [OPTION...]      OUT: openssl's answer about NAME.pem, signed by SIGNER

quietly() {
    "$@" >quietly.out 2>&1 || {
        echo "Bail out! $*"
        sed 's/^/# /' quietly.out
        exit 1
    }
}

new_key() {
    quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
}

issue_ocsp() {
    issued=$1
    serial=$2
    shift 2
    new_key "$issued"
    quietly openssl req -new -key "$issued.key" -subj "/O=Example Corp/CN=$issued" -out "$issued.csr"
    printf '%s\n' basicConstraints=CA:FALSE "$@" >extensions
    quietly openssl x509 -req -in "$issued.csr" -CA ca.pem -CAkey ca.key -set_serial "$serial" \
        -days 3650 -extfile extensions -out "$issued.pem"
}

make_ocsp_ca() {
    new_key ca
    quietly openssl req -x509 -new -key ca.key -subj '/O=Example Corp/CN=Example CA' -days 7300 -out ca.pem
    issue_ocsp alice 0x1001
    issue_ocsp bob 0x1002
    issue_ocsp carol 0x1003
    {
        printf 'V\t461231235959Z\t\t1001\tunknown\t/O=Example Corp/CN=alice\n'
        printf 'R\t461231235959Z\t260101000000Z,superseded\t1002\tunknown\t/O=Example Corp/CN=bob\n'
    } >index.txt
}

answer() {
    answer_out=$1
    answer_signer=$2
    answer_about=$3
    shift 3
    quietly openssl ocsp -index index.txt -CA ca.pem -rsigner "$answer_signer.pem" \
        -rkey "$answer_signer.key" -issuer ca.pem -cert "$answer_about.pem" -no_nonce \
        -respout "$answer_out" -ndays 7 "$@"
}
