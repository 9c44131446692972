#!/bin/sh
# Goal of this test: writ serve answers as RFC 6960 and RFC 5019 have it, to openssl and curl: by POST and
# by GET however the path is written, with headers that caches understand; what is revoked is so in
# a second; what is no request gets malformedRequest.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/serve.sh"
make_responder
mkdir site
echo 'a file' >site/latest
echo secret >outside
ln -s ../outside site/link
echo hidden >site/.hidden
start_serve --feed site

# --- by POST ---

holds "POST: good" [ "$(asks alice -no_nonce)" = good ]
holds "with a nonce, which comes back" [ "$(asks alice)" = good ]
holds "openssl does not miss it" [ "$(grep -c 'no nonce' ask.out)" = 0 ]
holds "SHA-256 CertIDs" [ "$(asks bob -sha256 -no_nonce)" = good ]
openssl ocsp -issuer int.pem -serial 0x1234 -url "$url/" -CAfile chain.pem -no_nonce >ask.out 2>&1
holds "a serial that was never issued is unknown" grep -q '^0x1234: unknown' ask.out
openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj /CN=Other -out other.pem 2>/dev/null
openssl ocsp -issuer other.pem -serial 1 -url "$url/" -no_nonce >ask.out 2>&1
holds "an issuer that is not ours is unauthorized" grep -q 'unauthorized (6)' ask.out

post() { status=$(curl -s -D headers -o body -w '%{http_code}' --data-binary "@$1" -H "Content-Type: ${2:-application/ocsp-request}" "$url/"); }
post alice.req
holds "curl: 200" [ "$status" = 200 ]
holds "an answer to a POST says what it is" [ "$(header content-type)" = application/ocsp-response ]
post alice.req text/plain
holds "what is no request for OCSP is 415" [ "$status" = 415 ]
head -c 20000 /dev/zero >large
post large
holds "more than 16 KiB is 413" [ "$status" = 413 ]
status=$(curl -s -o body -w '%{http_code}' -X PUT --data-binary @alice.req "$url/")
holds "PUT is 405" [ "$status" = 405 ]

# --- what is no request ---

n=$(wc -c <alice.req)
head -c $((n - 1)) alice.req >short
{ cat alice.req; printf x; } >long
printf x >no-der
: >empty
for bad in short long no-der empty; do
    post $bad
    holds "$bad: 200" [ "$status" = 200 ]
    holds "$bad: malformedRequest" [ "$(word body)" = malformedrequest ]
    holds "$bad: not to be stored" [ "$(header cache-control)" = no-store ]
done
i=0
broken_answers=0
while [ $i -lt "$n" ]; do
    cp alice.req flipped
    flip flipped $i 255
    post flipped
    [ "$status" = 200 ] || broken_answers=$((broken_answers + 1))
    i=$((i + 1))
done
holds "every byte changed: an answer of OCSP, always" [ $broken_answers = 0 ]
for path in / /x /a=b /====  "/$(path_of alice.req)x" /%zz /%; do
    get "$path"
    holds "GET $path: malformedRequest" [ "$status $(word body)" = "200 malformedrequest" ]
done

# --- by GET ---

raw=$(path_of alice.req)
says_good() {
    get "$2"
    holds "$1" [ "$status $(word body)" = "200 good" ]
}
says_good "GET: raw base64" "/$raw"
says_good "without padding" "/$(echo "$raw" | tr -d =)"
says_good "percent-encoded" "/$(echo "$raw" | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g')"
says_good "in lower case" "/$(echo "$raw" | sed 's/+/%2b/g; s,/,%2f,g; s/=/%3d/g')"
says_good "every character encoded" "/$(printf %s "$raw" | od -An -tx1 -v | tr -d '\n' | sed 's/ /%/g')"
says_good "after many slashes" "////$raw"
says_good "after an encoded slash" "/%2F$raw"
# Serials until the request has a "+" and a "//" in it: those are where paths are mistreated.
i=0
plus=
slashes=
while [ $i -lt 3000 ] && { [ -z "$plus" ] || [ -z "$slashes" ]; }; do
    serial=$(printf '0x3fffff%04xfbeffbffff%04x' $i $i)
    openssl ocsp -issuer int.pem -serial "$serial" -no_nonce -reqout any.req 2>/dev/null
    any=$(path_of any.req)
    case $any in *+*) plus=$any ;; esac
    case $any in *//*) slashes=$any ;; esac
    i=$((i + 1))
done
get "/$plus"
holds "a raw + is a +" [ "$status $(openssl ocsp -respin body -resp_text -noverify | grep -c 'Cert Status: unknown')" = "200 1" ]
get "/$slashes"
holds "// in the base64 stays two slashes" [ "$status $(openssl ocsp -respin body -resp_text -noverify | grep -c 'Cert Status: unknown')" = "200 1" ]

# --- headers ---

get "/$raw"
holds "Last-Modified is thisUpdate" [ "$(date -u -d "$(header last-modified)" +%s)" = \
    "$(date -u -d "$(openssl ocsp -respin body -noverify -resp_text | sed -n 's/.*This Update: //p')" +%s)" ]
holds "Expires is nextUpdate" [ "$(date -u -d "$(header expires)" +%s)" = \
    "$(date -u -d "$(openssl ocsp -respin body -noverify -resp_text | sed -n 's/.*Next Update: //p')" +%s)" ]
holds "Cache-Control as RFC 5019 has it" [ "$(header cache-control)" = \
    "max-age=3600, public, no-transform, must-revalidate" ]
holds "Content-Length is there" [ "$(header content-length)" = "$(wc -c <body)" ]
holds "and Date" [ -n "$(header date)" ]
etag=$(header etag)
holds "a strong ETag" sh -c 'case $1 in \"*\") ;; *) false ;; esac' sh "$etag"
get "/$raw" -H "If-None-Match: $etag"
holds "who has it gets 304, and no body" [ "$status $(wc -c <body)" = "304 0" ]
holds "with the same tag and lifetime" [ "$(header etag) $(header expires)" != " " ]
get "/$raw" -H 'If-None-Match: "another"'
holds "who has another one gets it" [ "$status" = 200 ]
get "/$raw" -I
holds "HEAD: the headers alone" [ "$status $(header etag)" = "200 $etag" ]
openssl ocsp -issuer int.pem -cert alice.pem -reqout nonce.req 2>/dev/null
get "/$(path_of nonce.req)"
holds "an answer with a nonce is not to be stored" [ "$status $(header cache-control)" = "200 no-store" ]
holds "one connection carries several requests" \
    [ "$(curl -s -o a -o b -o c -w '%{num_connects}' "$url/$raw" "$url/$raw" "$url/metrics")" = 100 ]
holds "POSTs too" [ "$(curl -s -o a -o b -w '%{num_connects}' --data-binary @alice.req \
    -H 'Content-Type: application/ocsp-request' "$url/" "$url/")" = 10 ]

# --- a revocation ---

is_revoked() { [ "$(asks bob -no_nonce)" = revoked ]; }
before=$(date +%s%N)
must w ca revoke Bob --reason keyCompromise
holds "a revocation is answered" until_so is_revoked
echo "# after $((($(date +%s%N) - before) / 1000000)) ms, writ ca revoke included"
holds "with its reason" grep -q 'Reason: keyCompromise' ask.out
issue Carol carol
is_known() { [ "$(asks carol -no_nonce)" = good ]; }
holds "so is a new certificate" until_so is_known

# --- the feed ---

get /feed/latest
holds "a file of the feed" [ "$status $(cat body)" = "200 a file" ]
etag=$(header etag)
get /feed/latest -H "If-None-Match: $etag"
holds "304 for who has it" [ "$status" = 304 ]
echo 'another' >site/new
mv site/new site/latest
get /feed/latest -H "If-None-Match: $etag"
holds "not when it was replaced" [ "$status $(cat body)" = "200 another" ]
for path in /feed/ /feed/none /feed/../outside /feed/%2e%2e/outside /feed/link /feed/.hidden /feed//latest /feed; do
    get $path
    holds "$path is not served" sh -c '[ "$1" = 404 ] || ! grep -q -e secret -e hidden -e another body' sh "$status"
done

# --- figures ---

get /metrics
holds "/metrics: Prometheus' format" awk '
    /^# (HELP|TYPE) writ_serve_/ { next } /^writ_serve_[a-z_]+ -?[0-9]+$/ { n++; next } { exit 1 }
    END { if (n < 30) exit 1 }' body
holds "its type" [ "$(header content-type)" = "text/plain; version=0.0.4; charset=utf-8" ]
holds "counters say what happened" [ "$(figure not_modified)" -ge 1 ]
holds "revoked certificates are counted" [ "$(figure certificates_revoked)" = 1 ]
get /status
holds "/status: a page" grep -q '<h1>All is well</h1>' body
get /status.json
holds "/status.json" [ "$(jq -r .signer_alive body)" = 1 ]

# --- stop ---

stop_serve
holds "SIGTERM ends it with 0" [ "$code" = 0 ]

# --- another base ---

start_serve --base /ocsp --json
get "/ocsp/$raw"
holds "below a base" [ "$status $(word body)" = "200 good" ]
get "/$raw"
holds "not beside it" [ "$status" = 404 ]
get "/ocspx/$raw"
holds "nor beside its name" [ "$status" = 404 ]
stop_serve
holds "--json: how many were answered" [ "$(jq .answered serve.out)" = 1 ]
finish
