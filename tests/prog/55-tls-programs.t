#!/bin/sh
# Goal of this test: programs that nobody has changed refuse a server whose certificate is revoked,
# in their own words, under `writ tls run`, and go on talking to every other one.
#
# curl, Python, openssl, nginx as a client and git with OpenSSL's hook; wget and git's own library
# with the one for GnuTLS.  The servers are one nginx on loopback.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_under_sanitizers
skip_unless nginx curl openssl python3

make_world
serve good revoked uncovered bare
CURL_CA_BUNDLE=$tls/root.pem
export CURL_CA_BUNDLE

# ---- curl ----

fetch() {
    curl -sS --max-time 20 "https://localhost:$1/"
}
w() {
    writ tls run -- "$@"
}
places=

exits 0 'curl alone talks to a server whose certificate is revoked' fetch "$port_revoked"
prints 'and gets its answer' 'hello from revoked'
exits 60 'under writ it does not' w curl -sS --max-time 20 "https://localhost:$port_revoked/"
holds 'curl says why: certificate revoked' \
    grep -q 'SSL certificate problem: certificate revoked' err
for name in good uncovered bare; do
    eval "port=\$port_$name"
    exits 0 "it talks to the server $name" w curl -sS --max-time 20 "https://localhost:$port/"
    prints "and gets the answer of $name" "hello from $name"
    holds "without a word, for $name" [ ! -s err ]
done
exits 0 'what is told not to verify does not' \
    w curl -k -sS --max-time 20 "https://localhost:$port_revoked/"
exits 60 'what would have been refused without writ is refused as before' \
    env CURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt \
    writ tls run -- curl -sS --max-time 20 "https://localhost:$port_revoked/"
holds 'in the words of before' grep -q 'unable to get local issuer certificate' err

# ---- the policy ----

exits 60 'with the policy "refuse" what no filter covers is refused' \
    writ tls run --policy refuse -- curl -sS --max-time 20 "https://localhost:$port_uncovered/"
holds 'as something about which nothing is known' grep -q 'unable to get certificate CRL' err
exits 60 'what is revoked is called revoked' \
    writ tls run --policy refuse -- curl -sS --max-time 20 "https://localhost:$port_revoked/"
holds 'in the same words' grep -q 'certificate revoked' err
exits 0 'and what is good passes' \
    writ tls run --policy refuse -- curl -sS --max-time 20 "https://localhost:$port_good/"

make_filters $((now - 11 * 86400))
exits 60 'revoked in data that is too old is still revoked' \
    w curl -sS --max-time 20 "https://localhost:$port_revoked/"
holds 'and is called so' grep -q 'certificate revoked' err
exits 0 'what is good in such data passes' w curl -sS --max-time 20 "https://localhost:$port_good/"
exits 60 'unless the policy is "refuse"' \
    writ tls run --policy refuse -- curl -sS --max-time 20 "https://localhost:$port_good/"
holds 'for its age' grep -q 'CRL has expired' err
make_filters

# ---- Python ----

cat >client.py <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
try:
    context.wrap_socket(socket.create_connection(("localhost", int(sys.argv[1]))),
                        server_hostname="localhost")
except ssl.SSLCertVerificationError as e:
    sys.exit("%d %s" % (e.verify_code, e.verify_message))
END
exits 0 'Python alone talks to it' python3 client.py "$port_revoked" "$tls/root.pem"
exits 1 'under writ it does not' w python3 client.py "$port_revoked" "$tls/root.pem"
says 'and says so' '23 certificate revoked'
exits 0 'it talks to the good one' w python3 client.py "$port_good" "$tls/root.pem"
exits 0 'and to one that is not covered' w python3 client.py "$port_uncovered" "$tls/root.pem"

# ---- openssl ----

s_client() {
    w openssl s_client -verify_return_error -connect "localhost:$1" -CAfile "$tls/root.pem" \
        -servername localhost
}
exits 1 'openssl s_client refuses it' s_client "$port_revoked"
holds 'as number 23, of the server itself' \
    sh -c 'grep -q "verify error:num=23:certificate revoked" err && grep -q "^depth=0" err'
exits 0 'and accepts the good one' s_client "$port_good"
holds 'as verified' grep -q 'Verification: OK' out
exits 0 'without -verify_return_error it only tells, and goes on' \
    w openssl s_client -connect "localhost:$port_revoked" -CAfile "$tls/root.pem"
holds 'as with every other error' grep -q 'Verification error: certificate revoked' out
verify() {
    w openssl verify -CAfile "$tls/root.pem" -untrusted "$tls/issuer.pem" "$tls/$1.pem"
}
exits 2 'openssl verify refuses it too' verify revoked
exits 0 'and takes the good one' verify good
exits 0 'one without a timestamp is not asked about, whatever its serial' verify bare

# An intermediate is found in OneCRL, by its place in the chain.
python3 "$world" onecrl "$filters/onecrl" "$tls/issuer.pem"
make_filters
exits 2 'a revoked intermediate is refused' verify good
holds 'as the one at depth 1' grep -q 'error 23 at 1 depth lookup: certificate revoked' err
rm "$filters/onecrl"
make_filters
exits 0 'until OneCRL no longer lists it' verify good
exits 2 'a CA that is not trusted is no better for it' \
    w openssl verify -CAfile "$tls/good.pem" -untrusted "$tls/issuer.pem" "$tls/good.pem"

# ---- nginx as a client ----

port=$(free_ports 1)
for name in good revoked; do
    eval "behind=\$port_$name"
    places="$places
    location /$name { proxy_pass https://localhost:$behind/; proxy_ssl_verify on;
        proxy_ssl_name localhost; proxy_ssl_trusted_certificate $tls/root.pem; }"
done
run_nginx proxy "server { listen 127.0.0.1:$port; $places }" writ tls run --
exits 22 'nginx refuses the revoked server behind it' curl -sSf "http://127.0.0.1:$port/revoked"
holds 'its log says why' grep -q 'certificate verify error: (23:certificate revoked)' \
    nginx-proxy/error.log
exits 0 'and talks to the good one' curl -sSf "http://127.0.0.1:$port/good"
prints 'whose answer it passes on' 'hello from good'

# ---- GnuTLS ----

if command -v wget >/dev/null; then
    get() {
        wget -q -O - --ca-certificate "$tls/root.pem" --tries 1 "https://localhost:$1/"
    }
    exits 0 'wget alone talks to it' get "$port_revoked"
    exits 5 'under writ it does not' w wget -nv -O - --ca-certificate "$tls/root.pem" --tries 1 \
        "https://localhost:$port_revoked/"
    holds 'and says so' grep -q 'has been revoked' err
    for name in good uncovered bare; do
        eval "port=\$port_$name"
        exits 0 "it talks to the server $name" w wget -nv -O - --ca-certificate "$tls/root.pem" \
            --tries 1 "https://localhost:$port/"
    done
    exits 5 'with the policy "refuse" what is not covered is refused' writ tls run --policy refuse \
        wget -nv -O - --ca-certificate "$tls/root.pem" --tries 1 \
        "https://localhost:$port_uncovered/"
fi

# The functions themselves, and GnuTLS's verification during the handshake; as in a plug-in, the
# library is loaded later and for itself.
cat >gnutls.py <<'END'
import ctypes, socket, sys
way, port, ca = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()
try:
    g = ctypes.CDLL("libgnutls.so.30", mode=0)
except OSError:
    sys.exit("no GnuTLS")
everybody = ctypes.CDLL(None)
credentials, session, status = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint()
g.gnutls_certificate_allocate_credentials(ctypes.byref(credentials))
assert g.gnutls_certificate_set_x509_trust_file(credentials, ca, 1) == 1
g.gnutls_init(ctypes.byref(session), 2)
g.gnutls_set_default_priority(session)
g.gnutls_credentials_set(session, 1, credentials)
if way == "handshake":
    g.gnutls_session_set_verify_cert(session, b"localhost", 0)
s = socket.create_connection(("127.0.0.1", port))
g.gnutls_transport_set_int2(session, s.fileno(), s.fileno())
done = g.gnutls_handshake(session)
if way == "handshake":
    status.value = g.gnutls_session_get_verify_cert_status(session)
elif way == "verify_peers":
    everybody.gnutls_certificate_verify_peers(session, None, 0, ctypes.byref(status))
elif way == "verify_peers2":
    everybody.gnutls_certificate_verify_peers2(session, ctypes.byref(status))
else:
    everybody.gnutls_certificate_verify_peers3(session, b"localhost", ctypes.byref(status))
print(done, status.value)
END
if python3 -c 'import ctypes; ctypes.CDLL("libgnutls.so.30")' 2>/dev/null; then
    for way in verify_peers verify_peers2 verify_peers3; do
        exits 0 "gnutls_certificate_$way under writ" \
            w python3 gnutls.py "$way" "$port_revoked" "$tls/root.pem"
        prints 'says invalid and revoked' '0 34'
        exits 0 "$way of a good server" w python3 gnutls.py "$way" "$port_good" "$tls/root.pem"
        prints 'says nothing' '0 0'
    done
    exits 0 'GnuTLS may verify during the handshake' \
        w python3 gnutls.py handshake "$port_revoked" "$tls/root.pem"
    prints 'and then ends it' '-348 34'
    exits 0 'with a good server' w python3 gnutls.py handshake "$port_good" "$tls/root.pem"
    prints 'it goes on' '0 0'
    exits 0 'without writ' python3 gnutls.py handshake "$port_revoked" "$tls/root.pem"
    prints 'with every server' '0 0'
    python3 "$world" onecrl "$filters/onecrl" "$tls/issuer.pem"
    make_filters
    exits 0 'an intermediate that OneCRL lists' \
        w python3 gnutls.py handshake "$port_good" "$tls/root.pem"
    prints 'is revoked for GnuTLS too' '-348 34'
    rm "$filters/onecrl"
    make_filters
fi

if command -v git >/dev/null; then
    clone() {
        w env GIT_SSL_CAINFO="$tls/root.pem" git ls-remote "https://localhost:$1/x.git"
    }
    exits 128 'git refuses the revoked server' clone "$port_revoked"
    holds 'for its certificate' grep -q 'certificate' err
    exits 128 'at the good one it finds no repository' clone "$port_good"
    holds 'after it has verified the certificate' sh -c '! grep -q certificate err'

    # libcurl, loaded for itself as a plug-in is, with a GnuTLS that only it sees.
    cat >curl.py <<'END'
import ctypes, sys
c = ctypes.CDLL("libcurl-gnutls.so.4", mode=0)
c.curl_easy_init.restype = ctypes.c_void_p
easy = ctypes.c_void_p(c.curl_easy_init())
for option, value in ((10002, sys.argv[1]), (10065, sys.argv[2])):
    c.curl_easy_setopt(easy, option, ctypes.c_char_p(value.encode()))
print(c.curl_easy_perform(easy), flush=True)
END
    exits 0 'a library that brings its own GnuTLS' \
        w python3 curl.py "https://localhost:$port_revoked/" "$tls/root.pem"
    prints 'is refused it as well' 60
fi

finish
