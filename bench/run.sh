#!/bin/sh
# bench/run.sh - every figure of bench/README.md, measured side by side in one run
#
#   bench/run.sh [RUNS]      default 31 alternating runs of each command
#
# Needs the demo's packages and valgrind (for counting instructions; skipped without it).

set -eu
cd "$(dirname "$0")/.."
source_root=$PWD
runs=${1:-31}
build=${WRIT_BUILD:-$source_root/build}
PATH=$build/prog/writ:$PATH
WRIT_PASSPHRASE=bench
LC_ALL=C
export PATH WRIT_PASSPHRASE LC_ALL
ninja -C "$build" prog/writ/writ prog/writ/writ-ca prog/writ/writ-fetch bench/bench-table \
    bench/bench-judge-once bench/bench-filter >/dev/null

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir root
WRIT_ROOT=$dir/root
export WRIT_ROOT
state=$WRIT_ROOT/var/lib/writ

# One CA, and programs of 1 MB and 100 MB: a real one, its bytes repeated behind its sections.
writ -q ca init Bench --insecure-plain-keys
writ -q ca issue Alice --insecure-plain-key --out alice
cp /usr/bin/openssl one-mb
head -c 100000000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 -out big
writ -q sign one-mb big --key alice
writ -q publish feed 2>/dev/null
writ -q source add feed feed

# The same work for OpenSSL: a detached CMS over the same content, and a CRL of the issuer.
sed -n '/BEGIN/,/END/p' alice.pem | awk '/BEGIN/{n++} n==1' >leaf.pem
awk '/BEGIN/{n++} n==2' alice.pem >issuer.pem
writ trust show --pem >root.pem
openssl cms -sign -binary -in one-mb -signer leaf.pem -inkey alice.key -certfile issuer.pem \
    -outform DER -out one-mb.p7s -nosmimecap -md sha256
mkdir crl && (
    cd crl
    : >index.txt
    echo 01 >crlnumber
    printf '[ca]\ndefault_ca=o\n[o]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=7\n' >ca.cnf
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -key ca.key -subj /CN=Root -days 30 -out ca.pem
    openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
    openssl req -new -key leaf.key -subj /CN=leaf -out leaf.csr
    openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 0x10 -days 20 -out leaf.pem
    openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out ca.crl
) >/dev/null 2>&1

cms="openssl cms -verify -binary -inform DER -in one-mb.p7s -content one-mb -purpose any -CAfile root.pem -out /dev/null"
crl="openssl verify -crl_check -CAfile crl/ca.pem -CRLfile crl/ca.crl crl/leaf.pem"
once=$build/bench/bench-judge-once

echo "### writ verify of a program of $(wc -c <one-mb) bytes, warm"
echo
python3 "$source_root/bench/pairs.py" "$runs" "writ verify=writ verify one-mb" \
    "openssl cms -verify + openssl verify -crl_check=$cms && $crl" \
    "openssl version (a process start)=openssl version" "writ version (a process start)=writ version"
echo
echo "The judgement alone, in one process: $("$once" one-mb "$state" 501)"
echo
if command -v valgrind >/dev/null; then
    count() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
            sed -n 's/.*Collected : //p'
    }
    echo "Instructions (callgrind): the judgement of one-mb with its process $("$once" one-mb "$state" >/dev/null && count "$once" one-mb "$state")," \
        "openssl cms -verify $(count $cms), openssl verify -crl_check $(count $crl)"
    echo
fi
echo "### A file of 100 MB, warm"
echo
python3 "$source_root/bench/pairs.py" "$((runs / 3))" "sha256sum=sha256sum big" \
    "openssl dgst -sha256=openssl dgst -sha256 big" "writ verify=writ verify big"
echo
echo "### A table and a CRL with 100,000 revocations"
echo
"$build/bench/bench-table"
echo
echo "### A clubcard of 1.4 million revoked of 100 million certificates"
echo
"$build/bench/bench-filter"
