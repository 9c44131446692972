#!/bin/sh
# Goal of this test: clients that are slow, say nothing or never read keep nobody from an answer,
# even when there are more of them than the responder has places; and what never ends is ended.
#
# slow_clients.py makes them.  How long a normal client waits is printed and held against a second:
# bench/serve.sh has the figure for 10,000, on a machine with nothing else to do.

. "$(dirname "$0")/lib.sh"
for tool in python3 openssl curl jq; do
    command -v $tool >/dev/null 2>&1 || {
        echo "1..0 # SKIP $tool is not installed"
        exit 0
    }
done
[ -x "$build/prog/writ/writ-serve" ] || {
    echo '1..0 # SKIP this build has no writ-serve'
    exit 0
}
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null; rm -rf "$dir"' EXIT
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

writ ca init "Example Corp" --insecure-plain-keys >log 2>&1 &&
    writ ca issue Alice --insecure-plain-key --out alice >>log 2>&1 &&
    writ ca issue responder --responder --insecure-plain-key --out responder >>log 2>&1 || {
    sed 's/^/# /' log
    echo 'Bail out! no CA'
    exit 1
}
awk '/BEGIN/ { n++ } n == 2' alice.pem >issuer.pem
openssl ocsp -issuer issuer.pem -cert alice.pem -no_nonce -reqout request.der 2>log

# serve OPTION...: a responder, at $at.
serve() {
    at=127.0.0.1:$(python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
    writ serve --listen "$at" --responder responder.pem --key responder.key "$@" >serve.out 2>serve.err &
    server=$!
    i=0
    until answer || ! kill -0 $server 2>/dev/null || [ $i -gt 500 ]; do
        sleep 0.02
        i=$((i + 1))
    done
}
answer() {
    curl -sf --max-time 5 -o answer.der --data-binary @request.der \
        -H 'Content-Type: application/ocsp-request' "http://$at/" &&
        openssl ocsp -respin answer.der -issuer issuer.pem -cert alice.pem -CAfile issuer.pem \
            -partial_chain 2>/dev/null | grep -q 'alice.pem: good'
}
figure() { curl -s --max-time 5 "http://$at/status.json" | jq ".$1"; }
value() { sed -n "s/.*$1=\([0-9]*\).*/\1/p" out; }

# ---- fewer than there are places ----

serve
holds 'a responder answers' answer
exits 0 '200 slow clients come' python3 "$source_root/tests/prog/slow_clients.py" "$at" 200 100 request.der
sed 's/^/# /' out
holds 'every normal client beside them has its answer' [ "$(value answered)" = 100 ]
holds 'within a second, 99 of 100 times' [ "$(value p99_ms)" -lt 1000 ]
kill $server && wait $server
holds 'stopped, it ends well' [ $? -eq 0 ]

# ---- more than there are places ----

serve --set connections=60
exits 0 'four slow clients for each place come' \
    python3 "$source_root/tests/prog/slow_clients.py" "$at" 240 60 request.der
sed 's/^/# /' out
holds 'slow ones are shown out' [ "$(value thrown_out)" -gt 100 ]
holds 'and most normal ones are answered' [ "$(value answered)" -ge 50 ]
holds 'once they have left there is room for everybody' answer
kill $server && wait $server

# ---- what never ends ----

serve --set patience=1s
cat >endless.py <<'PY'
import socket, sys, time
host, port = sys.argv[1].split(":")

def ends(first, more):
    """The server ends a connection that sends this now, and that ever again."""
    s = socket.create_connection((host, int(port)), timeout=0.1)
    begin = time.monotonic()
    try:
        s.sendall(first)
        while time.monotonic() - begin < 10:
            try:
                if not s.recv(65536):
                    return True
            except socket.timeout:
                s.sendall(more)
    except OSError:
        return True
    return False

post = b"POST / HTTP/1.1\r\nHost: x\r\n"
for name, first, more in (
        ("silence", b"", b""),
        ("a byte at a time", b"P", b"O"),
        ("a header without end", post, b"X-More: x\r\n"),
        ("a line without end", post + b"X: ", b"x"),
        ("a body that does not come", post + b"Content-Length: 100\r\n\r\n", b""),
        ("a body without end", post + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        ("a large header", post + b"X: " + b"x" * 100000, b""),
        ("a large body", post + b"Content-Length: 1000000000\r\n\r\n" + b"x" * 1000000, b"x")):
    print(name, "ends" if ends(first, more) else "lasts")
PY
run python3 endless.py "$at"
while IFS= read -r line; do
    holds "${line% *} is ended" [ "${line##* }" = ends ]
done <out
holds 'all kinds were tried' [ "$(wc -l <out)" -eq 8 ]
holds 'and it still answers' answer
kill $server && wait $server
finish
