#!/bin/sh
# Goal of this test: a revoked certificate does not get past writ check, the OpenSSL hook or the
# GnuTLS hook by what its owner can have put into it: names as long and as many as a CA signs,
# serial numbers of the longest kind, an issuer of another algorithm.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_under_sanitizers
skip_unless openssl python3 wget nginx

cd "$tls" || exit 1
make_ca

# A hundred names of 250 characters, which is what one may order of a CA that gives certificates
# away: 25 kB of certificate.
old=$((now - 20 * 86400))
long=$(python3 -c 'print(".".join(["x" * 60] * 3 + ["y" * 58]))')
make_cert large 66 "$old"
names=$(python3 -c 'import sys
print(",".join("DNS:%02d.%s.example" % (i, sys.argv[1]) for i in range(100)))' "$long")
sed -i "s/^subjectAltName=.*/&,$names/" large.ext
sign_cert large issuer 66 >log 2>&1
cat large.pem issuer.pem >large.chain

# 20 octets whose first bit is set: 21 with the 00 before them.
longest=f1$(printf '%038d' 7)
make_cert longest "$longest" "$old"
make_cert good 11 "$old"
python3 "$world" filters "$filters" "$now" issuer.pem 66 "00$longest"

holds 'the large certificate is large' \
    [ "$(openssl x509 -in large.pem -outform DER | wc -c)" -gt 24000 ]

for name in large longest; do
    exits 2 "writ check: $name" writ check "$name.chain"
done

serve good large longest
for name in good large longest; do
    eval "port=\$port_$name"
    wanted=1
    [ "$name" != good ] || wanted=0
    code=0
    writ tls run -- openssl s_client -connect "127.0.0.1:$port" -CAfile root.pem \
        -verify_return_error </dev/null >out 2>err || code=$?
    holds "OpenSSL: $name" [ "$((code != 0))" -eq "$wanted" ]
    [ "$wanted" -eq 0 ] || holds "and says why: $name" grep -q 'certificate revoked' err
    code=0
    writ tls run -- wget -nv --ca-certificate=root.pem -O - "https://127.0.0.1:$port/" >out 2>err ||
        code=$?
    holds "GnuTLS: $name" [ "$((code != 0))" -eq "$wanted" ]
    [ "$wanted" -eq 0 ] || holds "and says so: $name" grep -q 'has been revoked' err
done

# A CA whose serial number is of that kind, listed in OneCRL as one of Mozilla's records is.
sign_cert issuer root "$longest" >log 2>&1
cat good.pem issuer.pem >good.chain
python3 "$world" onecrl "$filters/onecrl" issuer.pem
python3 "$world" filters "$filters" "$now" issuer.pem 66
exits 2 'writ check: a CA with the longest serial is found in OneCRL' \
    writ check good.chain --chain root.pem
code=0
serve good
writ tls run -- openssl s_client -connect "127.0.0.1:$port_good" -CAfile root.pem \
    -verify_return_error </dev/null >out 2>err || code=$?
holds 'OpenSSL refuses what it has issued' grep -q 'certificate revoked' err
writ tls run -- wget -nv --ca-certificate=root.pem -O - "https://127.0.0.1:$port_good/" >out 2>&1
holds 'GnuTLS too' grep -q 'has been revoked' out

finish
