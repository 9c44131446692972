#!/bin/sh
# Goal of this test: writ serve is a good service: sockets can be handed over, its supervisor is told how it is,
# a reload drops no request and a broken one changes nothing, a stop answers what has arrived.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/serve.sh"
make_responder
raw=$(path_of alice.req)

# --- told before it starts ---

exits 0 "--check: all is there" writ serve --responder ocsp.pem --key ocsp.key --check --json
holds "and what would be served" [ "$(jq -c '[.issuers, .certificates_revoked]' out)" = "[1,0]" ]
exits 64 "a --responder without --key" writ serve --responder ocsp.pem --check
exits 64 "a limit that there is not" writ serve --responder ocsp.pem --key ocsp.key --check --set size=3
holds "is named with those there are" grep -q 'wanted nonces, queue, connections' err
exits 64 "a limit out of bounds" writ serve --responder ocsp.pem --key ocsp.key --check --set queue=0
exits 64 "a name for an address" writ serve --responder ocsp.pem --key ocsp.key --listen localhost:0
run writ serve --responder ocsp.pem --key alice.key --check
holds "a key that is not the certificate's: a fault" [ "$code" -ge 64 ]
run writ serve --responder ocsp.pem --key ocsp.key --feed none --check
holds "a feed that is not there: a fault" [ "$code" -ge 64 ]

# --- a reload ---

mkdir one
echo one >one/latest
ln -s one site
start_serve --feed site
python3 - "$port" "$raw" >asker.out 2>&1 <<'ASK' &
import http.client, os, sys
port, path = int(sys.argv[1]), "/" + sys.argv[2]
asked = failed = 0
keep = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
while not os.path.exists("enough"):
    for c in (keep, http.client.HTTPConnection("127.0.0.1", port, timeout=10)):
        asked += 1
        try:
            c.request("GET", path)
            r = c.getresponse()
            failed += r.status != 200 or len(r.read()) < 200
        except OSError:
            failed += 1
    open("begun", "w").close()
print(asked, failed)
ASK
asker=$!
holds "somebody asks all the time" until_so [ -e begun ]
mkdir two
echo two >two/latest
ln -sfn two site
kill -HUP "$serve"
holds "SIGHUP reloads" until_so grep -q reloaded serve.err
get /feed/latest
holds "the feed's directory, too" [ "$(cat body)" = two ]
cp ocsp.pem ocsp.kept
echo broken >ocsp.pem
kill -HUP "$serve"
holds "what is broken is said" until_so sh -c '[ "$(wc -l <serve.err)" -ge 3 ]'
cp ocsp.kept ocsp.pem
for n in 1 2 3 4 5; do
    kill -HUP "$serve"
    holds "reload $n" until_so sh -c '[ "$(grep -c reloaded serve.err)" -ge $1 ]' sh $((n + 1))
done
: >enough
wait $asker
holds "no request was dropped" sh -c 'read -r asked failed <asker.out && [ "$asked" -ge 10 ] && [ "$failed" = 0 ]'
sed 's/^/# asked, failed: /' asker.out
holds "/status.json says when" [ "$(figure reloaded_at)" != null ]

# --- a stop ---

# Half of a request has arrived when the signal comes: the connection ends at once, not after patience.
python3 - "$port" "$raw" "$serve" >stop.out 2>&1 <<'STOP'
import os, signal, socket, sys, time
port, path, pid = int(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3])
idle = socket.create_connection(("127.0.0.1", port))
ask = socket.create_connection(("127.0.0.1", port))
os.kill(pid, signal.SIGSTOP)
ask.sendall(b"GET /" + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
os.kill(pid, signal.SIGTERM)
os.kill(pid, signal.SIGCONT)
ask.settimeout(10)
answer = b""
while block := ask.recv(65536):
    answer += block
print(answer[:15].decode())
idle.settimeout(10)
print("idle", idle.recv(1) == b"")
STOP
code=0
wait "$serve" || code=$?
serve=
holds "what had arrived when it was told to stop is answered" grep -q '^HTTP/1.1 200' stop.out
holds "who was idle is let go" grep -q '^idle True' stop.out
holds "it ends with 0" [ "$code" = 0 ]

# --- handed over, and told ---

cat >supervise.py <<'EOS'
"""supervise.py WATCHDOG_USEC COMMAND...: hands a listening socket over, and prints what it is told."""
import os, signal, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind("told")
told.settimeout(20)
pid = os.fork()
if pid == 0:
    os.dup2(listener.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=os.getcwd() + "/told",
                      WATCHDOG_USEC=sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])

def wait_for(word):
    while True:
        text = told.recv(4096).decode()
        print(text.replace("\n", " "), flush=True)
        if text.startswith(word):
            return

wait_for("READY=1")
port = listener.getsockname()[1]
with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
    s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    print("socket:", s.recv(15).decode(), flush=True)
wait_for("WATCHDOG=1")
os.kill(pid, signal.SIGHUP)
wait_for("RELOADING=1")
wait_for("READY=1")
os.kill(pid, signal.SIGTERM)
wait_for("STOPPING=1")
print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
# The socket is the supervisor's: somebody who connects now waits for the next process.
socket.create_connection(("127.0.0.1", port), timeout=10)
print("open")
EOS
timeout 60 python3 supervise.py 200000 writ serve --responder ocsp.pem --key ocsp.key >told.out 2>err
holds "a socket that is handed over is used" grep -q '^socket: HTTP/1.1 200' told.out
holds "READY=1, once it serves" sh -c 'head -n 1 told.out | grep -q "^READY=1 STATUS=1 issuers, "'
holds "WATCHDOG=1, in time" grep -q '^WATCHDOG=1' told.out
holds "RELOADING=1 with the time, then READY=1 again" grep -q '^RELOADING=1 MONOTONIC_USEC=[0-9]' told.out
holds "STOPPING=1" grep -q '^STOPPING=1' told.out
holds "and it ends with 0" grep -q '^exit 0' told.out
holds "the socket stays open for the next one" grep -q '^open' told.out
run env LISTEN_FDS=1 LISTEN_PID=1 writ serve --responder ocsp.pem --key ocsp.key --check
holds "sockets for another process are none of ours" [ "$code" = 0 ]
finish
