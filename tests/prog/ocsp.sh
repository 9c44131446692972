# tests/prog/ocsp.sh - a responder of every kind, for the tests that ask one; after lib.sh
#
# serve_ocsp starts ocsp_server.py over the directory answers/ and sets
#   ocsp       its URL, without a slash at the end; a behaviour follows as $ocsp/BEHAVIOUR
#   blackhole  a URL where a connection is never made     refused  one where it is refused

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

server=
trap '[ -z "$server" ] || kill $server 2>/dev/null; rm -rf "$dir"' EXIT

port_of() { sed -n "s/^$1 //p" port; }

serve_ocsp() {
    mkdir -p answers
    python3 "$source_root/tests/prog/ocsp_server.py" port answers 2>server.err &
    server=$!
    i=0
    while [ ! -e port ] && [ $i -lt 1000 ]; do
        sleep 0.01
        i=$((i + 1))
    done
    [ -e port ] || { echo "Bail out! no responder"; exit 1; }
    ocsp=http://127.0.0.1:$(port_of serving)
    blackhole=http://127.0.0.1:$(port_of blackhole)
    refused=http://127.0.0.1:$(port_of refused)
}

# timed COMMAND...: as run, and $ms is how long it took.
timed() {
    begun=$(date +%s%N)
    run "$@"
    ms=$((($(date +%s%N) - begun) / 1000000))
}

# asked: how many requests have come since the last asked_anew.
asked_anew() { : >port.log; }
asked() { if [ -e port.log ]; then wc -l <port.log; else echo 0; fi; }
