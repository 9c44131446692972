# tests/prog/crlite.sh - Mozilla's server and a upki mirror on loopback, by nginx
#
# Sourced after lib.sh, journey.sh and ca.sh.
#
#   begin_world [FULL DELTA DELTAS]   keys, filters, records, nginx; sizes in bytes (crlite_world.py)
#   publish WISH..., mirror WISH...   what they answer from now on
#   d COMMAND...                      writ of the device in $dir/device, at $now
#   add_crlite [OPTION...]            the source `crlite`; add_upki likewise, cache in $dir/cache
#   asked                             what nginx was asked for since the last forget_asked: "STATUS URI"
#   device, files                     the device's state, and where the crlite filters are
#
# $http and $https are the servers; what nginx is to answer otherwise goes into $dir/world/extra.conf
# (directives of a server), then reload_world.

world=$dir/world
device=$dir/device/var/lib/writ
files=$device/filters/crlite/revocation
cache=$dir/cache
now=2026-03-24T00:00:00Z

world_needs() {
    absent=$(missing nginx openssl python3 jq)
    [ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
}

crlite_world() {
    world_command=$1
    shift
    must python3 "$source_root/tests/prog/crlite_world.py" "$world_command" "$world" "$@"
}

publish() {
    crlite_world publish "$@"
}

mirror() {
    crlite_world mirror "$@"
}

two_free_ports() {
    python3 -c 'import socket
a, b = socket.socket(), socket.socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])'
}

# The changeset of a collection is a file, whichever way it is asked for: two names of answers.
world_conf() {
    cat <<END
daemon off;
master_process off;
worker_processes 1;
pid $world/nginx.pid;
error_log $world/error.log;
events { worker_connections 64; }
http {
    log_format asked escape=none '\$status \$request_uri \$http_range \$http_if_range';
    access_log $world/access.raw asked;
    client_body_temp_path $world/t1; proxy_temp_path $world/t2; fastcgi_temp_path $world/t3;
    uwsgi_temp_path $world/t4; scgi_temp_path $world/t5;
    default_type application/octet-stream;
    etag on;
    map \$arg__since \$which { default since; '' whole; }
    server {
        listen 127.0.0.1:$(cat "$world/http");
        listen 127.0.0.1:$(cat "$world/https") ssl;
        ssl_certificate $world/tls/cert.pem;
        ssl_certificate_key $world/tls/key.pem;
        root $world/www;
        include $world/extra.conf;
        location = /v1/ { try_files /v1/root.json =404; }
        location ~ ^(/v1/buckets/.*)/changeset\$ { try_files \$1/\$which.json =404; }
    }
}
END
}

begin_world() {
    world_needs
    crlite_world make "$@"
    mkdir device
    # shellcheck disable=SC2046 # two words
    set -- $(two_free_ports)
    echo "$1" >"$world/http"
    echo "$2" >"$world/https"
    : >"$world/extra.conf"
    http=http://127.0.0.1:$1
    https=https://127.0.0.1:$2
    SSL_CERT_FILE=$world/tls/cert.pem
    export SSL_CERT_FILE
    publish
    world_conf >"$world/nginx.conf"
    start_world
}

start_world() {
    chmod 755 "$dir" "$world"
    nginx -c "$world/nginx.conf" >"$world/nginx.out" 2>&1 &
    world_server=$!
    servers="$servers $world_server"
    tries=0
    until python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' "$http/v1/" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { cat "$world/nginx.out" "$world/error.log"; echo "Bail out! no nginx"; exit 1; }
        sleep 0.02
    done
    forget_asked
}

stop_world() {
    kill "$world_server" 2>/dev/null
    wait "$world_server" 2>/dev/null
}

reload_world() {
    stop_world
    start_world
}

# extra DIRECTIVES...: what nginx is to do besides, from now on; nothing: as at first.
extra() {
    printf '%s\n' "$@" >"$world/extra.conf"
    reload_world
}

forget_asked() {
    : >"$world/access.raw"
}

# A worker writes its log when the answer is out, so a moment later than the client has it.
asked() {
    tries=0
    while [ "$(wc -l <"$world/access.raw")" -lt "${1:-0}" ] && [ $tries -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.01
    done
    sed 's/ *$//; s|/v1/buckets/security-state/collections/||; s|/attachments/security-state-workspace/cert-revocations/|/|' \
        "$world/access.raw"
}

d() {
    writ --root "$dir/device" --at "$now" "$@"
}

add_crlite() {
    must d source add crlite "$http/v1" --pin "$(cat "$world/pin")" "$@"
    forget_asked
}

add_upki() {
    must d source add upki "$http/mirror" --cache "$cache" "$@"
    forget_asked
}

# pulls_nothing CODE WORDS CLAIM [NAME]: a pull fails so, and the device stays as it was, but for what
# came of a file whose server broke off.
pulls_nothing() {
    remember_state "$device"
    run d pull ${4:+"$4"}
    if [ "$code" -eq "$1" ] && one_sentence && grep -q -e "$2" err && keeps_state; then
        holds "$3" true
    else
        echo "# exit $code, wanted $1 and \"$2\""
        sed 's/^/# out: /' out
        holds "$3" false
    fi
}
