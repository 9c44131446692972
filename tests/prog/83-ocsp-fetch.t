#!/bin/sh
# Goal of this test: several responders are asked at once under one deadline; whatever some of them
# do, the others' answers come as soon as they are there, and nobody is led where nobody should be.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/ocsp.sh"
serve_ocsp
printf 'an answer\n' >answers/plain
: >answers/none

# race DEADLINE {get|post} URL...: as run; what it says on descriptor 3 is in the file said.
race() {
    code=0
    printf 'a question' >question
    begun=$(date +%s%N)
    deadline=$1
    shift
    writ-fetch race "$deadline" application/ocsp-request application/ocsp-response "$@" \
        <question >out 2>err 3>said || code=$?
    ms=$((($(date +%s%N) - begun) / 1000000))
}
good=$ocsp/answer,of=plain

# answered SERVER: its frame is there, with the body.
answered() { grep -aq "^answer $1 [0-9]* none 0 10\$" out && grep -aq 'an answer' out; }
# failed SERVER CLASS WORDS: so is its fault.
failed() { grep -aq "^fault $1 [0-9]* $2 [0-9]* .*$3" out; }

race 5000 post "$good"
holds "an answer arrives" answered 0
holds "and the race is over with it" [ "$ms" -lt 4000 ]
holds "what was asked is what was posted" cmp -s question port.request
holds "with the right method" grep -q '^POST' port.log

race 5000 get "$good/YSBxdWVzdGlvbg=="
holds "a question can stand in a URL" answered 0
holds "where it arrives as it is" cmp -s question port.request

race 5000 post "$ocsp/answer,of=none"
holds "an empty answer is an answer" grep -q '^answer 0 [0-9]* none 0 0$' out

race 5000 post "$ocsp/answer,of=plain,max-age=600,age=100,retry-after=30"
holds "what is left of its max-age, and when to ask again, come with it" \
    grep -aq '^answer 0 [0-9]* 500 30 10$' out

# ---- side by side ----

race 5000 post "$blackhole/x" post "$ocsp/silent" post "$good" post "$refused/x"
holds "three that are of no use do not keep a fourth from answering" answered 2
holds "one that refuses is told about at once" failed 3 69 'cannot be reached'
holds "the others at the deadline" [ "$(grep -ac 'took longer than 5000 ms' out)" -eq 2 ]
holds "the answer did not wait for that" \
    sh -c 'grep -an . out | grep -n "answer 2" | grep -q "^[12]:" && [ "$(sed -n "s/^answer 2 \([0-9]*\) .*/\1/p" out)" -lt 3000 ]'

race 300 post "$blackhole/x" post "$ocsp/silent" post "$ocsp/drip-head" post "$ocsp/drip-body"
holds "the deadline is one for all that happens" [ "$(grep -ac 'took longer than 300 ms' out)" -eq 4 ]
holds "and holds ($ms ms)" [ "$ms" -lt 3000 ]

race 300 post "http://no-such-host.invalid/"
holds "a name that is not there is a server that is not there" failed 0 69 ''

# ---- too much, too little, something else ----

race 20000 post "$ocsp/flood" post "$ocsp/lies" post "$ocsp/flood-head"
holds "1 GiB is refused at 64 KiB" failed 0 65 'sent more than the 65536 bytes'
holds "so it is behind a length of 10" failed 1 65 'sent more than the 65536 bytes'
holds "and so are headers without end" failed 2 65 'sent more than the 65536 bytes'
holds "long before the deadline" [ "$ms" -lt 15000 ]

head -c 65000 /dev/zero >answers/full
race 5000 post "$ocsp/answer,of=full"
holds "64 KiB with its headers is taken" grep -aq '^answer 0 [0-9]* none 0 65000$' out
head -c 65500 /dev/zero >answers/over
race 5000 post "$ocsp/answer,of=over"
holds "a byte more than that with its headers is not" failed 0 65 'more than the 65536'

race 5000 post "$ocsp/half" post "$ocsp/close" post "$ocsp/garbage"
holds "one that closes midway has not answered" failed 0 69 'broke the connection off'
holds "nor has one that closes at once" failed 1 69 'broke the connection off'
holds "nor has one that does not speak HTTP" failed 2 65 'did not answer in HTTP'

race 5000 post "$ocsp/answer,of=plain,type=text!html" post "$ocsp/answer,of=plain,coding=gzip" \
    post "$ocsp/answer,of=plain,status=500" post "$ocsp/answer,of=plain,status=204"
holds "another type is no answer" failed 0 65 'in the type text/html'
holds "a content coding is none" failed 1 65 'content coding gzip'
holds "an error page is none" failed 2 69 'status 500'
holds "another success is none" failed 3 65 'unexpected status 204'

race 5000 post "$ocsp/answer,of=plain,status=503,retry-after=20"
holds "a server that wants to be left alone says for how long" \
    grep -q '^fault 0 [0-9]* 69 20 ' out

# ---- leading elsewhere ----

before=$(grep -c "^POST answer,of=plain$" port.log)
bang() { echo "$1" | tr /, '!;'; }
race 5000 post "$ocsp/redirect,to=$(bang "$good")" post "$ocsp/redirect,to=$(bang http://10.1.2.3/)" \
    post "$ocsp/redirect,to=$(bang http://[::1]:80/)" post "$ocsp/redirect,to=file:!!!etc!passwd" \
    post "$ocsp/redirect,to=$(bang http://localhost/)" post "$ocsp/redirect,to=$(bang http://169.254.169.254/)"
for n in 0 1 2 4 5; do
    holds "a redirect to a host of our own network is not followed ($n)" \
        failed $n 78 'this host or a private network'
done
holds "nor to something that is not the web" failed 3 64 'redirected'
holds "so that server was not asked" [ "$(grep -c "^POST answer,of=plain$" port.log)" -eq "$before" ]

race 5000 post "$ocsp/redirect,status=303,to=$(bang "$good")"
holds "a redirect that changes the question is none" failed 0 78 'more than once, or to nowhere'
http_proxy=$ocsp
export http_proxy
race 5000 post "http://a.invalid/answer,of=plain" post "http://b.invalid/redirect,to=$(bang "$good")"
unset http_proxy
holds "a server can be asked through a proxy" answered 0
holds "where redirects are not followed" failed 1 78 'not followed through a proxy'

# In a network of its own there is an address that is not private.
if unshare -rn sh -c 'ip addr add 203.0.113.1/32 dev lo && ip link set lo up' 2>/dev/null; then
    cat >elsewhere.sh <<'END'
ip addr add 203.0.113.1/32 dev lo && ip link set lo up || exit 1
rm -f port port.log
SERVER_ADDRESS=0.0.0.0 python3 "$1" port answers 2>server.err &
i=0
while [ ! -e port ] && [ $i -lt 1000 ]; do sleep 0.01; i=$((i + 1)); done
at=$(sed -n 's/^serving //p' port)
public=http:!!203.0.113.1:$at
here=http://127.0.0.1:$at
writ-fetch race 5000 a application/ocsp-response \
    post "$here/redirect,to=$public!answer;of=plain" \
    post "$here/redirect,to=$public!redirect;to=elsewhere" \
    get "$here/redirect,status=307,to=$public!answer;of=plain" <question >out 2>err 3>said
kill $!
END
    unshare -rn sh elsewhere.sh "$source_root/tests/prog/ocsp_server.py"
    holds "one redirect to a public address is followed" grep -aq '^answer 0 .* 10$' out
    holds "with the same question" [ "$(grep -c '^POST answer' port.log)" -eq 1 ]
    holds "one that was asked by GET, by GET" [ "$(grep -c '^GET answer' port.log)" -eq 1 ]
    holds "two redirects are not" failed 1 78 'more than once'
else
    echo "# redirects to public addresses: no network of one's own here"
fi

# ---- nobody there ----

begun=$(date +%s)
writ-fetch race 60000 a application/ocsp-response post "$ocsp/silent" <question 3>said | true
holds "a race that nobody follows any more ends" [ $(($(date +%s) - begun)) -lt 30 ]

# ---- nonsense ----

writ-fetch race 5000 a b get 3>said 2>err >out </dev/null
holds "a race without a server is a wrong call" grep -q '^fault 64' said
writ-fetch race 5000 a b put "$good" 3>said 2>err >out </dev/null
holds "a method that is none, too" grep -q '^fault 64' said
race 1000 post "ftp://127.0.0.1/" post "http://u:p@127.0.0.1/"
holds "a URL that is not the web is not asked" failed 0 64 'not an http or https URL'
holds "nor one with a password in it" failed 1 64 'user name or password'

finish
