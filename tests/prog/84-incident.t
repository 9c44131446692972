#!/bin/sh
# Goal of this test: the incident of 12 November 2020 cannot happen with writ.  Whatever a responder
# does, a launch does not ask it, and whoever does ask has an answer, or none, when the deadline is
# over.  Beside it, what openssl ocsp and ocsptool do; they are stopped after 2 s.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/ocspca.sh"
. "$source_root/tests/prog/responder.sh"
absent=$(missing openssl python3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ocsp_ca
start_responder
make_answers
answer stale.der ca alice
answer future.der ca alice

# A program sealed by somebody whose certificate names a responder, on a device that has pulled.
must() {
    "$@" >must.out 2>&1 || {
        echo "Bail out! $*"
        sed 's/^/# /' must.out
        exit 1
    }
}
must writ ca init "Example Corp" --insecure-plain-keys
cp /usr/bin/true app
# seal_naming URL: app is sealed by a certificate that names this responder.
seal_naming() {
    rm -f signer.*
    must writ ca issue "Alice$((issued_so_far += 1))" --out signer --insecure-plain-key --ocsp "$1"
    cp /usr/bin/true app
    must writ sign app --key signer.key --cert signer.pem
    must writ publish feed
    [ -n "${pulled:-}" ] || must writ source add feed feed
    pulled=yes
    must writ pull
}
issued_so_far=0

# timed COMMAND...: exit code in $code, milliseconds in $ms.
timed() {
    begun=$(date +%s%N)
    run "$@"
    ms=$((($(date +%s%N) - begun) / 1000000))
}

# What others do, in the background; a line of exit code and milliseconds in peer.NAME.BEHAVIOUR.
peer() {
    peer_file=peer.$1.$2
    shift 2
    (
        begun=$(date +%s%N)
        timeout 2 "$@" >/dev/null 2>&1 </dev/null
        echo "$? $((($(date +%s%N) - begun) / 1000000))" >"$peer_file.new"
        mv "$peer_file.new" "$peer_file"
    ) &
    waiting="$waiting $!"
}
waiting=

url_of() {
    case $1 in
    refused) echo http://127.0.0.1:1/ ;;
    blackhole) echo "$blackhole" ;;
    *) echo "$base/$1" ;;
    esac
}

# --- the table ---

{
    echo "| responder | writ ocsp query | writ verify | writ run | writ check | openssl ocsp | ocsptool |"
    echo "|---|---|---|---|---|---|---|"
} >table
while read -r behaviour wanted; do
    url=$(url_of "$behaviour")
    shift_time=
    [ "$behaviour" != stale ] || shift_time="--at $(date -u -d '+8 days' +%FT%TZ)"
    [ "$behaviour" != future ] || shift_time="--at $(date -u -d '-2 hours' +%FT%TZ)"
    rm -rf asking && mkdir asking
    # shellcheck disable=SC2086 # words
    timed writ --root asking ocsp query alice.pem --issuer ca.pem --url "$url" $shift_time
    query="$code, $ms ms"
    holds "ocsp query: a responder that is $behaviour gives exit code $wanted" [ "$code" -eq "$wanted" ]
    holds "within the deadline, and 50 ms, and what a busy machine takes besides ($ms ms)" [ "$ms" -lt 2000 ]

    seal_naming "$url"
    : >asked
    timed writ verify app
    verify="$code, $ms ms"
    holds "verify: the program is judged" [ "$code" -eq 0 ]
    timed writ run ./app
    ran="$code, $ms ms"
    holds "run: it starts" [ "$code" -eq 0 ]
    timed writ check signer.pem
    check="$code, $ms ms"
    holds "check: without filters it is not covered" [ "$code" -eq 4 ]
    holds "none of them has asked anybody" [ ! -s asked ]

    # the clock of others cannot be set: theirs would be a good answer
    case $behaviour in stale | future) echo "$behaviour|$query|$verify|$ran|$check" >>rows && continue ;; esac
    peer openssl "$behaviour" openssl ocsp -issuer ca.pem -cert alice.pem \
        -url "$url" -CAfile ca.pem -no_nonce
    [ -z "$(command -v ocsptool)" ] || peer ocsptool "$behaviour" ocsptool --ask="$url" --load-cert alice.pem \
        --load-issuer ca.pem
    echo "$behaviour|$query|$verify|$ran|$check" >>rows
done <<'END'
good 0
refused 4
blackhole 4
silent 4
trickle 4
drip 4
endless 4
midway 4
closed 4
garbage 4
html 4
error 4
stale 5
future 4
other 4
stranger 4
later 4
END

# shellcheck disable=SC2086 # words
wait $waiting
while IFS='|' read -r behaviour query verify ran check; do
    others=
    for peer in openssl ocsptool; do
        cell=$(cat "peer.$peer.$behaviour" 2>/dev/null)
        case $cell in
        '') cell='not asked' ;;
        124\ *) cell='hangs, stopped after 2 s' ;;
        *) cell="${cell% *}, ${cell#* } ms" ;;
        esac
        others="$others $cell |"
    done
    echo "| $behaviour | $query | $verify | $ran | $check |$others"
done <rows >>table
sed 's/^/# /' table

for behaviour in silent trickle; do
    holds "openssl ocsp waits for a responder that is $behaviour for longer than 2 s" \
        grep -q '^124 ' "peer.openssl.$behaviour"
done

# --- slowness is no way to make a launch slower ---

seal_naming "$base/silent"
: >asked
for i in 1 2 3 4 5; do
    timed writ verify app
    echo "$ms" >>named
done
rm -f signer.*
must writ ca issue Plain --out signer --insecure-plain-key
cp /usr/bin/true app
must writ sign app --key signer.key --cert signer.pem
must writ publish feed
must writ pull
for i in 1 2 3 4 5; do
    timed writ verify app
    echo "$ms" >>unnamed
done
echo "# verify, median of 5: $(sort -n named | sed -n 3p) ms with a silent responder in the certificate," \
    "$(sort -n unnamed | sed -n 3p) ms without any"
holds "a certificate that names a silent responder is judged without asking it" [ ! -s asked ]

finish
