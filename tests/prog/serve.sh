# tests/prog/serve.sh - a CA that answers; after lib.sh and journey.sh
#
# make_responder makes a CA, Alice, Bob and the responder's certificate, the chain in chain.pem, the
# issuer in int.pem, and requests about them: alice.req, bob.req.
# start_serve OPTION... starts writ serve at a free port, and sets $serve (process), $url, $port.
# stop_serve ends it: $code is its exit code.

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}
for needed in openssl curl python3 jq; do
    command -v $needed >/dev/null 2>&1 || skip_all "$needed is not installed"
done
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
now=
serve=
trap '[ -z "$serve" ] || kill -9 $serve 2>/dev/null; rm -rf "$dir"' EXIT

make_responder() {
    make_ca
    issue Alice alice
    issue Bob bob
    must w ca issue Responder --responder --out ocsp --insecure-plain-key
    must w ca export --chain chain.pem
    openssl x509 -in chain.pem -out int.pem
    for who in alice bob; do
        openssl ocsp -issuer int.pem -cert $who.pem -no_nonce -reqout $who.req 2>/dev/null
    done
}

# until COMMAND...: it has happened; at most 10 s.
until_so() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || return 1
        sleep 0.01
    done
}

start_serve() {
    : >serve.err
    writ serve --responder ocsp.pem --key ocsp.key --listen 127.0.0.1:0 "$@" >serve.out 2>serve.err &
    serve=$!
    until_so grep -q 'listening at' serve.err || {
        sed 's/^/# /' serve.err
        echo "Bail out! writ serve did not start"
        exit 1
    }
    port=$(sed -n 's/.*listening at .*:\([0-9]*\)$/\1/p' serve.err)
    url=http://127.0.0.1:$port
}

stop_serve() {
    kill -TERM "$serve"
    code=0
    wait "$serve" || code=$?
    serve=
}

# asks WHO [OPTION...]: what openssl says of the certificate: good, revoked, unknown, or its error.
asks() {
    asked=$1
    shift
    openssl ocsp "$@" -issuer int.pem -cert "$asked.pem" -url "$url/" -CAfile chain.pem >ask.out 2>&1
    sed -n "s/^$asked.pem: //p; s/^Responder Error: \([a-z]*\).*/\1/p" ask.out
}

# path_of FILE: a request as a GET has it, raw.
path_of() {
    openssl base64 -A -in "$1"
}

# get PATH [OPTION...]: status in $status, headers in the file headers, body in body.
get() {
    path=$1
    shift
    : >body
    status=$(curl -s --path-as-is -D headers -o body -w '%{http_code}' "$@" "$url$path")
}

# word FILE: what a response says: good, revoked, unknown, or its status.
word() {
    openssl ocsp -respin "$1" -issuer int.pem -cert "${2:-alice}.pem" -CAfile chain.pem >word.out 2>&1
    sed -n "s/^[a-z]*.pem: //p; s/^Responder Error: \([a-z]*\).*/\1/p" word.out
}

header() {
    sed -n "s/^$1: \(.*\)\r$/\1/Ip" headers
}

figure() {
    curl -s "$url/status.json" | jq -r ".$1"
}
