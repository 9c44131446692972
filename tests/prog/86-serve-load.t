#!/bin/sh
# Goal of this test: clients that are slow, silent or too many keep nobody else waiting from writ serve, and
# what cannot be signed in time is tryLater, said at once.  bench/serve.sh does the same with 10,000.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/serve.sh"
make_responder
raw=$(path_of alice.req)
clients() { python3 "$source_root/tests/prog/serve_clients.py" "$port" "$@" >clients.out 2>err; }
said() { sed -n "s/^$1 //p" clients.out; }

# --- slow ones stay apart ---

start_serve --set connections=600
holds "alice is signed ahead" until_so sh -c '[ "$(curl -s "$1/status.json" | jq .answers_to_sign)" = 0 ]' sh "$url"
for kind in idle half drip; do
    clients $kind 400 "/$raw"
    holds "400 $kind clients: everybody else is answered" [ "$(said answered)" = 200 ]
    echo "# p99 $(said p99_ms) ms, worst $(said worst_ms) ms"
    holds "in well under a second" sh -c '[ "${1%.*}" -lt 1000 ]' sh "$(said worst_ms)"
done
holds "they leave" until_so sh -c '[ "$(curl -s "$1/status.json" | jq .connections)" -lt 20 ]' sh "$url"

# --- more than there is place for ---

clients half 900 "/$raw"
holds "more than all places taken: everybody else is answered" [ "$(said answered)" = 200 ]
holds "some were shown out to make room" [ "$(figure crowded)" -gt 0 ]
holds "not all of them" [ "$(said open)" -gt 100 ]
stop_serve

# --- the end of patience ---

mkdir site
head -c 80000000 /dev/zero >site/large
start_serve --set patience=1s --feed site
status=$(curl -s --limit-rate 20M -o /dev/null -w '%{http_code} %{size_download}' "$url/feed/large")
holds "a long file may take longer than that" [ "$status" = "200 80000000" ]
clients patience 1 /
holds "half a request is not waited for longer than patience" [ "$(cat clients.out)" = closed ]
holds "and counted" [ "$(figure too_slow)" -ge 1 ]
stop_serve

# --- limits of a request ---

start_serve
long=$(head -c 9000 /dev/zero | tr '\0' A)
get "/$long"
holds "a path of 9000 characters is refused" sh -c 'case $1 in 414|431|000) ;; *) false ;; esac' sh "$status"
get "/$raw" -H "X-Long: $long"
holds "headers of 9000 bytes, too" sh -c 'case $1 in 413|431|000) ;; *) false ;; esac' sh "$status"
get "/$raw"
holds "and it goes on" [ "$status $(word body)" = "200 good" ]
stop_serve

# --- a budget for signatures ---

start_serve --set nonces=1
openssl ocsp -issuer int.pem -cert alice.pem -reqout nonce.req 2>/dev/null
i=0
while [ $i -lt 20 ]; do
    printf 'url = "%s/"\ndata-binary = "@nonce.req"\nheader = "Content-Type: application/ocsp-request"\noutput = "n%s"\n' "$url" $i
    [ $i -eq 19 ] || echo next
    i=$((i + 1))
done >many.curl
curl -s -K many.curl
plain=0
for file in n?*; do
    openssl ocsp -respin "$file" -noverify -resp_text 2>/dev/null | grep -q 'OCSP Nonce' || plain=$((plain + 1))
done
holds "nonces beyond the budget: the answer that is signed already, without one" [ $plain -ge 10 ]
holds "counted" [ "$(figure over_budget)" -ge 10 ]
i=0
later=0
while [ $i -lt 10 ]; do
    openssl ocsp -issuer int.pem -serial "0x77$i" -no_nonce -reqout any.req 2>/dev/null
    get "/$(path_of any.req)"
    if [ "$(word body)" = trylater ]; then
        later=$((later + 1))
        cp headers later.headers
    fi
    i=$((i + 1))
done
holds "what would have to be signed is tryLater" [ $later -ge 5 ]
cp later.headers headers
holds "with Retry-After" [ "$(header retry-after)" = 5 ]
holds "which nobody stores" [ "$(header cache-control)" = no-store ]

# --- a signer that hangs ---

signer=$(pgrep -P "$serve" | head -n 1)
kill -STOP "$signer"
get "/$raw"
holds "with a signer that hangs, what is signed is answered" [ "$status $(word body)" = "200 good" ]
kill -CONT "$signer" 2>/dev/null
stop_serve
finish
