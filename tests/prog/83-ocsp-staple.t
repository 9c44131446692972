#!/bin/sh
# Goal of this test: an unmodified nginx and an unmodified haproxy staple what writ ocsp staple writes,
# and nothing but a good answer ever gets there.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/ocspca.sh"
. "$source_root/tests/prog/responder.sh"
absent=$(missing openssl python3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ocsp_ca
start_responder
make_answers
cat alice.pem ca.pem >chain.pem

# --- what is written ---

exits 0 "a good answer" writ ocsp staple chain.pem --url "$base/good" --out staple --reload-cmd 'echo reloaded >>reloads'
prints "is written" "staple: written; $(sed 's/^[^;]*; //' out)"
holds "as the responder gave it" cmp staple good.der
holds "and the server is told" [ "$(cat reloads)" = reloaded ]
forget_asked
exits 0 "a second time" writ ocsp staple chain.pem --url "$base/good" --out staple --reload-cmd 'echo reloaded >>reloads'
holds "nothing has changed" grep -q '^staple: is up to date; ' out
holds "nobody is asked within a day" [ ! -s asked ]
holds "nor told" [ "$(wc -l <reloads)" -eq 1 ]
rm -rf root && mkdir root
cp staple before
for bad in revoked:2:bob unknown:4:carol other:4:alice later:4:alice garbage:4:alice stranger:4:alice; do
    behaviour=${bad%%:*}
    name=${bad##*:}
    wanted=${bad#*:}
    wanted=${wanted%:*}
    exits "$wanted" "$behaviour" writ ocsp staple "$name.pem" --issuer ca.pem --url "$base/$behaviour" \
        --out staple --reload-cmd 'echo reloaded >>reloads'
    holds "$behaviour leaves the file as it is" cmp staple before
done
holds "and nobody is told" [ "$(wc -l <reloads)" -eq 1 ]
exits 5 "so does a stale answer" writ ocsp staple chain.pem --response good.der --out staple --at "$(date -u -d '+8 days' +%FT%TZ)"
exits 0 "an answer that somebody else has fetched" writ ocsp staple chain.pem --response good.der --out from-file
holds "is verified and written" cmp from-file good.der
exits 2 "one that says revoked" writ ocsp staple bob.pem --issuer ca.pem --response revoked.der --out none
holds "is not" [ ! -e none ]
exits 4 "nor is one about another certificate" writ ocsp staple chain.pem --response revoked.der --out none
exits 0 "a rehearsal" writ ocsp staple chain.pem --response good.der --out none --dry-run --json
holds "writes nothing" [ ! -e none ]
holds "and says so" [ "$(jq -c '[.changed, .dry_run, .status, .exit]' out)" = '[true,true,"good",0]' ]
exits 69 "a command that fails is a fault" writ ocsp staple chain.pem --response good.der --out new --reload-cmd false
exits 73 "a place that is not there" writ ocsp staple chain.pem --response good.der --out missing/staple

# --- servers that read it ---

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
await_tls() {
    tries=0
    until openssl s_client -connect "127.0.0.1:$1" </dev/null >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { echo "Bail out! nobody at port $1"; exit 1; }
    done
}
# staples NAME PORT: the staple is in the handshake, and openssl finds it good.
staples() {
    openssl s_client -connect "127.0.0.1:$2" -status -CAfile ca.pem </dev/null >handshake 2>&1
    holds "$1 staples it" grep -q 'OCSP Response Status: successful' handshake
    holds "$1: it says good" grep -q 'Cert Status: good' handshake
}
servers=
trap 'kill $servers 2>/dev/null; rm -rf "$dir"' EXIT

nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
if [ -n "$nginx" ]; then
    nginx_port=$(free_port)
    for temp in body proxy fastcgi uwsgi scgi; do
        temps="${temps:-} ${temp}_temp_path $dir/$temp;"
    done
    temps=$(echo "$temps" | sed 's/ body_temp/ client_body_temp/')
    cat >nginx.conf <<END
daemon off;
master_process off;
pid $dir/nginx.pid;
error_log $dir/nginx.err;
events {}
http {
    access_log off;
    $temps
    server {
        listen 127.0.0.1:$nginx_port ssl;
        ssl_certificate $dir/chain.pem;
        ssl_certificate_key $dir/alice.key;
        ssl_stapling on;
        ssl_stapling_file $dir/staple;
    }
}
END
    "$nginx" -c "$dir/nginx.conf" -e "$dir/nginx.err" -p "$dir" >/dev/null 2>&1 &
    servers="$servers $!"
    await_tls "$nginx_port"
    staples nginx "$nginx_port"
else
    echo "ok $((claims += 1)) - nginx staples it # SKIP nginx is not installed"
fi

haproxy=$(PATH=$PATH:/usr/sbin command -v haproxy)
if [ -n "$haproxy" ]; then
    haproxy_port=$(free_port)
    cat chain.pem alice.key >site.pem
    exits 0 "haproxy's file stands beside its certificate" \
        writ ocsp staple chain.pem --response good.der --out site.pem.ocsp
    cat >haproxy.cfg <<END
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend site
    bind 127.0.0.1:$haproxy_port ssl crt $dir/site.pem
    http-request return status 200
END
    "$haproxy" -f haproxy.cfg -db >haproxy.log 2>&1 &
    servers="$servers $!"
    await_tls "$haproxy_port"
    staples haproxy "$haproxy_port"
else
    echo "ok $((claims += 1)) - haproxy staples it # SKIP haproxy is not installed"
fi

finish
