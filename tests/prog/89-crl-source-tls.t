#!/bin/sh
# Goal of this test: a private CA's CRL, added as a source, makes programs that nobody has changed
# refuse what it lists: a server's certificate, and an intermediate CA's; and nothing else.
#
# curl, Python and openssl with OpenSSL's hook, wget with the one for GnuTLS.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_under_sanitizers
skip_unless nginx curl openssl python3

make_ca
make_cert good 11
make_cert revoked 66
serve good revoked
CURL_CA_BUNDLE=$tls/root.pem
export CURL_CA_BUNDLE

# crl CA NUMBER [SERIAL]: CA.crl of that CA, which revokes the serial.
crl() (
    cd "$tls" && {
        printf '[ca]\ndefault_ca=o\n[o]\ndatabase=%s.txt\ncrlnumber=%s.number\ndefault_md=sha256\n' \
            "$1" "$1" >"$1.cnf"
        : >"$1.txt"
        [ -z "${3:-}" ] ||
            printf 'R\t401231235959Z\t260101000000Z,CACompromise\t%s\tunknown\t/CN=x\n' "$3" >"$1.txt"
        echo "$2" >"$1.number"
        openssl ca -config "$1.cnf" -gencrl -keyfile "$1.key" -cert "$1.pem" -crldays 7 -out "$1.crl"
    } >log 2>&1 || cat log
)
w() {
    writ tls run -- "$@"
}

exits 0 'before, curl under writ talks to both' w curl -sS "https://localhost:$port_revoked/"
crl issuer 01 66
exits 0 'the CRL of the intermediate is a source' \
    writ source add crl "$tls/issuer.crl" --issuer "$tls/issuer.pem" --name issuer
exits 60 'curl refuses what it lists' w curl -sS "https://localhost:$port_revoked/"
holds 'as revoked' grep -q 'SSL certificate problem: certificate revoked' err
exits 0 'and not what it does not list' w curl -sS "https://localhost:$port_good/"
prints 'whose answer comes' 'hello from good'
holds 'without a word' [ ! -s err ]

read_url='import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[2])
print(urllib.request.urlopen("https://localhost:%s/" % sys.argv[1], context=context).read().decode())'
exits 1 'Python refuses it, too' w python3 -c "$read_url" "$port_revoked" "$tls/root.pem"
holds 'in its own words' grep -q 'certificate verify failed: certificate revoked' err
exits 0 'and reads from the other one' w python3 -c "$read_url" "$port_good" "$tls/root.pem"

exits 0 'what is good passes a policy that refuses what nobody knows' \
    writ tls run --policy refuse -- curl -sS "https://localhost:$port_good/"
exits 60 'what is revoked is refused under it' \
    writ tls run --policy refuse -- curl -sS "https://localhost:$port_revoked/"
exits 0 'tls status counts the CRL as data' writ tls status
holds 'with its name' grep -q 'source: issuer' out

if command -v wget >/dev/null && ldd "$(command -v wget)" | grep -q gnutls; then
    exits 0 'wget alone takes it' \
        wget -q -O - --ca-certificate="$tls/root.pem" "https://localhost:$port_revoked/"
    exits 5 'under writ it does not' \
        w wget -O - --ca-certificate="$tls/root.pem" "https://localhost:$port_revoked/"
    exits 0 'and takes the good one' \
        w wget -q -O - --ca-certificate="$tls/root.pem" "https://localhost:$port_good/"
    prints 'with its answer' 'hello from good'
fi

# ---- a process that runs ----

cat >client.py <<'END'
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[2])
for line in sys.stdin:
    try:
        urllib.request.urlopen("https://localhost:%s/" % sys.argv[1], context=context).read()
        print("good", flush=True)
    except urllib.error.URLError as error:
        print("revoked" if "revoked" in str(error) else error, flush=True)
END
mkfifo ask answer
WRIT_TLS_LOOK=0 writ tls run -- python3 client.py "$port_good" "$tls/root.pem" <ask >answer 2>client.err &
client=$!
exec 3>ask 4<answer
ask() {
    echo ask >&3
    read -r said <&4
    [ "$said" = "$1" ]
}
holds 'a process that runs finds it good' ask good
crl issuer 02 11
exits 0 'a newer CRL revokes it' writ pull issuer
tries=0
until ask revoked || [ $((tries += 1)) -gt 100 ]; do sleep 0.05; done
holds 'and the process that runs sees it' [ "$said" = revoked ]
exec 3>&- 4<&-
wait "$client"

# ---- an intermediate ----

crl issuer 03
exits 0 'a CRL that lists nothing' writ pull issuer
exits 0 'lets both pass' w curl -sS "https://localhost:$port_good/"
crl root 01 1001
exits 0 'the CRL of the root is a source' \
    writ source add crl "$tls/root.crl" --issuer "$tls/root.pem" --name root
exits 60 'a revoked intermediate takes what it issued with it' \
    w curl -sS "https://localhost:$port_good/"
holds 'as revoked' grep -q 'certificate revoked' err
exits 2 'writ check says the same' writ check "$tls/good.chain" --chain "$tls/root.pem"

# ---- a broken one never breaks a program ----

exits 0 'without the source of the root' writ source remove root
for file in "$WRIT_ROOT"/var/lib/writ/crls/issuer/*.table; do : >"$file"; done
exits 0 'an emptied table stops nobody' w curl -sS "https://localhost:$port_good/"
for file in "$WRIT_ROOT"/var/lib/writ/crls/issuer/pulled; do head -c 100 "$file" >half && cp half "$file"; done
exits 0 'nor does half a record' w curl -sS "https://localhost:$port_good/"
run writ doctor
holds 'doctor names it' grep -q 'issuer, a CRL: damaged' out
finish
