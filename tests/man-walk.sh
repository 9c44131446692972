# tests/man-walk.sh - every command once with --json, in an empty directory with WRIT_ROOT set
#
# Prints the documents one after the other, and to descriptor 2 the words of each command that was
# asked.  Help and completion are data, and run becomes the program.

set -u

# ask EXIT WORDS... : COMMAND LINE; the words tell which command it is.
ask() {
    wanted=$1
    shift
    code=0
    writ --json "$@" 2>>log || code=$?
    [ "$code" -eq "$wanted" ] || {
        echo "writ $* exits $code, wanted $wanted" >&2
        exit 1
    }
}

cp /bin/true app
cp /bin/true other
printf '#!/bin/sh\nexit 0\n' >script.sh

ask 0 ca init Example --insecure-plain-keys --dry-run
ask 0 ca init Example --insecure-plain-keys
ask 0 ca issue Alice --out alice --insecure-plain-key
ask 0 identity new Carol --out carol --insecure-plain-key
ask 0 ca issue carol.csr --team tools
ask 0 identity import carol.pem --key carol.key
ask 0 identity list
ask 0 sign app --key alice
ask 0 sign script.sh --key alice
ask 0 publish ./feed
ask 0 source add feed ./feed --name example
ask 0 source list
ask 0 source show example
ask 0 trust list
ask 0 trust show
ask 6 verify app other nothere
ask 0 why app
ask 0 run --dry-run ./app
ask 126 run ./other
ask 0 seal extract app --out parts
ask 0 seal attach app parts/seal.der --to detached
ask 0 seal strip app --dry-run
ask 0 ca revoke Alice --reason keyCompromise
ask 0 ca revoke --content other
ask 0 ca hold Carol
ask 0 ca list
ask 0 ca reinstate Carol --note mistake
ask 0 ca show --audit
ask 0 ca show Alice
ask 0 ca backup copy.db
ask 0 publish
ask 0 pull
ask 2 verify app other
ask 0 status
ask 0 show feed/feed.note feed/bundle.pem alice.pem carol.csr app other feed/targets/*.table \
    script.sh.writ parts/codedirectory parts/sig.der
ask 0 source remove example
ask 5 status
ask 0 trust remove "$(writ ca show --json | jq -r .root_fingerprint)"
ask 0 trust add feed/bundle.pem --fingerprint "$(writ ca show --json | jq -r .root_fingerprint)"
ask 0 tls run --dry-run true
mkdir -p root/etc/ssl root/etc/systemd/system
cp /etc/ssl/openssl.cnf root/etc/ssl
touch root/etc/systemd/system/web.service
ask 0 tls enable --system
ask 0 tls enable --service web
python3 "$(dirname "$0")/helpers/tlsworld.py" filters "$WRIT_ROOT/var/lib/writ/filters/crlite" \
    "$(date +%s)" alice.pem 66
ask 0 tls status
rm root/var/lib/writ/filters/crlite/pulled root/var/lib/writ/tls/*
mkdir root/var/lib/writ/filters/crlite/pulled
ask 78 tls status
ask 78 doctor
ask 0 tls disable
. "$(dirname "$0")/prog/ocspca.sh"
make_ocsp_ca >ocspca.out
answer good.der ca alice
answer revoked.der ca bob
ask 0 ocsp check good.der --issuer=ca.pem --cert=alice.pem
ask 2 ocsp check revoked.der --issuer=ca.pem --cert=bob.pem
ask 0 ocsp request alice.pem --issuer=ca.pem --out alice.req --nonce
ask 0 show good.der revoked.der alice.req
ask 0 show "$(dirname "$0")/fixtures/crl/all.crl"
ask 0 crl check "$(dirname "$0")/fixtures/crl/all.crl" --issuer="$(dirname "$0")/fixtures/crl/ca.pem"
ask 2 crl check "$(dirname "$0")/fixtures/crl/all.crl" --issuer="$(dirname "$0")/fixtures/crl/ca.pem" \
    --cert="$(dirname "$0")/fixtures/crl/bob.pem"
source_root=$(cd "$(dirname "$0")/.." && pwd)
. "$source_root/tests/prog/crlca.sh"
mkdir crlca
cd crlca || exit 1
make_crl_ca >/dev/null
mkdir served
make_crl served/ca.crl 07 20260101000000Z 20460101000000Z
serve_crls served
ask 0 crl fetch "$crl_url/tree/ca.crl" --issuer=ca.pem --out ca.crl
ask 4 crl fetch "$crl_url/tree/ca.crl" --issuer=stranger.pem --out ca.crl
kill "$crl_server"
cd .. || exit 1
crls=$(dirname "$0")/fixtures/crl
ask 0 chain "$crls/alice.pem" --anchors="$crls/ca.pem" --crls="$crls/all.crl,$crls/bad-false.crl"
ask 2 chain "$crls/bob.pem" --anchors="$crls/ca.pem" --crls="$crls/all.crl"
ask 0 ca issue Responder --responder --out responder --insecure-plain-key
ask 0 serve --responder responder.pem --key responder.key --check
ask 0 version
ask 0 commands
ask 64 nonsense
