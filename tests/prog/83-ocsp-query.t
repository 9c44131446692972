#!/bin/sh
# Goal of this test: OCSP responders are asked within one deadline, what they say is believed only if
# it verifies, and what was believed is kept, so that the next question needs nobody.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/ocspca.sh"
. "$source_root/tests/prog/responder.sh"
absent=$(missing openssl python3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ocsp_ca
start_responder
make_answers

# Each question on a device of its own, unless said otherwise: nothing is remembered.
fresh() {
    rm -rf root && mkdir root
    forget_asked
}
query() {
    cert=$1
    shift
    run writ ocsp query "$cert.pem" --issuer ca.pem --deadline 5000 "$@"
}
# answers CODE WORDS CLAIM CERT OPTION...
answers() {
    wanted_code=$1
    wanted_words=$2
    answers_claim=$3
    shift 3
    fresh
    query "$@"
    [ "$code" -eq "$wanted_code" ] || echo "# exit $code"
    holds "$answers_claim" [ "$code" -eq "$wanted_code" ]
    grep -q -e "$wanted_words" out || sed 's/^/# /' out
    holds "$answers_claim: in words" grep -q -e "$wanted_words" out
}

# --- what is believed ---

answers 0 '^alice, Example Corp: good; ocsp: Example CA, Example Corp, as of .* asked now, [0-9]* ms$' \
    "a good answer" alice --url "$base/good"
holds "was asked for by GET, as it is short" grep -q '^GET good [0-9]*$' asked
answers 2 '^bob, Example Corp: revoked: .*superseded; ocsp' "a revoked one" bob --url "$base/revoked"
answers 4 '^carol, Example Corp: unknown' "one the responder does not know" carol --url "$base/unknown"
answers 4 'about another certificate\|not about this certificate\|about this certificate' \
    "an answer about another certificate" alice --url "$base/other"
answers 4 'no-evidence' "an answer by somebody with the CA's name" alice --url "$base/stranger"
answers 4 'tryLater' "tryLater" alice --url "$base/later"
answers 4 'malformedRequest' "malformedRequest" alice --url "$base/malformed"
answers 4 'no-evidence' "garbage" alice --url "$base/garbage"
answers 4 'text/html\|application/ocsp-response' "a page" alice --url "$base/html"
answers 4 'status 500' "an error of the server" alice --url "$base/error"
answers 4 'no-evidence' "half an answer" alice --url "$base/midway"
answers 4 'no-evidence' "a closed connection" alice --url "$base/closed"
answers 4 '65536\|no-evidence' "an answer without end" alice --url "$base/endless"
answers 4 'redirect' "a redirect that leads to this machine" alice --url "$base/loop"
answers 4 'no-evidence' "nobody at home" alice --url http://127.0.0.1:1/
answers 5 'stale' "an answer that is too old" alice --url "$base/good" --at "$(date -u -d '+8 days' +%FT%TZ)"
answers 4 'future' "an answer from the future" alice --url "$base/good" --at "$(date -u -d '-2 hours' +%FT%TZ)"
answers 4 'nonce' "an old answer, where a new one was wanted" alice --url "$base/good" --nonce

# --- how it is asked ---

answers 0 'good' "a question by POST" alice --url "$base/good" --method post
holds "is one" grep -q '^POST good [0-9]*$' asked
answers 0 'good' "a question under SHA-256" alice --url "$base/good" --hash sha256
long=$base/good/$(printf '%0200d' 0)
answers 0 'good' "a question to a long URL" alice --url "$long"
holds "is a POST" grep -q '^POST good' asked
issue_asking dora 0x1004 good silent
printf 'V\t461231235959Z\t\t1004\tunknown\t/O=Example Corp/CN=dora\n' >>index.txt
answer good.der ca dora
answers 0 'good' "the responders a certificate names are asked" dora
holds "both of them" [ "$(sort asked | cut -d' ' -f2 | tr '\n' ' ')" = "good silent " ]
answer good.der ca alice
fresh
query alice
holds "where it names none, and none is given, that is a fault" \
    sh -c '[ "$0" -eq 66 ] && grep -q "names no OCSP responder; name one with --url URL" err' "$code"
cat alice.pem ca.pem >chain.pem
fresh
run writ ocsp query chain.pem --url "$base/good" --deadline 5000
holds "the issuer is taken from a chain" [ "$code" -eq 0 ]
run writ ocsp query alice.pem --issuer stranger.pem --url "$base/good"
holds "an issuer that has only the name proves nothing" [ "$code" -eq 4 ]
run writ ocsp query alice.pem --url "$base/good"
holds "without an issuer nothing can be asked" [ "$code" -eq 66 ]

# --- the race ---

answers 0 'good' "of several responders the first good answer counts" \
    alice --url "$base/silent" --url "$base/garbage" --url "$base/good" --url "$base/later"
fresh
query alice --url "$base/garbage" --url "$base/good" --url http://127.0.0.1:1/ --json
holds "each one's part is told" [ "$(jq -r '[.responders[].state] | join(" ")' out | sed 's/not-asked/failed/g')" = \
    "failed answered failed" -o "$(jq -r '.responders[1].state' out)" = answered ]
answers 2 'revoked' "one that says revoked is heard beside one that says nothing of use" \
    bob --url "$base/stranger" --url "$base/revoked"

# --- the deadline ---

begun=$(date +%s%N)
fresh
run writ ocsp query alice.pem --issuer ca.pem --url "$base/slow"
took=$((($(date +%s%N) - begun) / 1000000))
holds "an answer that takes longer than the deadline is not waited for" \
    sh -c '[ "$0" -eq 4 ] && grep -q "no answer in 300 ms" out' "$code"
echo "# it took $took ms"
begun=$(date +%s%N)
fresh
(writ ocsp query alice.pem --issuer ca.pem --url "$base/silent" 7>&1 >/dev/null 2>&1 || :) | cat
holds "nor does a reader of any of its descriptors wait for the process that does" \
    [ $((($(date +%s%N) - begun) / 1000000)) -lt 7000 ]
fresh
run writ ocsp query alice.pem --issuer ca.pem --url "$base/slow"
tries=0
until writ ocsp query alice.pem --issuer ca.pem --cached >late 2>&1 || [ $tries -gt 2000 ]; do
    tries=$((tries + 1))
done
holds "but it is kept for the next question when it comes" grep -q '^alice.*good.*kept from before' late
forget_asked
run writ ocsp query alice.pem --issuer ca.pem --url "$base/good"
holds "which then asks nobody" sh -c '[ "$0" -eq 0 ] && [ ! -s asked ]' "$code"

for behaviour in silent trickle drip; do
    fresh
    begun=$(date +%s%N)
    run writ ocsp query alice.pem --issuer ca.pem --url "$base/$behaviour"
    took=$((($(date +%s%N) - begun) / 1000000))
    echo "# $behaviour: $took ms"
    holds "a responder that is $behaviour does not hang anyone" \
        sh -c '[ "$0" -eq 4 ] && [ "$1" -lt 3000 ]' "$code" "$took"
done
fresh
run writ ocsp query alice.pem --issuer ca.pem --url "$blackhole"
holds "nor does one where every packet is dropped" grep -q 'no answer in 300 ms' out

# --- memory of failures ---

# silently SECONDS: asks the silent responder, that long after the first time.
begun=$(date +%s)
silently() {
    run writ ocsp query alice.pem --issuer ca.pem --url "$base/silent" --deadline 600 \
        --at "$(date -u -d "@$((begun + $1))" +%FT%TZ)"
}
fresh
silently 0
silently 0
holds "twice it was asked" [ "$(grep -c silent asked)" -eq 2 ]
silently 1
holds "after two time-outs a host is left alone" grep -q 'left alone for another 59 s' out
silently 59
holds "for a minute" grep -q 'left alone for another 1 s' out
holds "and not asked" [ "$(grep -c silent asked)" -eq 2 ]
silently 61
holds "and no longer" [ "$(grep -c silent asked)" -eq 3 ]

# slowly CERT: asks one that answers after the deadline.
slowly() {
    run writ ocsp query "$1.pem" --issuer ca.pem --url "$base/slow" --deadline 100 \
        --at "$(date -u -d "@$begun" +%FT%TZ)"
}
fresh
begun=$(date +%s)
slowly alice
slowly carol
tries=0
until writ ocsp query alice.pem --issuer ca.pem --cached --at "$(date -u -d "@$begun" +%FT%TZ)" >late 2>&1 ||
    [ $tries -gt 2000 ]; do
    tries=$((tries + 1))
done
holds "an answer that comes late is kept" grep -q '^alice.*good.*kept from before' late
slowly carol
holds "and who was late twice is left alone all the same" grep -q 'left alone for another 60 s' out
fresh
query alice --url "$base/retry"
holds "one that asks to be left alone" [ "$code" -eq 4 ]
query alice --url "$base/retry"
holds "is" grep -q 'left alone for another [56][0-9][0-9] s' out

# --- the cache ---

fresh
query alice --url "$base/good"
forget_asked
query alice --url "$base/revoked"
holds "what was believed is not asked for again" sh -c '[ "$0" -eq 0 ] && [ ! -s asked ]' "$code"
query alice --url "$base/good" --method post --nonce
holds "unless an answer to this very question is wanted" [ -s asked ]
forget_asked
query alice --url "$base/good" --at "$(date -u -d '+25 hours' +%FT%TZ)"
holds "after a day it is" [ -s asked ]
forget_asked
query alice --url http://127.0.0.1:1/ --at "$(date -u -d '+6 days' +%FT%TZ)"
holds "and where nobody answers, what is kept still counts" \
    sh -c '[ "$0" -eq 0 ] && grep -q "kept from before" out' "$code"
# A hold that is lifted: the word from before gives way to one that is as late.
fresh
sed 's/superseded/certificateHold/' index.txt >index.held
cp index.txt index.before
cp index.held index.txt
answer held.der ca bob
sed "s/^R\(.*\)260101000000Z,certificateHold/V\1/" index.held >index.txt
answer lifted.der ca bob
cp index.before index.txt
query bob --url "$base/held"
holds "a certificate that is held is revoked" [ "$code" -eq 2 ]
query bob --url "$base/lifted" --at "$(date -u -d '+25 hours' +%FT%TZ)"
holds "and good once a later answer lifts the hold" \
    sh -c '[ "$0" -eq 0 ] && grep -q "asked now" out' "$code"
fresh
lifted_in=$(date +%s)
until [ "$(date +%s)" -gt "$lifted_in" ]; do
    sleep 0.05 # thisUpdate counts whole seconds
done
answer again.der ca bob
query bob --url "$base/again"
query bob --url "$base/lifted" --at "$(date -u -d '+25 hours' +%FT%TZ)"
holds "but an earlier one, sent again, does not undo a revocation" [ "$code" -eq 2 ]

fresh
query alice --url "$base/good"
kept=$(find root -path '*ocsp/answers*' -type f)
holds "a file is all it is" [ "$(echo "$kept" | wc -l)" -eq 1 ]
flip "$kept" 200
query alice --cached
holds "one that was tampered with says nothing" [ "$code" -eq 4 ]
fresh
query alice --cached
holds "nothing is kept of what was never asked" \
    sh -c '[ "$0" -eq 4 ] && grep -q "no answer is kept, and nobody was to be asked" out' "$code"
query carol --url "$base/unknown"
query carol --cached
holds "unknown is not kept" [ "$code" -eq 4 ]
fresh
query alice --url "$base/good" --out saved.der
holds "the answer can be written to a file" cmp saved.der good.der
exits 0 "which openssl verifies" openssl ocsp -respin saved.der -issuer ca.pem -cert alice.pem -CAfile ca.pem -no_nonce

# --- the command ---

run writ ocsp query alice.pem --issuer ca.pem --url ftp://example.org/
holds "a URL of another kind is misuse" [ "$code" -eq 64 ]
run writ ocsp query alice.pem --issuer ca.pem --cached --nonce
holds "so are wishes that contradict each other" [ "$code" -eq 64 ]
run writ ocsp query missing.pem --issuer ca.pem
holds "a file that is not there is a fault" [ "$code" -eq 66 ]

finish
