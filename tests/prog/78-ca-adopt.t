#!/bin/sh
# Goal of this test: a CA that OpenSSL has made can be taken over, with what it issued and revoked, and
# nothing of it is taken for something else: no serial number changes, no row is guessed at, and a list
# with one bad row leaves the store as it was.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/foreignca.sh"
absent=$(missing openssl jq sqlite3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
now=
foreign_ca
foreign_issue alice
foreign_issue bob
foreign_issue carol
foreign_revoke bob superseded
foreign_revoke carol

fresh() {
    rm -rf root
    mkdir root
}
rows() {
    w ca list --json | jq -r '.certificates[] | "\(.serial) \(.name) \(.role) \(.state)"' | sort
}

# --- adopting ---

refuses 64 "the root's certificate is wanted too" "an intermediate alone is no CA" w ca adopt issuing.pem
refuses 65 "a certificate that issues nothing" "a leaf is no CA" w ca adopt root.pem alice.pem
refuses 64 "is the key of none of these" "a key of somebody else" \
    w ca adopt root.pem --key issuing.key --insecure-plain-keys
holds "and there is no store" [ ! -e "$(store)" ]
works "a rehearsal" w ca adopt root.pem issuing.pem --insecure-plain-keys --dry-run
holds "makes none either" [ ! -e "$(store)" ]
works "without keys, the intermediate first" w ca adopt issuing.pem root.pem --insecure-plain-keys
holds "the store has both, and the intermediate's serial number as it stands there: 128 is 0080" \
    sh -c "sqlite3 -readonly '$(store)' \"SELECT hex(serial), role FROM certificates WHERE name = 'Old Issuing'\" | grep -qx '0080|2'"
works "the same again" w ca adopt root.pem --insecure-plain-keys
prints "is nothing new" "adopted 0 certificates and 0 keys"
refuses 64 "is a root of its own" "a second root" sh -c '
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout b.key -out b.pem \
        -subj "/CN=Another" -config foreign.cnf -extensions issuer 2>/dev/null
    writ ca adopt b.pem'
refuses 78 "no issuer.s key is here" "no key, no CRL" w ca export --crl never.crl
refuses 78 "holds no intermediate key" "no key, no certificate" w ca issue Zoe --insecure-plain-key
works "the intermediate's key later" w ca adopt --key issuing.key --insecure-plain-keys

# --- index.txt ---

refuses 64 "say with --issuer whose list it is" "of two issuers one must be named" w ca import index.txt
works "an index" w ca import index.txt --issuer "Old Issuing" --json
holds "three certificates, two of them revoked" [ "$(jq -c '[.added, .revoked, .refused]' out)" = "[3,2,0]" ]
rows >once
holds "serial 255 is 00ff, 256 is 0100: octets, not digits" \
    sh -c 'grep -qx "00ff alice imported good" once && grep -qx "0100 bob imported revoked (superseded)" once &&
           grep -qx "0101 carol imported revoked (unspecified)" once'
works "again" w ca import index.txt --issuer "Old Issuing"
holds "changes nothing" sh -c 'grep -q "imported 0 certificates (0 revocations)" out'
rows >twice
holds "nothing at all" cmp -s once twice
foreign_revoke alice keyCompromise
works "what was revoked since" w ca import index.txt --issuer "Old Issuing"
holds "is taken over" sh -c 'writ ca list --json | jq -e ".certificates[] | select(.name == \"alice\") | .reason == \"keyCompromise\"" >/dev/null'
works "a certificate's file names the row that came without bytes" w ca revoke bob.pem --reason keyCompromise --dry-run --json
holds "by its issuer and serial number" [ "$(jq -r .serial out)" = 0100 ]
must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout twin.key -out twinca.pem \
    -subj "/CN=Old Issuing" -config foreign.cnf -extensions issuer
must openssl x509 -req -in bob.csr -CA twinca.pem -CAkey twin.key -set_serial 256 -out twin.pem
refuses 66 "has issued no such certificate" "the same names and number under another key name nothing" \
    w ca revoke twin.pem --reason keyCompromise --dry-run
refuses 66 "imported without its bytes" "a certificate without bytes cannot be printed" w ca show 00ff --pem
works "a folder" w ca import newcerts
holds "gives them their bytes" grep -q "completed 3" out
works "and then it can" w ca show 00ff --pem
holds "byte for byte" sh -c 'openssl x509 -outform DER <out >a; openssl x509 -in alice.pem -outform DER | cmp -s - a'

# --- rows that are refused ---

# refused ROW WORDS CLAIM: index.txt with this row behind it changes nothing.
refused() {
    { cat index.txt; printf '%b\n' "$1"; } >bad.txt
    dump >before.sql
    run w ca import bad.txt --issuer "Old Issuing"
    dump >after.sql
    holds "$3" sh -c '[ '"$code"' -eq 65 ] && grep -q "^writ: row 4: .*'"$2"'" err && cmp -s before.sql after.sql'
}
refused 'V\t270101000000Z\t\t0100\tunknown\t/CN=bob' 'stands in it before' "a serial number twice"
refused 'R\t270101000000Z\t\t0999\tunknown\t/CN=x' 'no revocation' "revoked without saying when"
refused 'V\t270101000000Z\t260101000000Z\t0999\tunknown\t/CN=x' 'not revoked' "valid, and revoked"
refused 'R\t270101000000Z\t490101000000Z,superseded\t0999\tunknown\t/CN=x' 'in the future' "revoked in the future"
refused 'R\t270101000000Z\t260101000000Z,whim\t0999\tunknown\t/CN=x' 'reason' "a reason nobody has"
refused 'X\t270101000000Z\t\t0999\tunknown\t/CN=x' 'status' "an unknown status"
refused 'V\t27010100Z\t\t0999\tunknown\t/CN=x' 'expiry' "half an instant"
refused 'V\t270230000000Z\t\t0999\tunknown\t/CN=x' 'expiry' "a day that does not exist"
refused 'V\t270101000000Z\t\t09g9\tunknown\t/CN=x' 'serial number' "a digit that is none"
refused 'V\t270101000000Z\t\t\tunknown\t/CN=x' 'serial number' "no serial number"
refused 'V\t270101000000Z\t\t1123456789ABCDEF0123456789ABCDEF0123456789\tunknown\t/CN=x' 'serial number' "21 octets"
refused 'V 270101000000Z 0999 /CN=x' 'six fields' "no tabs"
{ cat index.txt; printf 'X\t270101000000Z\t\t0999\tunknown\t/CN=x\nV\t270101000000Z\t\t-80\tunknown\t/CN=neg\n'; } >bad.txt
works "the other rows, when that is asked for" w ca import bad.txt --issuer "Old Issuing" --skip-refused
holds "one was refused, one added" sh -c 'grep -q "imported 1 certificates" out && grep -q "1 refused" out'
holds "-128 is 80" sh -c "sqlite3 -readonly '$(store)' \"SELECT hex(serial) FROM certificates WHERE name = 'neg'\" | grep -qx 80"
sed 's/^R\([^	]*	[^	]*	\)[^	]*/V\1/' index.txt >lifted.txt
rows >before
works "a list that calls good what is revoked here" w ca import lifted.txt --issuer "Old Issuing" --json
holds "is counted and noted" \
    sh -c '[ "$(jq -c "[.stays_revoked, .unchanged, .revoked, .refused]" out)" = "[3,0,0,0]" ] &&
           grep -q "row 1: .*stays revoked" err'
rows >after
holds "and lifts nothing" cmp -s before after

# --- CSV ---

fresh
must w ca adopt root.pem issuing.pem --insecure-plain-keys
csv() {
    printf '%s\n' "$@" >list.csv
    run w ca import list.csv --issuer "Old Issuing"
}
csv "serial,name" "10,ten"
holds "digits alone are neither decimal nor hexadecimal: refused, and how to say which" \
    sh -c '[ '"$code"' -eq 65 ] && grep -q "row 2: .*serial_hex or serial_decimal, or --serials" err'
csv "serial_decimal,name,status,revoked_at,reason" "10,ten,valid,," "128,big,revoked,2026-01-02T03:04:05Z,keyCompromise" \
    '300,"quoted, ""name""",valid,,'
holds "decimal" [ "$code" -eq 0 ]
csv "serial_hex,name" "10,sixteen" "0x80,big"
holds "hexadecimal 80 is decimal 128, which is revoked here, and stays so" \
    sh -c '[ '"$code"' -eq 0 ] && grep -q "row 3: .*stays revoked" err'
csv "serial_hex,name" "10,sixteen"
holds "decimal ten and hexadecimal ten are two certificates" \
    sh -c "[ $code -eq 0 ] && sqlite3 -readonly '$(store)' \"SELECT hex(serial) || name FROM certificates WHERE role = 6 ORDER BY serial\" |
           tr '\n' ' ' | grep -qx '0080big 012Cquoted, \"name\" 0Aten 10sixteen '"
csv "serial_hex,colour" "11,red"
holds "an unknown column is refused" sh -c '[ '"$code"' -eq 65 ] && grep -q "column" err'
csv "serial_hex,revoked_at" "11,20260102"
holds "an instant that could be two is refused" sh -c '[ '"$code"' -eq 65 ] && grep -q "revoked_at" err'
csv "serial_hex,status,revoked_at" "11,valid,2026-01-02"
holds "valid and revoked is refused" sh -c '[ '"$code"' -eq 65 ] && grep -q "a revoked_at" err'
csv "serial_hex,revoked_at" "11,2126-01-02"
holds "revoked in the future is refused" sh -c '[ '"$code"' -eq 65 ] && grep -q "in the future" err'

# --- a folder ---

fresh
must w ca adopt root.pem --insecure-plain-keys
mkdir folder
cp alice.pem folder/1.pem
cp issuing.pem folder/2.pem
works "a folder whose intermediate comes second" w ca import folder
holds "takes it in as an issuer, and what it issued" \
    sh -c 'writ ca list --json | jq -e "[.certificates[].role] == [\"root\", \"intermediate\", \"imported\"]" >/dev/null'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out folder/3.pem \
    -subj "/CN=Stranger" 2>/dev/null
echo text >folder/4.txt
dump >before.sql
run w ca import folder
holds "a stranger's certificate, and what is none, are refused by name" \
    sh -c '[ '"$code"' -eq 65 ] && grep -q "^writ: 3.pem: none of the store" err && grep -q "^writ: 4.txt: " err'
dump >after.sql
holds "and nothing changed" cmp -s before.sql after.sql

# --- its feed ---

fresh
must w ca adopt root.pem issuing.pem --key issuing.key --insecure-plain-keys
must w ca import index.txt --issuer "Old Issuing"
refuses 78 "needs the root's signature" "without the root's signature there is no bundle, and no feed" \
    w publish feed
openssl dgst -sha256 -sign issuing.key -out sig "$(state_dir)/ca/bundle.info"
refuses 65 "not the root's signature" "another's signature is refused" w ca adopt --bundle-signature sig
openssl dgst -sha256 -sign root.key -out sig "$(state_dir)/ca/bundle.info"
works "the root's, made elsewhere, is taken" w ca adopt --bundle-signature sig
works "then there is a feed" w publish feed
works "which lists what was revoked, without numbers" w show feed/targets/*.table --json
holds "three of Old Issuing" sh -c 'jq -e "[.objects[0].blocks[] | select(.issuer == \"Old Issuing\") | .count, .numbered] == [3, false]" out >/dev/null'
works "and devices take it" w source add feed ./feed --name old
works "a certificate from the adopted CA" w ca issue Dora --out dora --insecure-plain-key --json
holds "has no number" sh -c 'jq -e "has(\"number\") | not" out >/dev/null && ! openssl x509 -in dora.pem -noout -text | grep -q 2.25.156184997021121762790734345848554784336.3'
holds "and OpenSSL follows it to the root" openssl verify -CAfile root.pem -untrusted issuing.pem -purpose any dora.pem

# --- CRLs that it made before ---

cat >>foreign.cnf <<'EOT'
[ca_root]
dir = .
database = root-index.txt
certificate = root.pem
private_key = root.key
default_md = sha256
EOT
: >root-index.txt
# foreign_crl NUMBER FILE: of issuing, as `openssl ca` makes it.
foreign_crl() {
    echo "$1" >crlnumber
    must openssl ca -config foreign.cnf -gencrl -crldays 30 -out "$2" -name ca_issuing
}
sed -i 's/^serial = serial$/&\ncrlnumber = crlnumber/' foreign.cnf
foreign_crl 05 five.pem
foreign_crl 3FFFFFFFFFFFFFFF huge.pem
foreign_crl 0100000000000000000000000000000000000001 huger.pem
echo 05 >crlnumber
must openssl ca -config foreign.cnf -name ca_root -gencrl -crldays 30 -out root-old.pem
must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem \
    -subj "/CN=Other" -config foreign.cnf -extensions issuer
must openssl ca -config foreign.cnf -gencrl -crldays 30 -out other-crl.pem -cert other.pem -keyfile other.key
# number_of FILE: in decimal; ours: the second CRL of ours.pem, which is of issuing
number_of() {
    openssl crl -in "$1" -noout -crlnumber | sed 's/.*=\(0x\)*/0x/' | { read -r hex && echo $((hex)); }
}
ours() {
    awk '/BEGIN/ { n++ } n == 2' ours.pem >ours-issuing.pem
}
days() {
    date -u -d "@$(($(date +%s) + $1 * 86400))" +%Y-%m-%dT%H:%M:%SZ
}
fresh
must w ca adopt root.pem issuing.pem --key root.key --key issuing.key --insecure-plain-keys
must w ca import index.txt --issuer "Old Issuing"
cp five.pem read.pem
works "readers have its CRL" writ source add crl ./read.pem --issuer issuing.pem --name old
works "an export that does not follow it" w ca export --crl ours.pem
ours
cp ours-issuing.pem read.pem
refuses 65 "lower number than the one that stands" "is refused by them as going back" writ pull
dump >before.sql
refuses 65 "none of this CA's" "a CRL of another is not followed" w ca export --crl ours.pem --follows other-crl.pem
refuses 65 "too large" "nor a number that leaves too few above it" w ca export --crl ours.pem --follows huge.pem
refuses 65 "too large" "nor one of 20 octets" w ca export --crl ours.pem --follows huger.pem
refuses 65 "root.pem" "nor what is no CRL" w ca export --crl ours.pem --follows root.pem
refuses 65 "would go back" "nor one from after now" \
    writ --at "$(days -3)" ca export --crl ours.pem --follows five.pem
refuses 64 "complete CRLs" "nor with anything but complete CRLs" w ca export --chain ca.pem --follows five.pem
works "a rehearsal" w ca export --crl ours.pem --follows five.pem --dry-run
dump >after.sql
holds "changes nothing, and none of these did" cmp -s before.sql after.sql
works "an export that follows it, and the root's" w ca export --crl ours.pem --follows five.pem --follows root-old.pem
ours
holds "has the number after it" [ "$(number_of ours-issuing.pem)" = 6 ]
cp ours-issuing.pem read.pem
works "and readers take it" writ pull
works "following it once more" w ca export --crl ours.pem --follows five.pem
ours
holds "makes no gap" [ "$(number_of ours-issuing.pem)" = 7 ]
# Made here: its thisUpdate must not be before that of ours.
foreign_crl 1000 thousand.pem
must openssl crl -in thousand.pem -outform DER -out thousand.der
cp thousand.pem read.pem
works "readers get a later one" writ pull
works "which is followed, in DER, with partitions" w ca export --crl ours.pem --crl-dir web \
    --crl-url http://crl.example --partitions 2 --follows thousand.der
ours
holds "by the complete one" [ "$(number_of ours-issuing.pem)" = 4097 ]
must openssl crl -inform DER -in web/old-issuing-1.crl -out part.pem
holds "and each partition" [ "$(number_of part.pem)" = 4097 ]
cp ours-issuing.pem read.pem
works "and readers take it" writ pull
holds "with its number" grep -qx 'number 1001' "$WRIT_ROOT/var/lib/writ/crls/old/pulled"

# --- expired certificates ---

fresh
must w ca adopt root.pem issuing.pem --key root.key --key issuing.key --insecure-plain-keys
printf 'serial_hex,revoked_at,not_after\n05,%s,%s\n' "$(days -1)" "$(days 10)" >list.csv
must w ca import list.csv --issuer "Old Issuing"
# listed_at DAYS OPTION...: 1 when the CRL that is exported then lists it, else 0.
listed_at() {
    at_day=$(days "$1")
    shift
    must writ --at "$at_day" ca export --crl expired.crl "$@"
    awk '/BEGIN/ { n++ } n == 2' expired.crl | openssl crl -noout -text >expired.txt
    grep -c 'Serial Number: 05' expired.txt
}
holds "a revoked certificate is listed" [ "$(listed_at 5 --drop-expired)" = 1 ]
holds "and once after its end" [ "$(listed_at 11 --drop-expired)" = 1 ]
holds "it stays by default, and the CRL says so" sh -c "[ $(listed_at 12) = 1 ] && grep -q 2.5.29.60 expired.txt"
holds "and leaves where that is asked for" [ "$(listed_at 13 --drop-expired)" = 0 ]
holds "which the CRL does not call kept" sh -c '! grep -q 2.5.29.60 expired.txt'

# writ's own CA knows what it issued.
fresh
must w ca init Own --insecure-plain-keys
refuses 64 "is writ's own" "nothing is imported into it" w ca import index.txt --issuer "Own Code Signing CA"
refuses 64 "is writ's own, and numbers" "and no other CA adopted" w ca adopt root.pem
finish
