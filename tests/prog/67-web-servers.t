#!/bin/sh
# Goal of this test: a feed is static files.  Web servers that know nothing of writ hand it out
# unchanged, nginx with ETags and "not modified", to a device that pulls from them.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq python3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
issue Alice alice
cp /usr/bin/true app
must w sign app --key alice
must w publish "$feed"
ca_certificates
fingerprint=$(sha256 root.der)

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# await_answer URL: returns when somebody answers there.
await_answer() {
    tries=0
    until python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' "$1" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "Bail out! nobody at $1"; exit 1; }
    done
}

d() {
    writ --root "$dir/device" --at "$now" "$@"
}

# through NAME URL [LOG]: the journey of a device through a server, which writes lines "STATUS PATH".
through() {
    name=$1
    location=$2
    log=${3:-}
    rm -rf device
    mkdir device
    python3 - "$location" "$feed" >err 2>&1 <<'PY'
import os, sys, urllib.request
for path, _, names in os.walk(sys.argv[2]):
    for name in names:
        file = os.path.join(path, name)
        served = urllib.request.urlopen(sys.argv[1] + "/" + os.path.relpath(file, sys.argv[2])).read()
        if served != open(file, "rb").read():
            print(file)
PY
    holds "$name hands out every file as it was published" [ ! -s err ]
    works "$name: a source" d source add feed "$location" --name example --fingerprint "$fingerprint"
    works "$name: that judges" d verify app
    [ -z "$log" ] || : >"$log"
    works "$name: what is still there" d pull
    holds "$name: stands already" grep -q 'stands already' out
    [ -z "$log" ] || holds "$name: as it said in one answer, not modified" \
        [ "$(cat "$log")" = "304 /feed.note" ]
    must w ca hold Alice
    must w publish
    [ -z "$log" ] || : >"$log"
    works "$name: what is new" d pull
    holds "$name: is taken over" grep -q 'taken over' out
    [ -z "$log" ] || holds "$name: note and table are fetched, nothing else" \
        [ "$(sed 's/[0-9a-f]\{64\}/HASH/' "$log" | tr '\n' ' ')" = "200 /feed.note 200 /targets/HASH.table " ]
    run d verify app
    holds "$name: and judges anew" [ "$code" -eq 2 ]
    must w ca reinstate Alice --note "for the next one"
    must w publish
    must d pull
    works "$name: both ways" d verify app
    refuses 66 "is not there (status 404)" "$name: what is not there is called that" \
        d pull --from "$location/elsewhere"
}

port=$(free_port)
python3 -m http.server --bind 127.0.0.1 --directory "$feed" "$port" >/dev/null 2>&1 &
servers="$servers $!"
await_answer "http://127.0.0.1:$port/feed.note"
through "python's http.server" "http://127.0.0.1:$port"

nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
if [ -n "$nginx" ]; then
    port=$(free_port)
    cat >nginx.conf <<END
daemon off;
master_process off;
pid $dir/nginx.pid;
error_log $dir/nginx.err;
events {}
http {
    log_format answers '\$status \$uri';
    access_log $dir/nginx.log answers;
    client_body_temp_path $dir/nginx-body;
    proxy_temp_path $dir/nginx-proxy;
    fastcgi_temp_path $dir/nginx-fastcgi;
    uwsgi_temp_path $dir/nginx-uwsgi;
    scgi_temp_path $dir/nginx-scgi;
    server {
        listen 127.0.0.1:$port;
        root $feed;
    }
}
END
    "$nginx" -c "$dir/nginx.conf" -e "$dir/nginx.err" -p "$dir" >/dev/null 2>&1 &
    servers="$servers $!"
    await_answer "http://127.0.0.1:$port/feed.note"
    through nginx "http://127.0.0.1:$port" nginx.log
else
    skips "nginx hands it out as well" "nginx is not installed"
fi
finish
