#!/bin/sh
# bench/serve.sh - what writ serve can do, beside libmicrohttpd answering a constant
#
#   bench/serve.sh [CERTIFICATES [ROUNDS [SECONDS [SLOW]]]]    default 1000000 5 4 10000
#
# Prints, for a CA with so many certificates: how soon it serves and has signed everything; requests
# for each second of the server's processors, GET and POST, 64 connections that stay, in alternating
# runs; how soon a revocation is in the answer; and what a normal client sees beside so many slow
# ones.  Wants wrk, openssl, curl, jq and python3.
set -eu
cd "$(dirname "$0")/.."
certificates=${1:-1000000}
rounds=${2:-5}
seconds=${3:-4}
slow=${4:-10000}
build=${WRIT_BUILD:-build}
ninja -C "$build" prog/writ/writ bench/bench-serve-constant >/dev/null
writ=$PWD/$build/prog/writ/writ
constant=$PWD/$build/bench/bench-serve-constant
here=$PWD
dir=$(mktemp -d)
server= && peer=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    [ -z "$peer" ] || kill "$peer" 2>/dev/null || :
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM
cd "$dir"
export WRIT_ROOT="$dir"

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
now_ms() {
    date +%s%3N
}
# processors PID: what it and its children have used, in hundredths of a second.
processors() {
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) (.*) /\1 /' |
        awk -v pid="$1" '$1 == pid || $3 == pid { n += $13 + $14 } END { print n }'
}
median() {
    sort -n "$1" | awk '{ at[NR] = $1 } END { print at[int((NR + 1) / 2)] }'
}

# ---- a CA ----
{
    "$writ" ca init 'Bench Corp' --insecure-plain-keys
    "$writ" ca issue Alice --insecure-plain-key --out alice
    "$writ" ca issue responder --responder --insecure-plain-key --out responder
} >log 2>&1
python3 "$here/bench/serve_store.py" var/lib/writ/ca/ca.db "$certificates" $((certificates / 100))
awk '/BEGIN/ { n++ } n == 2' alice.pem >issuer.pem
openssl ocsp -issuer issuer.pem -cert alice.pem -no_nonce -reqout request.der 2>log
path=/$(base64 -w0 request.der | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g')

# ---- starting ----
port=$(free_port)
url=http://127.0.0.1:$port
begin=$(now_ms)
"$writ" serve --listen "127.0.0.1:$port" --responder responder.pem --key responder.key \
    --set connections=12000 2>serve.log &
server=$!
ask() {
    curl -s --max-time 5 -H 'Content-Type: application/ocsp-request' --data-binary @request.der -o "$1" "$url/"
}
says() {
    openssl ocsp -respin "$1" -issuer issuer.pem -cert alice.pem -noverify 2>/dev/null |
        grep -q "alice.pem: $2"
}
until ask answer.der && says answer.der good; do
    kill -0 "$server" || { cat serve.log && exit 1; }
    [ $(($(now_ms) - begin)) -lt 60000 ] || exit 1
done
echo "| $certificates certificates, of which 1 % are revoked | |"
echo '|---|---|'
echo "| from the start to the first good answer | $(($(now_ms) - begin)) ms |"
while [ "$(curl -s "$url/status.json" | jq .answers_to_sign)" != 0 ]; do
    [ $(($(now_ms) - begin)) -lt 600000 ] || exit 1
    sleep 0.2
done
echo "| from the start to all answers signed, SHA-1 and SHA-256 | $(($(now_ms) - begin)) ms |"
echo "| size of an answer | $(wc -c <answer.der) bytes |"
echo "| memory in use | $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$server/status") MiB |"

# ---- requests ----
peer_port=$(free_port)
"$constant" "$peer_port" "$(wc -c <answer.der)" 2 &
peer=$!
cat >post.lua <<LUA
wrk.method = "POST"
wrk.body = io.open("$dir/request.der", "rb"):read("*a")
wrk.headers["Content-Type"] = "application/ocsp-request"
LUA
# measure PID PORT HOW: requests for each second of its processors; a wrong answer ends it all.
measure() {
    script=
    where=$path
    [ "$3" = GET ] || { script='-s post.lua' && where=/; }
    used=$(processors "$1")
    # shellcheck disable=SC2086 # words
    wrk -t1 -c64 -d"${seconds}s" $script "http://127.0.0.1:$2$where" >wrk.out
    used=$(($(processors "$1") - used))
    ! grep -q 'Non-2xx\|Socket errors' wrk.out || { cat wrk.out >&2 && exit 1; }
    awk -v used="$used" '/requests in/ { printf "%d\n", $1 / (used / 100) }' wrk.out
}
echo
echo "| requests for each second of processor, medians of $rounds | writ serve | the constant | ratio |"
echo '|---|---|---|---|'
for how in GET POST; do
    : >ours && : >theirs
    i=0
    while [ "$i" -lt "$rounds" ]; do
        measure "$server" "$port" "$how" >>ours
        measure "$peer" "$peer_port" "$how" >>theirs
        i=$((i + 1))
    done
    printf '| %s | %s | %s | ' "$how" "$(median ours)" "$(median theirs)"
    paste ours theirs | awk '{ print $1 / $2 }' >ratios
    printf '%.2f |\n' "$(median ratios)"
done

# ---- a revocation ----
echo
begin=$(now_ms)
"$writ" -q ca revoke alice.pem --reason superseded
committed=$(now_ms)
until ask answer.der && says answer.der revoked; do
    [ $(($(now_ms) - committed)) -lt 60000 ] || exit 1
done
answered=$(now_ms)
echo "A revocation: $((answered - committed)) ms from its commit to the answer, $((answered - begin)) ms with the command."

# ---- slow clients ----
echo "Beside slow clients: $(python3 "$here/tests/prog/slow_clients.py" "127.0.0.1:$port" "$slow" 400 request.der)"
