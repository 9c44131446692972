#!/bin/sh
# Goal of this test: writ chain finds a certificate good only when there is a path, and evidence about
# every certificate of it, as RFC 5280 section 6 and RFC 6960 have it.
#
# The cases are data, in chain_world.py, which makes them with openssl.  PKITS has more of them
# (tests/suites/pkits.t), for whom has it.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/crlca.sh"

now=$(($(date +%s) + 60))
quiet python3 "$source_root/tests/prog/chain_world.py" "$now"

# chain ARGUMENT...: at the world's instant, unless there is another one.
chain() {
    case $* in
    *--at=*) writ chain "$@" ;;
    *) writ chain "$@" --at="$now" ;;
    esac
}

tab=$(printf '\t')
while IFS=$tab read -r wanted claim arguments <&3; do
    # shellcheck disable=SC2086 # words
    exits "$wanted" "$claim: $arguments" chain $arguments
    # Nothing but a good one is called good.
    case $wanted$(cut -d: -f1 out) in
    0good | [2345]*) ;;
    *) holds "$claim: and says so" false ;;
    esac
done 3<cases
holds 'there were many' [ "$claims" -gt 100 ]

# ---- Forms of files

openssl crl -inform DER -in older.crl -out older.pem
openssl crl -inform DER -in newer.crl -out newer.pem
cat older.pem newer.pem >both.pem
exits 2 'two CRLs of one second in one file of PEM, the older one first' \
    chain bob.pem --anchors=root.pem --untrusted=mid.pem --crls=root.crl,both.pem
openssl x509 -in alice.pem -outform DER -out alice.der
cat alice.pem mid.pem >alicechain.pem
exits 0 'a leaf in DER' chain alice.der --anchors=root.pem --untrusted=mid.pem --crls=root.crl,mid.crl
exits 0 'what else is in its file may be of the chain' chain alicechain.pem --anchors=root.pem \
    --crls=root.crl,mid.crl
cat otherroot.pem root.pem >roots.pem
exits 0 'of several anchors the one that it leads to' chain alicechain.pem --anchors=roots.pem \
    --crls=root.crl,mid.crl
exits 0 'a Unix time or a date' chain alicechain.pem --anchors=root.pem --crls=root.crl,mid.crl \
    --at="$(date -u -d "@$now" +%Y-%m-%dT%H:%M:%SZ)"
printf '\060\003\002\001\001' >broken.der
exits 3 'a leaf that is DER and no certificate is malformed' chain broken.der --anchors=root.pem

# ---- What is told

exits 2 'JSON' chain bob.pem --anchors=root.pem --untrusted=mid.pem --crls=root.crl,mid.crl,garbage.ors \
    --ocsp=garbage.ors --json
mv out told
asked() { [ "$(jq -r "$1" told)" = "$2" ]; }
holds 'tells the outcome' asked '[.outcome, .status, .exit] | join(" ")' 'revoked revoked 2'
holds 'every certificate of the path, the leaf first' \
    asked '[.chain[].subject] | join("; ")' 'bob, Example Corp; Mid, Example Corp; Root, Example Corp'
holds 'who was asked about: all but the anchor' asked '[.chain[].asked] | join(" ")' 'true true false'
holds 'where each answer is from' asked '.chain[0].answers[0] | [.from, .source, .status] | join(" ")' \
    'crl mid.crl revoked'
holds 'its time' asked '.chain[0].answers[0].as_of | fromdate' $((now - 3600))
holds 'the reason' asked '.chain[0].answers[0].reason' keyCompromise
holds 'the OCSP answer that is none, too' asked '.chain[0].answers[1].status' no-evidence
holds 'and what does not parse' asked '.refused[0].file' garbage.ors
exits 2 'an OCSP answer about another certificate' chain bob.pem --anchors=root.pem --untrusted=mid.pem \
    --crls=root.crl,mid.crl --ocsp=good.ors,bobs.ors --json
holds 'is no answer about this one' [ "$(jq -c '[.chain[].answers // [] | .[].source]' out)" = \
    '["mid.crl","bobs.ors","root.crl"]' ]
exits 0 'with -v' chain alice.pem --anchors=root.pem --untrusted=mid.pem --crls=root.crl,mid.crl -v
holds 'text tells it as well' grep -q 'source: mid.crl' out
exits 0 'the policies that hold' chain policy.pem --anchors=root.pem --untrusted=policied.pem \
    --revocation=none --json
holds 'are told' [ "$(jq -r '.policies | join(" ")' out)" = 1.2.3.4 ]

# ---- Misuse

exits 64 'anchors are needed' chain alice.pem
exits 64 'a file without a name' chain alice.pem --anchors=root.pem --crls=root.crl,,mid.crl
exits 64 'a policy that is none' chain alice.pem --anchors=root.pem --policy=1.50.3
exits 64 'a purpose that is none' chain alice.pem --anchors=root.pem --purpose=anything
exits 64 'an age that is none' chain alice.pem --anchors=root.pem --max-age=soon
exits 66 'a file that is not there' chain alice.pem --anchors=root.pem --crls=nowhere.crl
exits 66 'a leaf that is not there' chain nobody.pem --anchors=root.pem
exits 65 'anchors that are none' chain alice.pem --anchors=root.crl
exits 65 'a leaf that is nothing of the kind' chain garbage.ors --anchors=root.pem

# ---- No octet of the evidence may change: a sample; tests/sweep has all of it

# survives FILE ARGUMENT...: says good with any bit of a sample of FILE's octets changed.
survives() {
    changed=$1
    cp "$changed" sound
    shift
    offset=0
    survived=
    while [ $offset -lt "$(wc -c <sound)" ]; do
        cp sound "$changed"
        flip "$changed" $offset $((1 << (offset % 8)))
        run chain "$@"
        case $code in [2345]) ;; *) survived="$survived $offset:$code" ;; esac
        offset=$((offset + 7))
    done
    cp sound "$changed"
    [ -z "$survived" ] || echo "# $survived"
    [ -n "$survived" ]
}
no() { ! "$@"; }
holds 'no octet of a CRL may be another one' no survives mid.crl alice.pem --anchors=root.pem \
    --untrusted=mid.pem --crls=root.crl,mid.crl
holds 'nor of an OCSP answer' no survives good.ors alice.pem --anchors=root.pem --untrusted=mid.pem \
    --crls=root.crl --ocsp=good.ors
finish
