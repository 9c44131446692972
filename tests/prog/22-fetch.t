#!/bin/sh
# Goal of this test: whatever a server does, a fetch ends within its deadline, with the body it was
# promised or with one sentence that says why not.
#
# WRIT_BUILD names the build directory (default: build).
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${WRIT_BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
fetch=$build/tests/helpers/fetch_probe
command -v python3 >/dev/null 2>&1 || { echo "1..0 # SKIP python3 is not installed"; exit 0; }
dir=$(mktemp -d) && cd "$dir" || exit 1
servers=
# shellcheck disable=SC2086 # a list of processes
trap 'kill $servers 2>/dev/null; cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
n=0

result() # status, claim
{
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        head -c 1000 out | LC_ALL=C tr -cd '[:print:]\n' | sed 's/^/# /'
        sed 's/^/# /' err
    fi
}

skip() # claim, reason
{
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}

# Starts a server; its port is in the file $1 when this returns.
serve() # port file, arguments
{
    python3 "$root/tests/prog/server.py" "$@" 2>server.err &
    servers="$servers $!"
    i=0
    while [ ! -e "$1" ] && [ $i -lt 1000 ]; do
        sleep 0.01
        i=$((i + 1))
    done
    [ -e "$1" ] || { echo "Bail out! no server"; exit 1; }
}

# Runs a command; $took is how long, in milliseconds, and $status its exit code.
run() # command...
{
    begun=$(date +%s%N)
    "$@" >out 2>err
    status=$?
    took=$((($(date +%s%N) - begun) / 1000000))
}

get() # path, ceiling, options...
{
    path=$1
    shift
    run "$fetch" get "$url$path" "$@"
}

fresh() # body
{
    [ "$status" -eq 0 ] && grep -q '^fresh ' out && [ "$(sed 1d out)" = "$1" ] && [ ! -s err ]
}

# The fault: its exit code, its class and words of its sentence, which is one line.
fault() # code, class, words
{
    [ "$status" -eq "$1" ] && grep -q "^$2: .*$3" err && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ]
}

serve port
url=http://127.0.0.1:$(cat port)

# ---- what works ----

get /file 1000
fresh "hello, world" && [ "$(head -n 1 out)" = 'fresh 13 etag "v1"' ]
result $? "a file arrives, with its ETag"

get /file 13
fresh "hello, world"
result $? "a file of exactly the ceiling arrives"

get /file 1000 'etag="v1"'
[ "$status" -eq 0 ] && [ "$(cat out)" = 'not-modified 0 etag "v1"' ]
result $? "what has not changed is not sent again"

get /file 1000 'etag="v0"'
fresh "hello, world"
result $? "what has changed is"

get /file 1000 to=body
[ "$status" -eq 0 ] && [ "$(cat body)" = "hello, world" ]
result $? "a file can be written to a descriptor"

get /empty 0
fresh "" && [ "$(head -n 1 out)" = 'fresh 0 etag ' ]
result $? "an empty file is a file, even under a ceiling of nothing"

get /chunks 1000
fresh "hello, world"
result $? "a file in chunks arrives whole"

get /interim 1000
fresh "hello, world" && grep -q 'etag "v1"' out
result $? "interim answers are passed over, their headers too"

get /identity 1000
fresh "hello, world"
result $? "a content coding of identity is none"

# ---- the rest of what is there already ----

# resume PATH FROM OPTIONS...: the rest, into a file that holds the first FROM bytes.
resume()
{
    path=$1
    from=$2
    shift 2
    printf 'hello, world\n' | head -c "$from" >body
    get "$path" 1000 to=body "from=$from" "$@"
}

resume /part 5 'if_range="v1"'
[ "$status" -eq 0 ] && [ "$(cat out)" = 'resumed 8 etag "v1"' ] && [ "$(cat body)" = "hello, world" ]
result $? "the rest of a file arrives behind what is there"

resume /part 5
[ "$status" -eq 0 ] && [ "$(cat out)" = 'resumed 8 etag "v1"' ] && [ "$(cat body)" = "hello, world" ]
result $? "also when nobody knows the ETag of what is there"

resume /part-changed 5 'if_range="v1"'
[ "$status" -eq 0 ] && [ "$(cat out)" = 'fresh 13 etag "v2"' ] && [ "$(cat body)" = "hello, world" ]
result $? "what has changed arrives whole, in place of what was there"

resume /part 5 'if_range=W/"v2"'
[ "$status" -eq 0 ] && [ "$(cat out)" = 'resumed 8 etag "v1"' ]
result $? "a weak ETag is no condition"

resume /file 5 'if_range="v1"'
[ "$status" -eq 0 ] && [ "$(cat out)" = 'fresh 13 etag "v1"' ] && [ "$(cat body)" = "hello, world" ]
result $? "a server that knows no parts sends the whole"

resume /empty 5
[ "$status" -eq 0 ] && [ "$(head -n 1 out)" = 'fresh 0 etag ' ] && [ ! -s body ]
result $? "even when that is empty"

resume /part-other 5
fault 65 bad-input "sent another part than the one from byte 5 on" && [ "$(wc -c <body)" -eq 5 ]
result $? "another part than the one that was asked for is not taken"

resume /part-nameless 5
fault 65 bad-input "sent another part than the one from byte 5 on"
result $? "nor a part that does not say which it is"

resume /part 13
fault 65 bad-input "has no byte 13 (status 416)"
result $? "a file that has no rest is refused"

resume /part-cut 5
fault 69 unavailable "broke the connection off after 10 bytes" && [ "$(cat body)" = "hello, wor" ]
result $? "a rest that is cut off leaves what came of it"

printf hello >body
get /part 12 to=body from=5
fault 65 bad-input "more than the 12 bytes"
result $? "the ceiling is for the whole"

get /206 1000
fault 65 bad-input "unexpected status 206"
result $? "nobody gets a part who asked for the whole"

# ---- what servers wish ----

for wish in '/backoff 3600' '/backoff-long 86400' '/backoff-both 60' '/429 120'; do
    get "${wish% *}" 1000 wishes=yes
    grep -qx "wait ${wish#* }" out
    result $? "a server may ask to be left alone (${wish% *}: ${wish#* } seconds)"
done
get /later 1000 wishes=yes
grep -q '^wait 3[0-9]*$' out
result $? "or until a date"
get /backoff-304 1000 wishes=yes 'etag="v1"'
[ "$status" -eq 0 ] && [ "$(head -n 1 out)" = 'wait 7' ]
result $? "also where nothing has changed"
for path in /backoff-odd /file; do
    get $path 1000 wishes=yes
    ! grep -q '^wait' out
    result $? "and $path asks for nothing"
done
get /backoff-longer 1000 wishes=yes
[ "$status" -eq 0 ] && ! grep -q '^wait' out
result $? "nor does a number that is none"
get /alert 1000 wishes=yes
[ "$status" -eq 0 ] && grep -qx 'alert this goes .*2J away' out && ! grep -q "$(printf '\033')" out
result $? "what it has to say arrives, safe for a terminal"

for path in /long-etag /odd-etag /no-etag; do
    get $path 1000
    fresh "hello, world" && [ "$(head -n 1 out)" = "fresh 13 etag " ]
    result $? "an ETag that cannot be used is as if there was none ($path)"
done

# ---- what is sent ----

get /cookie 1000
get /echo 10000 'etag="v1"'
grep -q "^GET /echo HTTP/1.1" out && grep -q '^If-None-Match: "v1"$' out &&
    grep -q '^User-Agent: writ/[0-9]' out
result $? "the request says what it wants and who asks"

! grep -i -e '^cookie' -e '^authorization' -e '^accept-encoding' -e '^range' -e '^referer' out
result $? "and nothing that was not asked for"

echo "machine 127.0.0.1 login me password secret" >.netrc
HOME=$dir get /echo 10000
[ "$status" -eq 0 ] && ! grep -q -i '^authorization' out
result $? "passwords in .netrc are not sent"

http_proxy=$url run "$fetch" get http://feed.invalid/file 10000
[ "$status" -eq 0 ] && grep -q "^GET http://feed.invalid/file HTTP/1.1" out
result $? "a proxy from the environment is used"

# ---- statuses ----

while read -r path code class words; do
    get "$path" 100000 deadline=20000
    fault "$code" "$class" "$words"
    result $? "$path: $words"
done <<'END'
/404 66 no-input is not there (status 404)
/410 66 no-input is not there (status 410)
/401 77 permission is not given to us (status 401)
/403 77 permission is not given to us (status 403)
/429 69 unavailable status 429 and asks to retry after 120
/500 69 unavailable answered with status 500
/503 69 unavailable status 503 and asks to retry after Wed, 25 Nov 2026
/999 69 unavailable answered with status 999
/204 65 bad-input unexpected status 204
/206 65 bad-input unexpected status 206
/304 65 bad-input unexpected status 304
/300 78 configuration redirects to nowhere, which is not followed
/302 78 configuration redirects to http://127.0.0.1:[0-9]*/echo, which is not followed
/308 78 configuration redirects to file:///etc/passwd, which is not followed
END

get /404 1000 to=body
fault 66 no-input "status 404" && [ ! -s body ]
result $? "the page that comes with an error is not taken for the file"

get /301 1000
fault 78 configuration "redirects to http://elsewhere.invalid/.*, which is not followed" &&
    ! grep -q "$(printf '\033')" err
result $? "a redirect cannot write to the terminal"

# ---- servers that cheat ----

while read -r path code class words; do
    get "$path" 100000 deadline=20000
    fault "$code" "$class" "$words" && [ "$took" -lt 10000 ]
    result $? "$path: $words"
done <<'END'
/truncated 69 unavailable broke the connection off after 13 bytes
/chunks-cut 69 unavailable broke the connection off
/chunks-bad 69 unavailable broke the connection off
/reset 69 unavailable broke the connection off after 0 bytes
/reset-midway 69 unavailable broke the connection off after 13 bytes
/close 69 unavailable broke the connection off after 0 bytes
/endless 65 bad-input sent more than the 100000 bytes that are taken at most
/chunks-endless 65 bad-input sent more than the 100000 bytes that are taken at most
/large-length 65 bad-input announces more than the 100000 bytes that are taken at most
/bad-length 65 bad-input did not answer in HTTP
/garbage 65 bad-input did not answer in HTTP
/old-http 65 bad-input did not answer in HTTP
/gzip 65 bad-input in the content coding gzip, which was not asked for
/headers-endless 65 bad-input sent more than 65536 bytes of headers
/interim-endless 65 bad-input sent more than 65536 bytes of headers
END

get /file 12
fault 65 bad-input "announces more than the 12 bytes"
result $? "a byte over the ceiling is refused before it is taken"

get /endless 0
fault 65 bad-input "sent more than the 0 bytes"
result $? "a ceiling of nothing holds"

get /small-length 100000 deadline=20000
fresh "hello, world" && [ "$took" -lt 10000 ]
result $? "what comes after the announced length is not read"

get /endless 100000 to=body
fault 65 bad-input "sent more than" && [ "$(wc -c <body)" -le 100000 ]
result $? "no more than the ceiling is written to a descriptor"

get /file 1000 to=/dev/full
fault 74 io "cannot write what was fetched: No space left on device"
result $? "a full disk here is not the server's fault"

# ---- servers that are slow ----

while read -r path options words; do
    # shellcheck disable=SC2046 # options are words
    get "$path" 100000 $(echo "$options" | tr , ' ')
    fault 69 unavailable "$words" && [ "$took" -ge 300 ] && [ "$took" -lt 5000 ]
    result $? "$path: $words"
done <<'END'
/silent deadline=20000,gap=300 made no progress for 300 ms; 0 bytes had come
/half deadline=20000,gap=300 made no progress for 300 ms; 13 bytes had come
/drip deadline=400,gap=300 took longer than 400 ms; [1-9][0-9]* bytes had come
/drip-headers deadline=20000,gap=300 made no progress for 300 ms; 0 bytes had come
/silent deadline=300 took longer than 300 ms; 0 bytes had come
END

# A server that accepts nothing: its queue is full.
cat >deaf.py <<'END'
import socket, sys, time, os
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(0)
full = [socket.socket() for _ in range(8)]
for c in full:
    c.setblocking(False)
    c.connect_ex(s.getsockname())
time.sleep(0.1)
with open(sys.argv[1] + ".new", "w") as f:
    f.write("%d\n" % s.getsockname()[1])
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
END
python3 deaf.py deaf &
servers="$servers $!"
while [ ! -e deaf ]; do sleep 0.01; done
run "$fetch" get "http://127.0.0.1:$(cat deaf)/file" 1000 connect=300 deadline=20000
fault 69 unavailable "cannot be reached" && [ "$took" -ge 300 ] && [ "$took" -lt 5000 ]
result $? "a server that does not take connections is given up"

run "$fetch" get http://127.0.0.1:1/file 1000
fault 69 unavailable "cannot be reached" && [ "$took" -lt 5000 ]
result $? "a server that is not there is given up at once"

claim="a name server that says nothing is given up, and nobody waits for its thread"
cat >lookup <<'END'
echo "nameserver 127.0.0.9" >resolv.conf && : >hosts &&
    mount --bind resolv.conf /etc/resolv.conf && mount --bind hosts /etc/hosts || exit 100
exec "$1" get http://feed.example.com/file 1000 connect=300 deadline=20000
END
cat >mute.py <<'END'
import socket, sys, time, os
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.9", 53))
open(sys.argv[1], "w").close()
time.sleep(600)
END
python3 mute.py mute 2>mute.err &
servers="$servers $!"
while [ ! -e mute ] && kill -0 $! 2>/dev/null; do sleep 0.01; done
if [ -e mute ] && unshare -m true 2>/dev/null; then
    run unshare -m sh lookup "$fetch"
    if [ "$status" -eq 100 ]; then
        skip "$claim" "nothing can be mounted here"
    else
        fault 69 unavailable "cannot be reached" && [ "$took" -lt 4000 ]
        result $? "$claim"
    fi
else
    skip "$claim" "no name server can be put up here"
fi

# ---- the caller ----

for signal in INT TERM; do
    "$fetch" get "$url/silent" 1000 >out 2>err &
    pid=$!
    # Once it is connected: the server's side of it is there.
    i=0
    while ! grep -q . "/proc/$pid/net/tcp" || [ "$(find "/proc/$pid/fd" -lname 'socket:*' | wc -l)" -eq 0 ]; do
        [ $i -lt 500 ] || break
        sleep 0.01
        i=$((i + 1))
    done
    begun=$(date +%s%N)
    kill -s $signal $pid
    wait $pid
    status=$?
    took=$((($(date +%s%N) - begun) / 1000000))
    fault 69 unavailable "interrupted while fetching" && [ "$took" -lt 5000 ]
    result $? "SIG$signal ends a fetch"
done

while read -r bad; do
    run "$fetch" get "$bad" 1000
    fault 64 usage "is not an http or https URL"
    result $? "$bad is not fetched"
done <<'END'
file:///etc/passwd
ftp://127.0.0.1/file
gopher://127.0.0.1/file
FILE:///etc/passwd
/etc/passwd
127.0.0.1/file
http://
http://127.0.0.1:99999/
http://a b/
END

run "$fetch" get "http://me:secret@127.0.0.1/file" 1000
fault 64 usage "user name or password" && ! grep -q secret err
result $? "a password in a URL is refused, and not shown"

run "$fetch" get "http://127.0.0.1/$(head -c 3000 /dev/zero | tr '\0' x)" 1000
fault 64 usage "at most 2048 bytes"
result $? "a URL that is too long is refused"

# ---- POST ----

post() # path, options...
{
    path=$1
    shift
    run "$fetch" post "$url$path" 1000 type=application/timestamp-query \
        wanted=application/timestamp-reply "$@"
}

post /timestamp body=abcdef
[ "$status" -eq 0 ] && [ "$(cat out)" = fedcba ]
result $? "what is posted arrives, and the answer comes back"

body=$(head -c 20000 /dev/zero | tr '\0' x)
run "$fetch" post "$url/timestamp" 100000 type=application/timestamp-query \
    wanted=application/timestamp-reply "body=$body"
[ "$status" -eq 0 ] && [ "$(cat out)" = "$body" ]
result $? "a body of 20 kB arrives too"

post /parameters body=x
[ "$status" -eq 0 ]
result $? "parameters and case of the answer's type do not matter"

for path in /html /prefix /no-etag; do
    post $path body=x
    fault 65 bad-input "application/timestamp-reply was wanted"
    result $? "an answer of another type is refused ($path)"
done

post /500 body=x
fault 69 unavailable "status 500"
result $? "a server that fails is unavailable"

post /302 body=x
fault 78 configuration "redirects to"
result $? "a POST is not redirected either"

post /silent body=x gap=300
fault 69 unavailable "made no progress for 300 ms"
result $? "a POST does not wait for ever either"

post /endless body=x
fault 65 bad-input "sent more than the 1000 bytes"
result $? "an answer to a POST has a ceiling too"

# ---- TLS ----

if openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem \
    -out cert.pem -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null; then
    serve tls cert.pem key.pem
    run "$fetch" get "https://127.0.0.1:$(cat tls)/file" 1000
    fault 69 unavailable "cannot be reached: SSL certificate problem"
    result $? "a server whose certificate nobody vouches for is refused"
    run env SSL_CERT_FILE=cert.pem "$fetch" get "https://127.0.0.1:$(cat tls)/file" 1000
    fresh "hello, world"
    result $? "one that SSL_CERT_FILE vouches for is not"
    run env SSL_CERT_FILE=missing.pem "$fetch" get "https://127.0.0.1:$(cat tls)/file" 1000
    [ "$status" -eq 69 ]
    result $? "a file of certificates that is missing vouches for nobody"
    run "$fetch" get "https://127.0.0.1:$(cat port)/file" 1000 connect=400
    fault 69 unavailable "cannot be reached"
    result $? "a server that does not speak TLS is refused"
else
    skip "TLS" "openssl is not installed"
fi

echo "1..$n"
