#!/bin/sh
# Goal of this test: a certificate counts as covered because of its issuance number, or, where the
# issuer gives none, because of its date; and being newer than the feed helps only while the feed is
# fresh.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
issue Alice alice
issue Bob bob
forge_start "$dir/forged"
key_of intermediate intermediate.p8
openssl pkey -inform DER -in intermediate.p8 -out intermediate.key 2>/dev/null
mkdir device
d() {
    writ --root "$dir/device" --at "$now" "$@"
}

# by_hand NAME NOT-BEFORE LINE...: a certificate of the CA's own intermediate, made by openssl, with
# these lines among its extensions.
by_hand() {
    name=$1
    since=$2
    shift 2
    {
        printf '%s\n' 'basicConstraints = critical, CA:FALSE' 'keyUsage = critical, digitalSignature' \
            'extendedKeyUsage = critical, codeSigning' 'subjectKeyIdentifier = hash' 'authorityKeyIdentifier = keyid'
        for line; do
            echo "$line"
        done
    } >ext.cnf
    must openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" \
        -subj "/O=Example Corp/OU=$name/CN=$name" -out "$name.csr"
    rm -rf hand && mkdir hand && : >hand/index && echo 77 >hand/serial
    cat >hand/ca.cnf <<CNF
[ca]
default_ca = it
[it]
database = hand/index
serial = hand/serial
new_certs_dir = hand
default_md = sha256
policy = any
rand_serial = yes
[any]
organizationName = optional
organizationalUnitName = optional
commonName = supplied
CNF
    must openssl ca -batch -config hand/ca.cnf -cert intermediate.pem -keyfile intermediate.key -in "$name.csr" \
        -startdate "$(date -u -d "$since" +%Y%m%d%H%M%SZ)" -enddate 20270201000000Z -extfile ext.cnf -preserveDN -notext -out "$name.leaf"
    cat "$name.leaf" intermediate.pem >"$name.pem"
    cp /usr/bin/true "$name.app"
    must w sign "$name.app" --key "$name"
}
sealed() {
    cp /usr/bin/true "$1.app"
    must w sign "$1.app" --key "$1"
}
arc=2.25.156184997021121762790734345848554784336.3

sealed alice
sealed bob
from=$(epoch "$now")
until=$((from + 604800))

# described KIND COVERED [LINE...]: a feed whose list of the intermediate is of that kind.
forge_n=0
described() {
    forge_n=$((forge_n + 1))
    kind=$1
    covered=$2
    shift 2
    {
        echo "list numbered $from 2 $dir/root.der"
        echo "list $kind $from $covered $dir/intermediate.der $dir/root.der"
        for line; do
            echo "$line"
        done
    } | "$table_probe" build "$from" >"$dir/forged.table" || exit 1
    forge_target "$dir/forged.table"
    forge_text $forge_n "$from" "$until" | forge_sign
    if [ $forge_n -eq 1 ]; then
        must d source add feed "$dir/forged" --name example --fingerprint "$(sha256 root.der)"
    else
        must d pull
    fi
}
# dj OUTCOME WHY EXIT CLAIM FILE: how the device judges it.
dj() {
    dj_wanted="$1 $2 $3"
    dj_claim=$4
    run d verify --json "$5"
    dj_found=$(field '.results[0] | "\(.outcome) \(.why) \(.exit)"')
    [ "$dj_found" = "$dj_wanted" ] || echo "# wanted $dj_wanted, found $dj_found: $(field '.results[0].line')"
    holds "$dj_claim" [ "$dj_found" = "$dj_wanted" ]
}

# --- an issuer that numbers ---

by_hand unnumbered 2026-02-01
by_hand first 2026-02-01 "$arc = DER:020101"
by_hand far 2026-02-01 "$arc = DER:02023039"

described numbered 2
dj allowed sound 0 "number 1 below 2 is covered" alice.app
dj allowed newer-than-feed 0 "number 2 is newer than the feed" bob.app
run d verify --json bob.app
holds "which says that a pull is wanted" [ "$(field '.results[0].pull_wanted')" = true ]
dj untrusted unnumbered 3 "no number, from an issuer that numbers, is refused" unnumbered.app
described numbered 3
dj allowed sound 0 "number 2 below 3 is covered" bob.app
described numbered 3 "revoke $(query "SELECT lower(hex(serial)) FROM certificates WHERE name = 'Bob'") 1 $from $from"
dj revoked certificate-revoked 2 "listed is revoked" bob.app
described numbered 2 "revoke $(query "SELECT lower(hex(serial)) FROM certificates WHERE name = 'Bob'") 1 $from $from"
dj revoked certificate-revoked 2 "whatever its number: the list is asked first" bob.app
described numbered 12345 "gap 1 2"
dj not-covered burned-number 4 "a number in a gap is not covered" alice.app
dj allowed sound 0 "the one after it is" bob.app
dj allowed newer-than-feed 0 "a number far away is newer than the feed, however old the certificate says it is" far.app
described numbered 12346 "gap 1 3" "gap 12345 12346"
dj not-covered burned-number 4 "a gap may end where coverage ends" far.app
described numbered 0
dj allowed newer-than-feed 0 "an issuer that covers nothing yet" alice.app

# --- fresh, stale ---

at 2026-03-08T12:00:00Z
dj allowed newer-than-feed 0 "on its last second a feed is fresh" alice.app
at 2026-03-08T12:00:01Z
dj stale feed-expired 5 "after it, newer than the feed does not pass any more" alice.app
run d status
holds "and status says stale" sh -c '[ "$0" -eq 5 ] && grep -q "state: stale" out' "$code"
at 2026-03-01T12:00:00Z
described numbered 3 "revoke $(query "SELECT lower(hex(serial)) FROM certificates WHERE name = 'Bob'") 1 $from $from"
at 2026-04-01T12:00:00Z
dj stale feed-expired 5 "what was covered is stale as well" alice.app
dj revoked certificate-revoked 2 "revoked in a stale feed is still revoked" bob.app
at 2026-03-01T12:00:00Z

# --- an issuer that does not number ---

by_hand hour-before "$(instant $((from - 3601)))"
by_hand at-the-hour "$(instant $((from - 3600)))"
described plain 0
dj allowed sound 0 "without numbers, what began more than an hour before the list's as_of is covered" hour-before.app
dj allowed newer-than-feed 0 "what began later is newer than the feed" at-the-hour.app
dj allowed newer-than-feed 0 "a number does not count there" alice.app
serial=$(openssl x509 -in hour-before.leaf -noout -serial | sed 's/.*=//' | tr 'A-F' 'a-f')
described plain 0 "revoke $serial 4 $from $from"
dj revoked certificate-revoked 2 "and listed is revoked" hour-before.app

# --- an issuer that no list speaks of ---

forge_n=$((forge_n + 1))
echo "list numbered $from 2 $dir/root.der" | "$table_probe" build "$from" >forged.table
forge_target forged.table
forge_text $forge_n "$from" "$until" | forge_sign
must d pull
dj not-covered issuer-unknown 4 "an issuer that the feed leaves out is not covered" alice.app
finish
