#!/bin/sh
# bench/hook.sh - what `writ tls` adds to a program's start and to a verification, and `writ check`
#
#   bench/hook.sh [RUNS]      default 101 alternating runs of each command
#
# With one filter and with 36, as many as Firefox has when it has gone longest without a new full
# one; of 795 issuers and two million certificates each, built by writ itself.  One issuer's key is
# ours, so that a real chain can be verified with real look-ups in all of them.

runs=${1:-101}
up=..
. "$(dirname "$0")/../tests/prog/lib.sh"
. "$source_root/tests/prog/tls.sh"
ninja -C "$build" prog/writ/writ prog/writ/writ.so prog/writ/writ-gnutls.so bench/bench-hook \
    >/dev/null || exit 1

make_ca
make_cert good 11223344556677889900aabbccddeeff $((now - 20 * 86400))
make_cert revoked 66223344556677889900aabbccddeeff $((now - 20 * 86400))

mkdir known revoked
python3 - "$tls/issuer.pem" <<'END'
import hashlib, subprocess, sys
def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout

pem = openssl("x509", "-in", sys.argv[1], "-noout", "-pubkey")
spki = openssl("pkey", "-pubin", "-outform", "DER", data=pem)
for i in range(795):
    issuer = hashlib.sha256(spki if i == 0 else b"issuer %d" % i).hexdigest()
    serials = [hashlib.sha256(b"%d %d" % (i, k)).hexdigest()[:32] for k in range(2500)]
    listed = serials[::40]
    if i == 0:
        serials += ["11223344556677889900aabbccddeeff", "66223344556677889900aabbccddeeff"]
        listed += ["66223344556677889900aabbccddeeff"]
    open("known/%s.known" % issuer, "w").write("\n".join(serials) + "\n")
    open("revoked/%s.revoked" % issuer, "w").write("\n".join(listed) + "\n")
END
writ -q filter build --known known --revoked revoked --out filter || exit 1
preload=$build/prog/writ/writ-gnutls.so
plain=/etc/ssl/openssl.cnf
verify="openssl verify -CAfile $tls/root.pem -untrusted $tls/issuer.pem $tls/good.pem"

# place N: the device has N filters.
place() {
    files=
    rm -rf "$filters"
    for i in $(seq "$1"); do
        cp filter "filter-$i"
        files="$files filter-$i"
    done
    # shellcheck disable=SC2086 # words
    python3 "$world" place "$filters" "$now" $files
}

# check NAME CONF: what a check of revocation costs.
check() {
    OPENSSL_CONF=$2 "$build/bench/bench-hook" "$tls/root.pem" "$tls/issuer.pem" "$tls/$1.pem" 20000
}

place 1
writ tls run true
# shellcheck disable=SC2016 # for the shell inside
conf=$(writ tls run sh -c 'echo "$OPENSSL_CONF"')
echo "### The start of a process that verifies nothing"
echo
# Everything from the same starting point, env.
python3 "$source_root/bench/pairs.py" "$runs" \
    "\`openssl version\`=env OPENSSL_CONF=$plain openssl version" \
    "with the module=env OPENSSL_CONF=$conf openssl version" \
    "with the module and the preload=env OPENSSL_CONF=$conf LD_PRELOAD=$preload openssl version"
for n in 1 36; do
    place "$n"
    echo
    echo "### A process that verifies one chain, $n filter(s) of $(wc -c <filter) bytes"
    echo
    python3 "$source_root/bench/pairs.py" "$runs" \
        "\`openssl verify\`=env OPENSSL_CONF=$plain $verify" \
        "with the module=env OPENSSL_CONF=$conf $verify"
    echo
    echo "- good: $(check good "$conf")"
    echo "- revoked: $(check revoked "$conf")"
done
echo "- without writ: $(check good "$plain")"
echo
echo "### \`writ check\` of a stored chain, the whole process"
for n in 1 36; do
    place "$n"
    echo
    echo "$n filter(s):"
    echo
    python3 "$source_root/bench/pairs.py" "$runs" "\`writ check\`=writ check $tls/good.chain" \
        "\`writ version\`: a process with libcrypto in it=writ version"
done
