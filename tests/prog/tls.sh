# tests/prog/tls.sh - a CA for TLS, servers with its certificates, and what a device knows of them
#
# Sourced after lib.sh by the tests of `writ tls`.  make_ca once, then make_cert for each server.
#
#   tls      the folder of keys and certificates
#   world    tlsworld.py
#   now      when the test began, in seconds

tls=$dir/tls
world=$source_root/tests/helpers/tlsworld.py
now=$(date +%s)
filters=$WRIT_ROOT/var/lib/writ/filters/test
mkdir -p "$tls"
unset OPENSSL_CONF LD_PRELOAD WRIT_TLS_POLICY

# skip_unless PROGRAM...: ends the test when one is not there.
skip_unless() {
    for program in "$@"; do
        PATH=$PATH:/usr/sbin command -v "$program" >/dev/null && continue
        echo "1..0 # SKIP $program is not installed"
        exit 0
    done
}

# Modules under a sanitizer cannot be loaded into a program that is not.
skip_under_sanitizers() {
    nm -D "$build/prog/writ/writ.so" | grep -q __asan_ || return 0
    echo '1..0 # SKIP a program without sanitizers cannot load what has them'
    exit 0
}

new_key() {
    openssl ecparam -name prime256v1 -genkey -noout -out "$1"
}

# sign_cert NAME ISSUER SERIAL: NAME.ext holds its extensions.
sign_cert() {
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr" &&
        openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "0x$3" -days 30 \
            -extfile "$1.ext" -out "$1.pem"
}

# A root and an intermediate.
make_ca() (
    cd "$tls" && {
        new_key root.key && new_key issuer.key &&
            openssl req -x509 -new -key root.key -subj '/CN=root' -days 60 -out root.pem \
                -addext keyUsage=critical,keyCertSign,cRLSign
        printf '%s\n' basicConstraints=critical,CA:true keyUsage=critical,keyCertSign,cRLSign \
            subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >issuer.ext
        sign_cert issuer root 1001
    } >log 2>&1 || cat log
)

# make_cert NAME SERIAL [INSTANT]: a certificate for localhost, with a timestamp of that instant.
make_cert() (
    cd "$tls" && {
        new_key "$1.key" && printf '%s\n' subjectAltName=DNS:localhost,IP:127.0.0.1 \
            keyUsage=digitalSignature extendedKeyUsage=serverAuth,clientAuth \
            subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >"$1.ext"
        [ -z "${3:-}" ] || python3 "$world" sct "$3" >>"$1.ext"
        sign_cert "$1" issuer "$2" && cat "$1.pem" issuer.pem >"$1.chain"
    } >log 2>&1 || cat log
)

# What this device knows: the certificate with serial 66 is revoked.
make_filters() {
    python3 "$world" filters "$filters" "${1:-$now}" "$tls/issuer.pem" 66
}

# Four certificates: of the intermediate, as far as the device can know them, and one that is newer
# than what it knows.
make_world() {
    make_ca
    make_cert good 11 $((now - 20 * 86400))
    make_cert revoked 66 $((now - 20 * 86400))
    make_cert uncovered 22 $((now + 60))
    make_cert bare 66 # the same serial, without a timestamp
    make_filters
}

free_ports() {
    python3 -c '
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])' "$1"
}

await_port() {
    python3 -c '
import socket, sys, time
end = time.monotonic() + 20
while time.monotonic() < end:
    try: socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close(); sys.exit()
    except OSError: time.sleep(0.02)
sys.exit("nobody listens")' "$1"
}

# serve NAME...: one nginx with a port for each certificate; port_NAME says which.
serve() {
    nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
    ports=$(free_ports $#)
    servers=
    for name; do
        port=${ports%% *}
        ports=${ports#* }
        eval "port_$name=$port"
        servers="$servers
    server { listen 127.0.0.1:$port ssl; ssl_certificate $tls/$name.chain;
        ssl_certificate_key $tls/$name.key; location / { return 200 'hello from $name\n'; } }"
    done
    run_nginx server "$servers"
}

# run_nginx NAME SERVERS [COMMAND...]: an nginx with these servers, ended with the test.
run_nginx() {
    conf=$dir/nginx-$1
    mkdir -p "$conf"
    cat >"$conf/nginx.conf" <<END
daemon off;
pid $conf/pid;
error_log $conf/error.log info;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path $conf/body;
    proxy_temp_path $conf/proxy;
    fastcgi_temp_path $conf/fastcgi;
    uwsgi_temp_path $conf/uwsgi;
    scgi_temp_path $conf/scgi;
    $2
}
END
    shift 2
    "$@" "$nginx" -c "$conf/nginx.conf" -e "$conf/error.log" -p "$conf" >"$conf/out" 2>&1 &
    pids="$pids $!"
    await_port "$port"
}

pids=
# shellcheck disable=SC2086 # numbers
trap 'kill $pids 2>/dev/null; wait; rm -rf "$dir"' EXIT
