#!/bin/sh
# bench/revocation.sh - the ways to tell devices what is revoked, one beside the other
#
#   bench/revocation.sh [RUNS [CERTIFICATES REVOKED [HANG]]]    default 15 100000 1000 10
#   bench/revocation.sh quick                                   1 2000 20 1: does it work
#
# The scenario of doc/REVOCATION.md, made with the real programs: OpenSSL's CA, which writ ca adopt
# and import take over; 20 publishers whose programs a device launches 100 times a day; a day in which
# 10 more certificates are revoked and the CA publishes 8 times, each time with something new, and a
# device polls each time.  HTTP bytes are curl's own counters, headers included, TCP/IP and TLS not;
# the server is one of the tests' (short headers, no compression).  HANG is how many seconds a command
# is given that never ends.  Times are of whole processes, in alternating runs.

set -eu
cd "$(dirname "$0")/.."
source_root=$PWD
[ "${1:-}" != quick ] || set -- 1 2000 20 1
runs=${1:-15}
certificates=${2:-100000}
revoked=${3:-1000}
hang=${4:-10}
publishers=20
launches=100
rounds='1 1 1 1 1 1 2 2'
build=${WRIT_BUILD:-$source_root/build}
case $build in /*) ;; *) build=$source_root/$build ;; esac
PATH=$build/prog/writ:$PATH
LC_ALL=C
export PATH LC_ALL
unset WRIT_PASSPHRASE http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
python() { python3 "$source_root/bench/revocation.py" "$@"; }

dir=$(mktemp -d)
started=
trap '[ -z "$started" ] || kill $started 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir"
mkdir ca device nobody answers
HOME=$dir
export HOME

quietly() {
    "$@" >quietly.out 2>&1 || {
        echo "bench/revocation.sh: failed: $*" >&2
        cat quietly.out >&2
        exit 1
    }
}
ca() { quietly writ --root ca "$@"; }
size() { wc -c <"$1" | tr -d ' '; }

# --- servers: files, and a responder that is silent ---

python3 "$source_root/tests/prog/server.py" web & started=$!
python3 "$source_root/tests/prog/ocsp_server.py" ocsp answers & started="$started $!"
wait_for() {
    while [ ! -s "$1" ]; do sleep 0.02; done
}
wait_for web
wait_for ocsp
web=http://127.0.0.1:$(cat web)/tree
silent=http://127.0.0.1:$(sed -n 's/^serving //p' ocsp)/silent

# --- the CA: made by OpenSSL, taken over by writ ---

cat >ca.cnf <<'CNF'
[req]
distinguished_name = name
[name]
[issuer]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
CNF
key() { quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
key root.key
key issuing.key
quietly openssl req -x509 -new -key root.key -out root.pem -days 3650 -subj '/CN=Old Root' \
    -config ca.cnf -extensions issuer
quietly openssl req -new -key issuing.key -out issuing.csr -subj '/CN=Old Issuing' -config ca.cnf
quietly openssl x509 -req -in issuing.csr -CA root.pem -CAkey root.key -set_serial 128 -days 1000 \
    -extfile ca.cnf -extensions issuer -out issuing.pem
cat issuing.pem root.pem >chain.pem
python index $((certificates - publishers - 1)) "$revoked" >index.txt
ca ca adopt root.pem issuing.pem --key root.key --key issuing.key --insecure-plain-keys
ca ca import index.txt --issuer 'Old Issuing'

# TLS certificates, with a timestamp (SCT) as the Web has them, for clubcards: one good, one that
# will be revoked.  Their rows are in index.txt.
good_rows() { awk -F '\t' '$1 == "V" { print $4 }' index.txt; }
log=$(printf '%064d' 1)
now=$(date +%s)
site() {
    key "$1.key"
    quietly openssl req -new -key "$1.key" -subj "/CN=localhost" -out "$1.csr" -config ca.cnf
    printf '%s\n' subjectAltName=DNS:localhost extendedKeyUsage=serverAuth authorityKeyIdentifier=keyid \
        "1.3.6.1.4.1.11129.2.4.2=DER:043b0039003700$log$(printf %016x $(((now - 86400) * 1000)))0000040300080001020304050607" >site.ext
    quietly openssl x509 -req -in "$1.csr" -CA issuing.pem -CAkey issuing.key -set_serial "0x$2" -days 90 \
        -extfile site.ext -out "$1.pem"
}
site good "$(good_rows | sed -n 1p)"
evil_serial=$(good_rows | sed -n 2p | tr A-F a-f)
site evil "$evil_serial"

complete_crls() {
    mkdir -p full
    ca ca export --crl-dir full --crl-url "$web/full" --partitions 16
}
# The first time says where the CRLs are, and certificates issued from then on name theirs.
complete_crls

# Publishers, whose certificates name a responder that is silent; the last one is Mallory.
i=1
while [ $i -le $((publishers + 1)) ]; do
    ca ca issue "Publisher $i" --out "p$i" --insecure-plain-key --ocsp "$silent/"
    sed -n '1,/END/p' "p$i.pem" >"leaf$i.pem"
    i=$((i + 1))
done
mallory=$((publishers + 1))
cp /usr/bin/true app1
before_seal=$(size app1)
quietly writ --root nobody sign app1 --key p1.key --cert p1.pem
cp /usr/bin/true "app$mallory"
quietly writ --root nobody sign "app$mallory" --key "p$mallory.key" --cert "p$mallory.pem"
seal=$(($(size app1) - before_seal))

# --- publishing ---

issuer_key=$(openssl pkey -in issuing.key -pubout -outform DER | openssl dgst -sha256 -r | cut -d ' ' -f 1)
printf '%s\t%d\t%d\n' "$log" $(((now - 90 * 86400) * 1000)) $(((now - 3600) * 1000)) >coverage
listed() { writ --root ca ca list --json >"$1"; }
manifest() {
    files=
    for f in mirror/*.filter mirror/*.delta; do
        [ -e "$f" ] || continue
        files="$files${files:+, }{\"filename\": \"${f#mirror/}\", \"size\": $(size "$f"), \"hash\": \"$(openssl dgst -sha256 -r "$f" | cut -d ' ' -f 1)\"}"
    done
    printf '{"generated_at": %d, "comment": "", "files": [%s]}\n' "$(date +%s)" "$files" >mirror/manifest.json
}
mkdir mirror base
complete_crls
# Deltas are to the complete CRLs of the day's beginning; a second store of the same CA makes them.
cp -r ca ca-of-deltas
delta() { quietly writ --root ca-of-deltas ca export --crl-dir base --delta; }
delta
ca publish feed
ca filter build --ca --coverage coverage --out mirror/0.filter
manifest
listed listed.0

# --- a device that polls: curl, asking only for what has changed ---

# get SCHEME URL NAME: adds what curl counted to bytes.SCHEME; NAME in device/ is what is kept.
get() {
    mkdir -p "device/$1"
    curl -sS -o "device/$1/new" --etag-compare "device/$1/$3.etag" --etag-save "device/$1/$3.etag" \
        -w '%{size_request} %{size_header} %{size_download} %{http_code}\n' "$2" >counted
    read -r up head down code <counted
    echo "$((up + head + down)) $code" >>"bytes.$1"
    case $code in
    200) mv "device/$1/new" "device/$1/$3" ;;
    304) ;;
    *) echo "bench/revocation.sh: $2: HTTP $code" >&2 && exit 1 ;;
    esac
}
# once SCHEME URL NAME: the same for a file that never changes under its name.
once() {
    [ -e "device/$1/$3" ] || get "$@"
}
# The partitions in which the publishers of this device are: first 4 octets of SHA-256(serial) mod 16.
parts=$(for i in $(seq 1 $publishers); do
    serial=$(openssl x509 -in "leaf$i.pem" -noout -text | sed -n '/crl$/s/.*-\([0-9]*\)\.crl/\1/p')
    echo "${serial:?no partition is named}"
done | sort -nu)
one_part=$(echo "$parts" | head -n 1)
poll() {
    get crl "$web/full/old-issuing.crl" crl
    for part in $parts; do get parts "$web/full/old-issuing-$part.crl" "$part"; done
    get one-part "$web/full/old-issuing-$one_part.crl" crl
    get delta "$web/base/old-issuing-delta.crl" crl
    get table "$web/feed/feed.note" note
    target=$(sed -n 's/^file \([^ ]*\).*/\1/p' device/table/note)
    once table "$web/feed/$target" "${target##*/}"
    get clubcard "$web/mirror/manifest.json" manifest
    for f in $(grep -o '[0-9]*\.\(filter\|delta\)' device/clubcard/manifest | sort -u); do
        once clubcard "$web/mirror/$f" "$f"
    done
}
sum() { awk '{ all += $1 } END { print all + 0 }' "bytes.$1"; }
get base "$web/base/old-issuing.crl" crl
poll
# What a poll costs that brings nothing.
for scheme in crl one-part parts delta table clubcard; do rm "bytes.$scheme"; done
poll
for scheme in crl one-part parts delta table clubcard; do
    sum $scheme >"idle.$scheme"
    rm "bytes.$scheme"
done

round=0
good_rows | sed 1,2d | tr A-F a-f >next
for count in $rounds; do
    round=$((round + 1))
    for serial in $(head -n "$count" next); do
        ca ca revoke "$serial" --reason keyCompromise
        quietly writ --root ca-of-deltas ca revoke "$serial" --reason keyCompromise
    done
    sed "1,${count}d" next >rest && mv rest next
    complete_crls
    delta
    ca publish feed
    listed listed.$round
    python universe listed.$round "$issuer_key" listed.$((round - 1))
    quietly writ --root ca filter build --known known.tsv --revoked revoked.tsv --coverage coverage \
        --out mirror/$round.delta
    manifest
    poll
done

[ "$(openssl crl -inform DER -in device/delta/crl -noout -text | grep -c 'Serial Number:')" -eq $(($(echo "$rounds" | tr ' ' +))) ] || {
    echo 'bench/revocation.sh: the delta CRL has not what was revoked in the day' >&2
    exit 1
}

# What writ pull asks for is what was counted: feed.note, and a table that is new.
quietly writ --root device source add feed "$web/feed" --fingerprint \
    "$(openssl x509 -in root.pem -outform DER | openssl dgst -sha256 -r | cut -d ' ' -f 1)"
ca publish feed
: >web.log
quietly writ --root device pull
sed 's,[0-9a-f]\{64\},HASH,' web.log >asked
printf '200 feed/feed.note\n200 feed/targets/HASH.table\n' | cmp -s - asked || {
    echo 'bench/revocation.sh: writ pull asks for something else:' >&2
    cat asked >&2
    exit 1
}

# --- OCSP: OpenSSL's responder over the same index, signed by a delegate ---

ca ca issue Responder --responder --insecure-plain-key --out responder
sed -n '1,/END/p' responder.pem >delegate.pem
{
    cat index.txt
    for i in $(seq 1 $mallory); do
        printf 'V\t281231235959Z\t\t%s\tunknown\t/CN=Publisher %d\n' \
            "$(openssl x509 -in "leaf$i.pem" -noout -serial | cut -d = -f 2)" "$i"
    done
} >responder.txt
ocsp_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
responder() {
    openssl ocsp -port "$ocsp_port" -index responder.txt -CA issuing.pem -rsigner delegate.pem \
        -rkey responder.key -nmin 720 -ignore_err >responder.log 2>&1 &
    responder_pid=$!
    started="$started $responder_pid"
    until quietly_asked; do sleep 0.1; done
}
ocsp=http://127.0.0.1:$ocsp_port/
quietly openssl ocsp -issuer issuing.pem -cert leaf1.pem -no_nonce -reqout question.der
quietly_asked() {
    curl -sS --max-time 60 -o answer.der -H 'Content-Type: application/ocsp-request' \
        --data-binary @question.der "$ocsp" 2>/dev/null
}
responder
question=$(openssl base64 -A -in question.der | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g')
curl -sS -o answer.der -w '%{size_request} %{size_header} %{size_download} %{http_code}\n' "$ocsp$question" >counted
read -r up head down code <counted
[ "$code" = 200 ] || exit 1
ask=$((up + head + down))
quietly writ --root nobody ocsp staple leaf1.pem --issuer issuing.pem --url "$ocsp" --out staple.der
cp staple.der good-staple.der
quietly writ --root nobody ocsp staple "leaf$mallory.pem" --issuer issuing.pem --url "$ocsp" --out mallory.der
quietly writ --root nobody ocsp staple good.pem --issuer issuing.pem --url "$ocsp" --out site.der

# A TLS handshake with the staple and without; openssl counts the bytes of both directions.
handshake() {
    tls_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    # shellcheck disable=SC2086 # words
    openssl s_server -accept "127.0.0.1:$tls_port" -cert good.pem -key good.key -cert_chain issuing.pem \
        -quiet $1 >/dev/null 2>&1 &
    tls_pid=$!
    started="$started $tls_pid"
    # shellcheck disable=SC2086 # words
    until openssl s_client -connect "127.0.0.1:$tls_port" $2 -CAfile root.pem </dev/null >handshake.out 2>/dev/null; do
        sleep 0.05
    done
    kill "$tls_pid"
    sed -n 's/^SSL handshake has read \([0-9]*\) bytes and written \([0-9]*\) bytes$/\1 \2/p' handshake.out |
        awk '{ print $1 + $2 }'
}
plain_handshake=$(handshake '' '')
stapled_handshake=$(handshake '-status_file site.der' -status)

# --- the tables ---

polls=$(echo "$rounds" | wc -w)
echo "$certificates certificates, of which $revoked revoked, and $(($(echo "$rounds" | tr ' ' +))) more during the day;" \
    "$publishers publishers, $launches launches, $polls publications and $polls polls"
echo
echo "### Bytes of HTTP for one device"
echo
echo "| | as published, bytes | a poll that brings nothing | $polls polls, each with something new |"
echo "|---|---|---|---|"
row() { printf '| %s | %s | %s | %s |\n' "$@"; }
row 'complete CRL' "$(size full/old-issuing.crl)" "$(cat idle.crl)" "$(sum crl)"
row "CRL in 16 parts: the $(echo "$parts" | wc -l) parts of $publishers publishers" \
    "$(for p in $parts; do cat "full/old-issuing-$p.crl"; done | wc -c)" "$(cat idle.parts)" "$(sum parts)"
row 'CRL in 16 parts: one of them' "$(size "full/old-issuing-$one_part.crl")" "$(cat idle.one-part)" "$(sum one-part)"
row "delta CRL, where the complete one of $(sum base) bytes is there" "$(size base/old-issuing-delta.crl)" \
    "$(cat idle.delta)" "$(sum delta)"
table=$(ls -t feed/targets/*.table | head -n 1)
row "writ's table and note" "$(($(size "$table") + $(size feed/feed.note)))" "$(cat idle.table)" "$(sum table)"
row "clubcard: deltas and manifest, where the full one of $(size mirror/0.filter) bytes is there" \
    "$(cat mirror/*.delta mirror/manifest.json | wc -c)" "$(cat idle.clubcard)" "$(sum clubcard)"
echo
echo "| | bytes |"
echo "|---|---|"
echo "| OCSP: one question and its answer ($(size question.der) and $(size answer.der) bytes in them) | $ask |"
echo "| OCSP: $launches questions a day, nothing kept (arithmetic) | $((launches * ask)) |"
echo "| OCSP: answers kept for 12 h, every third of a publisher's 5 launches a day asks (arithmetic) | $(((launches * ask + 2) / 3)) |"
echo "| staple: the file | $(size staple.der) |"
echo "| staple: TLS handshake with one less the same without ($stapled_handshake less $plain_handshake) | $((stapled_handshake - plain_handshake)) |"
echo "| a seal, made anew for a short-lived certificate | $seal |"
echo "| $publishers of them a day (arithmetic) | $((publishers * seal)) |"
echo

# Commands of launches.  Mallory and the evil site are revoked now; the device has polled before.
openssl crl -inform DER -in device/crl/crl -out device/crl.pem
openssl crl -inform DER -in base/old-issuing.crl -out device/base.pem
openssl crl -inform DER -in device/delta/crl -out device/delta.pem
mkdir tls crls
quietly writ --root tls source add upki "$dir/mirror" --cache "$dir/cache" --name web
quietly writ --root crls source add crl "$dir/device/crl.pem" --issuer issuing.pem --name old
ca ca revoke "$evil_serial" --reason keyCompromise
ca ca revoke "$(openssl x509 -in "leaf$mallory.pem" -noout -serial | cut -d = -f 2 | tr A-F a-f)" --reason privilegeWithdrawn

verify="openssl verify -CAfile root.pem -untrusted issuing.pem"
fresh='rm -rf nobody/var/lib/writ/ocsp'
twice="writ --root nobody ocsp query leaf1.pem --issuer issuing.pem --url $silent/ >/dev/null 2>&1 || :"
line() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>commands; }
line 'openssl version: a process that starts and ends' 0 60 : 'openssl version'
line 'writ version: the same' 0 60 : 'writ version'
line 'no revocation: openssl verify' 0 60 : "$verify leaf1.pem"
line 'complete CRL: openssl verify -crl_check' 0 60 : "$verify -crl_check -CRLfile device/crl.pem leaf1.pem"
line 'complete and delta CRL: openssl verify -crl_check -use_deltas' 0 60 : \
    "$verify -crl_check -use_deltas -extended_crl -CRLfile device/base.pem -CRLfile device/delta.pem leaf1.pem"
line 'complete CRL as a source: writ check' 0 60 : 'writ --root crls check leaf1.pem --chain issuing.pem'
line 'table: writ verify of a program whose certificate names a silent responder' 0 60 : 'writ --root device verify app1'
line 'clubcards: writ check' 0 60 : 'writ --root tls check good.pem --chain issuing.pem'
line 'staple: writ check --staple' 0 60 : 'writ --root nobody check leaf1.pem --chain issuing.pem --staple staple.der'
line 'OCSP on loopback: writ ocsp query, nothing kept' 0 60 "$fresh" \
    "writ --root nobody ocsp query leaf1.pem --issuer issuing.pem --url $ocsp"
line 'OCSP on loopback: openssl ocsp' 0 60 : \
    "openssl ocsp -issuer issuing.pem -cert leaf1.pem -url $ocsp -CAfile chain.pem -no_nonce"
line 'OCSP, silent: writ ocsp query, first and second time' 4 60 "$fresh" \
    "writ --root nobody ocsp query leaf1.pem --issuer issuing.pem --url $silent/"
line 'OCSP, silent: writ ocsp query, third time within a minute' 4 60 "$fresh; $twice; $twice" \
    "writ --root nobody ocsp query leaf1.pem --issuer issuing.pem --url $silent/"
line 'OCSP hard-fail, silent: writ check --ocsp hard' 4 60 "$fresh" \
    'writ --root nobody check leaf1.pem --chain issuing.pem --ocsp hard'
line 'OCSP soft-fail, silent: writ check --ocsp soft --allow-uncovered' 0 60 "$fresh" \
    'writ --root nobody check leaf1.pem --chain issuing.pem --ocsp soft --allow-uncovered'
line 'OCSP, silent: openssl ocsp' 0 "$hang" : \
    "openssl ocsp -issuer issuing.pem -cert leaf1.pem -url $silent/ -CAfile chain.pem -no_nonce"
echo "### What a launch waits: whole processes"
echo
python times "$runs" commands
echo

# --- who blocks ---

# Nothing new reaches the device: what becomes of a certificate that was revoked after the last poll?
in_days() { date -u -d "@$(($(date +%s) + $1 * 86400))" +%FT%TZ; }
epoch_in() { echo $(($(date +%s) + $1 * 86400)); }
code_of() {
    code=0
    "$@" >/dev/null 2>&1 </dev/null || code=$?
    echo "$code"
}
# blocked NAME DAYS-AFTER REVOKED-NOW REVOKED-LATER GOOD-LATER: exit codes, in words.
word() {
    case $1 in 0) echo accepted ;; *) echo "refused ($1)" ;; esac
}
blocked() {
    printf '| %s | %s | %s | %s, %s days later |\n' "$1" "$(word "$3")" "$(word "$4")" "$(word "$5")" "$2"
}
echo "### Nothing new comes: the certificate was revoked after the last poll"
echo
echo "| exit codes | the revoked one, now | the revoked one, later | a good one |"
echo "|---|---|---|---|"
crl() { code_of $verify -crl_check -CRLfile device/crl.pem -attime "$(epoch_in "$1")" "$2"; }
blocked 'CRL: openssl verify -crl_check' 8 "$(crl 0 "leaf$mallory.pem")" "$(crl 8 "leaf$mallory.pem")" "$(crl 8 leaf1.pem)"
feed() { code_of writ --root device --at "$(in_days "$1")" verify "$2"; }
blocked "table: writ verify" 8 "$(feed 0 "app$mallory")" "$(feed 8 "app$mallory")" "$(feed 8 app1)"
card() { code_of writ --root tls --at "$(in_days "$1")" check "$2" --chain issuing.pem; }
blocked 'clubcards: writ check' 11 "$(card 0 evil.pem)" "$(card 11 evil.pem)" "$(card 11 good.pem)"
staple() { code_of writ --root nobody --at "$(in_days "$1")" check "$2" --chain issuing.pem --staple "$3"; }
blocked 'staple kept by the attacker: writ check --staple' 1 "$(staple 0 "leaf$mallory.pem" mallory.der)" \
    "$(staple 1 "leaf$mallory.pem" mallory.der)" "$(staple 1 leaf1.pem staple.der)"
hard() { code_of sh -c "$fresh; writ --root nobody check $1 --chain issuing.pem --ocsp hard"; }
blocked 'OCSP hard-fail: writ check --ocsp hard' 0 "$(hard "leaf$mallory.pem")" "$(hard "leaf$mallory.pem")" "$(hard leaf1.pem)"
soft() { code_of sh -c "$fresh; writ --root nobody --at $(in_days "$1") check $2 --chain issuing.pem --ocsp soft --allow-uncovered"; }
blocked 'OCSP soft-fail: writ check --ocsp soft --allow-uncovered' 300 "$(soft 0 "leaf$mallory.pem")" \
    "$(soft 300 "leaf$mallory.pem")" "$(soft 300 leaf1.pem)"
echo

# --- what the published files reveal ---

echo "### What the published files reveal"
echo
openssl crl -inform DER -in full/old-issuing.crl -noout -text >crl.txt
told=$(grep -c 'Serial Number:' crl.txt)
told_days=$(sed -n 's/.*Revocation Date: \(... [ 0-9]*\) .* \(20..\) GMT/\1 \2/p' crl.txt | sort -u | wc -l)
echo "- CRL: $told serial numbers in clear, each with its second and its reason; $told_days days on which something was revoked"
quietly writ show "$table"
told=$(sed -n 's/ *count: //p' quietly.out | sort -n | tail -n 1)
echo "- table: $told hashes of serial numbers, each with its second and its reason"
echo "- table: serial numbers that count up, tried a second by one thread of Python: $(python guess 0.5 "$table")"
quietly writ show mirror/0.filter
# The rows of the issuer end where those of the next begin; the root has none.
rows() { sed -n "s/ *$1 offset: //p" quietly.out | sort -n | tail -n 1; }
rank=$(sed -n 's/ *rank: //p' quietly.out | sort -n | tail -n 1)
approx=$(rows approximate)
exact=$(rows exact)
echo "- clubcard: no serial number, date or reason; from its rows ($approx, $exact) and rank ($rank):" \
    "about $approx revoked of about $(((exact - approx) * (1 << rank) + approx)) certificates"
