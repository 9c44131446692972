#!/bin/sh
# demo/demo.sh - the story of 12 November 2020, with another end
#
# Everything happens in build/demo and on loopback, and stays there to play with.  Each step prints
# the command, what it said, its exit code and how long it took; a step that does not end as the
# story says ends the demo.

set -eu
cd "$(dirname "$0")/.."
source_root=$PWD
demo=$source_root/build/demo
PATH=$source_root/build/prog/writ:$PATH
WRIT_PASSPHRASE=demo
LC_ALL=C
export PATH WRIT_PASSPHRASE LC_ALL
unset WRIT_ROOT XDG_DATA_HOME

servers=
trap '[ -z "$servers" ] || kill $servers 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM

rm -rf "$demo"
mkdir -p "$demo/ca-machine" "$demo/device" "$demo/alice" "$demo/bob" "$demo/tsa"
cd "$demo"

now_ns() {
    date +%s%N
}

# milliseconds FROM TO: with one decimal.
milliseconds() {
    tenths=$((($2 - $1) / 100000))
    echo "$((tenths / 10)).$((tenths % 10))"
}

chapter() {
    printf '\n== %s\n' "$*"
}

tell() {
    printf '   %s\n' "$*"
}

# The command as one would type it.
typed() {
    for word; do
        case $word in
        *[!A-Za-z0-9_./:=@%+,-]* | '') printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
}

# as WHO WANTED-EXIT COMMAND...: runs it where WHO works, and shows everything.
as() {
    who=$1
    wanted=$2
    shift 2
    case $who in
    ca) WRIT_ROOT=$demo/ca-machine ;;
    *) WRIT_ROOT=$demo/device ;;
    esac
    export WRIT_ROOT
    printf '\n%s$%s\n' "$who" "$(typed "$@")"
    code=0
    from=$(now_ns)
    "$@" >"$demo/said" 2>&1 || code=$?
    took=$(milliseconds "$from" "$(now_ns)")
    sed 's/^/   /' "$demo/said"
    printf '   [exit %s, %s ms]\n' "$code" "$took"
    if [ "$code" != "$wanted" ]; then
        printf '\nThe demo stops: exit %s was wanted here.\n' "$wanted"
        exit 1
    fi
}

# start_server PROGRAM ARG...: in the background; its first line, the port, in $port.
start_server() {
    mkfifo "$demo/port"
    python3 "$@" >"$demo/port" 2>"$demo/server.log" &
    servers="$servers $!"
    exec 9<"$demo/port"
    read -r port <&9
    rm "$demo/port"
}

# median COMMAND...: of seven runs, in milliseconds.
median() {
    for run in 1 2 3 4 5 6 7; do
        from=$(now_ns)
        "$@" >/dev/null 2>&1 || :
        echo "$run $(milliseconds "$from" "$(now_ns)")"
    done | sort -k 2 -n | sed -n '4s/.* //p'
}

echo "writ: what should have been there on 12 November 2020, for Linux"
echo "Three machines: a CA, a developer's, and a device.  Nothing but loopback is used."

chapter "1. A CA is made, and two developers enrol"
tell "Alice makes her own key; the CA sees only her request.  Bob's is made in one step."
as ca 0 writ ca init "Example Corp"
as alice 0 writ identity new "Alice" --out alice/alice
as ca 0 writ ca issue alice/alice.csr --out alice/alice
as ca 0 writ ca issue "Bob" --out bob/bob
as ca 0 writ ca issue "Example TSA" --tsa --insecure-plain-key --out tsa/tsa

chapter "2. They seal real programs of this machine, and a script"
cp /usr/bin/sha256sum alice/sum
cp /usr/bin/factor alice/factor
cp /usr/bin/sort bob/sort
printf '#!/bin/sh\n# a script of Alice\necho "backing up $*"\n' >alice/backup.sh
chmod +x alice/backup.sh
as alice 0 writ sign alice/sum alice/factor alice/backup.sh --key alice/alice
as bob 0 writ sign bob/sort --key bob/bob

chapter "3. The CA publishes static files; the device pins the root and pulls"
as ca 0 writ publish feed
fingerprint=$(WRIT_ROOT=$demo/ca-machine writ ca show | sed -n 's/^root fingerprint: //p')
as device 0 writ source add feed feed --fingerprint "$fingerprint"
as device 0 writ verify alice/sum alice/factor alice/backup.sh bob/sort
as device 0 writ run ./alice/factor 20201112
as device 0 writ run ./alice/backup.sh home

chapter "4. The responder of 2020: reachable, and one byte a second"
start_server "$source_root/demo/tarpit.py"
ocsp_port=$port
WRIT_ROOT=$demo/device writ trust show --pem >root.pem
sed -n '/BEGIN/,/END/p' bob/bob.pem | awk '/BEGIN/{n++} n==2' >issuer.pem
tell "openssl ocsp has no deadline here; it is stopped after 5 seconds."
as device 124 timeout 5 openssl ocsp -issuer issuer.pem -cert bob/bob.pem \
    -url "http://127.0.0.1:$ocsp_port/" -CAfile root.pem
ocsp_stopped=$took
tell "It was still waiting.  writ asks nobody (-v says how long the judgement took):"
as device 0 writ verify -v bob/sort
if unshare -n true 2>/dev/null; then
    tell "and nothing changes where there is no network at all:"
    as device 0 unshare -n writ verify bob/sort
fi

chapter "5. Bob's key is stolen.  Bob's program stops, Alice's do not"
as ca 0 writ ca revoke Bob --reason keyCompromise --note "laptop stolen"
as ca 0 writ publish
as device 0 writ pull
as device 2 writ verify bob/sort
as device 126 writ run ./bob/sort
as device 0 writ verify alice/sum
as device 0 sh -c 'writ why bob/sort | head -n 13'

chapter "6. Carol enrols after the last pull: newer than the feed, and the feed is fresh"
as ca 0 writ ca issue "Carol" --out carol
cp /usr/bin/date carol-date
as carol 0 writ sign carol-date --key carol
as device 0 writ verify carol-date

chapter "7. Stamped before the theft: still good.  Stamped after: refused"
start_server "$source_root/demo/tsa.py" tsa
cp /usr/bin/cut alice/old-release
cp /usr/bin/tr alice/new-release
as alice 0 writ sign alice/old-release --key alice/alice --tsa "http://127.0.0.1:$port/"
sleep 2
since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1
as thief 0 writ sign alice/new-release --key alice/alice --tsa "http://127.0.0.1:$port/"
as ca 0 writ ca revoke Alice --reason keyCompromise --since "$since" --note "stolen at $since"
as ca 0 writ publish
as device 0 writ pull
as device 0 writ verify alice/old-release
as device 2 writ verify alice/new-release
tell "Without a timestamp nobody can tell when it was sealed:"
as device 2 writ verify alice/sum

chapter "8. It was a mistake, and can be undone"
as ca 0 writ ca reinstate Alice --note "the laptop was in the other bag"
as ca 0 writ publish
as device 0 writ pull
as device 0 writ verify alice/sum alice/new-release

chapter "9. One byte is changed"
cp alice/sum alice/sum-modified
printf 'X' | dd of=alice/sum-modified bs=1 seek=2000 conv=notrunc 2>/dev/null
as device 3 writ verify alice/sum-modified

chapter "10. One bad release is revoked by its content; Alice's others run"
as ca 0 writ ca revoke --content alice/factor --note "divides by zero"
as ca 0 writ publish
as device 0 writ pull
as device 2 writ verify alice/factor
cp alice/factor alice/factor-stripped
as thief 0 writ seal strip alice/factor-stripped
tell "Its seal is gone, and it is refused all the same:"
as device 2 writ verify alice/factor-stripped
as device 0 writ verify alice/sum alice/backup.sh

chapter "11. Nobody pulls for nine days"
later=$(date -u -d '+9 days' +%Y-%m-%dT%H:%M:%SZ)
as device 5 writ verify --at "$later" alice/sum
tell "Revoked in stale data is still revoked:"
as device 2 writ verify --at "$later" bob/sort

chapter "12. How long a decision takes"
mkdir crl
(
    cd crl
    : >index.txt
    echo 01 >crlnumber
    cat >ca.cnf <<'CNF'
[ca]
default_ca = one
[one]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 7
CNF
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -key ca.key -subj "/CN=CRL CA" -days 30 -out ca.pem
    openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
    openssl req -new -key leaf.key -subj "/CN=leaf" -out leaf.csr
    openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 0x10 -days 20 -out leaf.pem
    openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out ca.crl
) >/dev/null 2>&1
export WRIT_ROOT="$demo/device"
crl_ms=$(median openssl verify -crl_check -CAfile crl/ca.pem -CRLfile crl/ca.crl crl/leaf.pem)
writ_ms=$(median writ verify alice/sum)
cat <<TABLE

   asked                                            answered after   learns of it
   -----------------------------------------------  ---------------  ----------------------------
   openssl ocsp, responder at one byte a second     never (stopped   the responder and the network
                                                    at $ocsp_stopped ms)
   openssl verify -crl_check, a CRL on the disk     $(printf '%-15s' "$crl_ms ms")  nobody (certificate only)
   writ verify: seal, chain, dates, revocation      $(printf '%-15s' "$writ_ms ms")  nobody

   Whole processes, medians of seven runs on this machine.  bench/README.md measures with care.
TABLE

rm -f said server.log
echo
echo "Everything is in build/demo.  To play with it:"
echo "   export WRIT_ROOT=$demo/device PATH=$source_root/build/prog/writ:\$PATH WRIT_PASSPHRASE=demo"
echo "   cd $demo && writ status && writ why alice/sum"
