#!/bin/sh
# Goal of this test: every case of OpenSSL's own OCSP tests (test/ocsp-tests, real answers of 2012 and
# their forgeries) is accepted or rejected as OpenSSL does.
#
# The suite is about signature and signer, not about dates: most of its answers were stale at the time
# that it gives, so that each is looked at an hour after its thisUpdate.  "-issuer" and "untrusted"
# certificates of a case are writ's --issuer, its CAfile the --anchors.

. "$(dirname "$0")/../prog/lib.sh"
. "$source_root/tests/suites/suite.sh"

suite=${WRIT_DATA:-../shared/data}/pki/openssl-ocsp
[ -f "$suite/expected.tsv" ] || {
    echo "1..0 # SKIP there is no suite openssl-ocsp; WRIT_DATA tells where"
    exit 0
}

# accepted or rejected: nothing but a good answer is 0, and a rejected one is no evidence.
wanted_exit() {
    if [ "$1" -eq 0 ]; then echo 0; else echo 4; fi
}

tab=$(printf '\t')
grep -v '^#' "$suite/expected.tsv" | sed "s/$tab/|/g" >cases
while IFS='|' read -r group title response ca untrusted expect _ _ <&3; do
    base64 -d "$suite/$response" >response
    name=${response%.ors}
    name=${name##*_}
    writ show response --json >shown
    update=$(jq -r '.objects[0].answers[0].this_update' shown)
    exits "$(wanted_exit "$expect")" "$group: $title ($response, $ca)" \
        writ ocsp check response --issuer="$suite/${untrusted:-$ca}" --anchors="$suite/$ca" \
        --cert="$(echo "$suite/$name"_Cert_*.pem)" --allow-sha1 \
        --at="$(($(date -d "$update" +%s) + 3600))"
done 3<cases
tells openssl-ocsp "$claims" $((claims - broken)) 0
finish
