#!/bin/sh
# demo/revoked-site.sh - a web site on this machine whose certificate is revoked
#
#   sh demo/revoked-site.sh start DIR     makes in DIR a CA (ca.pem), a site with a certificate of
#                                         it, and a mirror of a filter that says it is revoked; and
#                                         serves the site on loopback (url, port), for ten minutes
#   sh demo/revoked-site.sh stop DIR
#
# Everything is made here and now: the certificate carries a timestamp (SCT) as those on the web do,
# of a log that exists only in this script, and the filter is built by `writ filter build`.

set -eu

LOG=$(printf '%064d' 1)
SECONDS_SERVED=600

new_key() {
    openssl ecparam -name prime256v1 -genkey -noout -out "$1"
}

# A list with one timestamp (RFC 6962 section 3.3), of half an hour after the filter's beginning.
timestamp() {
    printf '1.3.6.1.4.1.11129.2.4.2=DER:043b0039003700%s%016x0000040300080001020304050607\n' \
        "$LOG" "$(((now - 86400) * 1000))"
}

make_certificates() {
    new_key ca.key
    openssl req -x509 -new -key ca.key -subj '/CN=Demo CA' -days 30 -out ca.pem \
        -addext keyUsage=critical,keyCertSign,cRLSign
    new_key site.key
    openssl req -new -key site.key -subj /CN=localhost -out site.csr
    {
        printf '%s\n' subjectAltName=DNS:localhost keyUsage=digitalSignature \
            extendedKeyUsage=serverAuth subjectKeyIdentifier=hash authorityKeyIdentifier=keyid
        timestamp
    } >site.ext
    openssl x509 -req -in site.csr -CA ca.pem -CAkey ca.key -set_serial 0x1badc0de -days 20 \
        -extfile site.ext -out site.pem
}

# What a mirror holds: filters, and a list of them.
make_mirror() {
    issuer=$(openssl x509 -in ca.pem -noout -pubkey | openssl pkey -pubin -outform DER |
        sha256sum | cut -d ' ' -f 1)
    printf '%s\t%s\n' "$issuer" 1badc0de >revoked
    printf '%s\t%s\n' "$issuer" 1badc0de "$issuer" 600df00d >known
    printf '%s\t%d\t%d\n' "$LOG" "$(((now - 90 * 86400) * 1000))" \
        "$(((now - 3600) * 1000))" >coverage
    mkdir mirror
    writ -q filter build --known known --revoked revoked --coverage coverage \
        --out mirror/demo.filter
    printf '{"generated_at": %d, "comment": "", "files": [%s]}\n' "$now" "$(
        printf '{"filename": "demo.filter", "size": %d, "hash": "%s"}' \
            "$(wc -c <mirror/demo.filter)" "$(sha256sum mirror/demo.filter | cut -d ' ' -f 1)"
    )" >mirror/manifest.json
}

# A server of one page, on a port that is free.
serve() {
    python3 - "$SECONDS_SERVED" >server.log 2>&1 <<'END' &
import http.server, os, signal, ssl, sys

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from a site whose certificate is revoked\n")

class Server(http.server.ThreadingHTTPServer):
    # The handshake belongs to the connection's own thread.
    def finish_request(self, request, client_address):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("site.pem", "site.key")
        try:
            with context.wrap_socket(request, server_side=True) as tls:
                super().finish_request(tls, client_address)
        except OSError:
            pass

server = Server(("127.0.0.1", 0), Page)
signal.alarm(int(sys.argv[1]))
open("port.new", "w").write("%d\n" % server.server_port)
os.rename("port.new", "port")
server.serve_forever()
END
    echo $! >pid
    while [ ! -s port ]; do
        kill -0 "$(cat pid)" 2>/dev/null || { cat server.log >&2 && exit 1; }
        sleep 0.05
    done
    printf 'https://localhost:%s/\n' "$(cat port)" >url
}

case ${1:-} in
start)
    mkdir "${2:?}"
    cd "$2"
    now=$(date +%s)
    make_certificates >openssl.log 2>&1 || { cat openssl.log >&2 && exit 1; }
    make_mirror
    serve
    ;;
stop)
    kill "$(cat "${2:?}/pid")"
    ;;
*)
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
