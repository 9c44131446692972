#!/bin/sh
# Goal of this test: a developer makes a key that stays with the developer, the CA signs a request
# only after its proof of possession, and of what a request says it believes the key and, unless told
# otherwise, the name.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 python3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
ca_certificates

# How many certificates there are.
issued() {
    query "SELECT count(*) FROM certificates"
}

# --- identity new ---

WRIT_PASSPHRASE='the developer'\''s secret' && export WRIT_PASSPHRASE
works "a developer makes a key and a request" w identity new "Bob Builder" --out bob
holds "and is told where they are" grep -q '^wrote bob.key and bob.csr$' out
holds "and that the key stays" grep -q 'send bob.csr to your CA .*; the key stays with you' err
holds "the key is for its owner only, the request for everybody" \
    [ "$(stat -c %a bob.key) $(stat -c %a bob.csr)" = "600 644" ]
works "openssl reads the key with the passphrase" \
    openssl pkey -in bob.key -passin "pass:$WRIT_PASSPHRASE" -noout
run openssl pkey -in bob.key -passin pass:other -noout
holds "and not with another" [ "$code" -ne 0 ]
holds "openssl finds the request's proof of possession good" \
    openssl req -in bob.csr -noout -verify -subject -out subject
holds "of that very key" [ "$(openssl req -in bob.csr -noout -pubkey)" = \
    "$(openssl pkey -in bob.key -passin "pass:$WRIT_PASSPHRASE" -pubout)" ]
holds "the request names its maker and nothing else" [ "$(cat subject)" = "subject=CN = Bob Builder" ]
unset WRIT_PASSPHRASE

works "a plain key needs a flag" w identity new "Carol Coder" --insecure-plain-key
holds "which is repeated; without --out the files are named for the person" \
    grep -q '^wrote carol-coder.key (NOT encrypted) and carol-coder.csr$' out
works "and openssl reads it without a passphrase" openssl pkey -in carol-coder.key -noout

sha256sum bob.key bob.csr >before
refuses 73 "bob.key exists already" "a key is never written over" \
    w identity new "Bob" --out bob --insecure-plain-key
mv bob.key kept.key
refuses 73 "bob.csr exists already" "nor is a request" w identity new "Bob" --out bob --insecure-plain-key
holds "and then no key is left alone" [ ! -e bob.key ]
mv kept.key bob.key
holds "what was there is as it was" sha256sum -c --quiet before
refuses 64 "name: wanted 1 to 64 bytes of printable UTF-8" "a developer has a name" \
    w identity new "$(printf 'a\tb')" --out tab --insecure-plain-key
refuses 73 "nowhere" "a directory that is not there" w identity new Bob --out nowhere/bob --insecure-plain-key
works "a rehearsal" w identity new Dora --insecure-plain-key --dry-run
holds "writes nothing" sh -c '! ls dora.* tab.* 2>/dev/null'

# --- issuing for a request ---

works "the CA issues for the request" w ca issue bob.csr --team builders
holds "beside it, and says so" grep -q '^  certificate bob.pem$' out
holds "for the name in the request" \
    grep -q '^issued Bob Builder: serial [0-9a-f]*, number 1, team builders,' out
held=yes
grep -q 'key' out || held=no
holds "a key is not spoken of" [ "$held" = no ]
openssl x509 -in bob.pem -noout -subject -nameopt RFC2253 >subject
holds "organization from the CA, team from the command, name from the request" \
    [ "$(cat subject)" = "subject=CN=Bob Builder,OU=builders,O=Example Corp" ]
holds "the key is the request's" [ "$(openssl x509 -in bob.pem -noout -pubkey)" = \
    "$(openssl req -in bob.csr -noout -pubkey)" ]
works "it leads to the root" openssl verify -purpose any -attime "$(epoch "$now")" -CAfile root.pem \
    -untrusted intermediate.pem bob.pem
refuses 73 "bob.pem exists already" "a certificate's file is never written over" w ca issue bob.csr
holds "and then nothing was issued" [ "$(issued)" -eq 3 ]
works "a name and a team can be given" w ca issue bob.csr --out bob2 --name "Robert" --json
holds "and win" [ "$(field '"\(.name) \(.team) \(.number)"')" = "Robert robert 2" ]

before=$(issued)
refuses 66 "there is no request requests/bbo here" "nor is the path of a file that is not there" \
    w ca issue requests/bbo
refuses 66 "there is no request bbo.csr here" "a mistyped request is nobody's name" \
    w ca issue bbo.csr --insecure-plain-key
holds "and no key is made for it" sh -c '! ls bbo* 2>/dev/null'

# A stolen key.
must w ca revoke Robert --reason superseded
works "a key whose certificate is superseded gets another" \
    w ca issue bob.csr --out bob3 --name "Bob the third"
must w ca revoke "Bob Builder" --reason keyCompromise
refuses 64 "the request's key is that of Bob Builder (serial [0-9a-f]*), which is revoked for \
keyCompromise; wanted a request with a new key" "once it is compromised it gets no other" \
    w ca issue bob.csr --out bob4
holds "whose certificate is not written, nor recorded" \
    [ "$(issued) $(ls bob4* 2>/dev/null)" = "$((before + 1)) " ]
refuses 64 "the request's key is that of Bob Builder" "a rehearsal says so too" \
    w ca issue bob.csr --out bob4 --dry-run
must w ca reinstate "Bob Builder" --note "it was in the other pocket"
works "unless that was a mistake" w ca issue bob.csr --out bob4 --name "Bob the fourth"

# Everything else in a request is not what it says.
cat >greedy.cnf <<'CNF'
[req]
prompt = no
distinguished_name = dn
req_extensions = ext
[dn]
C = NL
O = Example Corp
OU = builders
CN = Greedy
[ext]
basicConstraints = critical, CA:TRUE
keyUsage = keyCertSign
extendedKeyUsage = anyExtendedKeyUsage
subjectAltName = DNS:example.com
2.25.156184997021121762790734345848554784336.3 = DER:020101
CNF
must openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout greedy.key \
    -config greedy.cnf -out greedy.csr
works "a request made by openssl is as good" w ca issue greedy.csr
openssl x509 -in greedy.pem -noout -subject -nameopt RFC2253 -ext \
    basicConstraints,keyUsage,extendedKeyUsage,subjectAltName >greedy.txt 2>/dev/null
holds "its organization and team are the CA's to give" \
    grep -q '^subject=CN=Greedy,OU=greedy,O=Example Corp$' greedy.txt
held=yes
grep -q 'CA:TRUE\|Certificate Sign\|Any Ext\|DNS' greedy.txt || held=no
holds "and none of the extensions it asks for is granted" [ "$held" = no ]
holds "its number is the next one, not the one it asks for" \
    sh -c 'openssl asn1parse -in greedy.pem | grep -A1 ":2.25.*\.3$" | grep -q "DUMP\]:020105$"'

must openssl req -new -newkey rsa:3072 -nodes -keyout rsa.key -subj "/CN=Rachel" -out rsa.csr -outform DER
works "an RSA key of 3072 bits, the request in DER" w ca issue rsa.csr
cp /usr/bin/true app
works "and it seals" w sign app --key rsa

before=$(issued)
while read -r kind options; do
    # shellcheck disable=SC2086 # the options are words
    must openssl req -new -newkey $options -nodes -keyout $kind.key -subj "/CN=$kind" -out $kind.csr
    refuses 65 "$kind.csr: request: wanted a P-256 key, or RSA of at least 3072 bits" \
        "no certificate for a key of $kind" w ca issue $kind.csr
done <<'END'
p384 ec -pkeyopt ec_paramgen_curve:P-384
rsa2048 rsa:2048
ed25519 ed25519
END
must openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:secp256k1 -nodes -keyout k1.key -subj "/CN=k1" -out k1.csr
refuses 65 "k1.csr: " "nor for another curve of 256 bits" w ca issue k1.csr
must openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -nodes \
    -keyout explicit.key -subj "/CN=explicit" -out explicit.csr
refuses 65 "explicit.csr: " "nor for a curve that is spelt out" w ca issue explicit.csr

# --- proof of possession ---

openssl req -in bob.csr -outform DER -out bob.der
openssl req -in carol-coder.csr -outform DER -out carol.der
python3 - <<'PY'
import subprocess
bob, carol = open("bob.der", "rb").read(), open("carol.der", "rb").read()

def key(name):
    pem = subprocess.run(["openssl", "req", "-in", name, "-noout", "-pubkey"], stdout=subprocess.PIPE).stdout
    return subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pem,
                          stdout=subprocess.PIPE).stdout

open("flipped.csr", "wb").write(bob[:-5] + bytes([bob[-5] ^ 1]) + bob[-4:])
open("swapped.csr", "wb").write(bob.replace(key("bob.csr"), key("carol-coder.csr")))
open("renamed.csr", "wb").write(bob.replace(b"Bob Builder", b"Rob Builder"))
open("trailing.csr", "wb").write(bob + b"\0")
open("ber.csr", "wb").write(b"\x30\x80" + bob[3:] + b"\0\0")
open("cut.csr", "wb").write(bob[:100])
open("huge.csr", "wb").write(bob + b"\0" * (1 << 20))
open("noise.csr", "wb").write(bytes(range(256)) * 4)
open("empty.csr", "wb").write(b"")
open("one.csr", "wb").write(b"0")
for i in range(0, len(bob), len(bob) // 24):
    open("flip-%03d.csr" % i, "wb").write(bob[:i] + bytes([bob[i] ^ 0x80]) + bob[i + 1:])
PY
for which in flipped swapped renamed; do
    refuses 65 "$which.csr: request: not signed by the key it asks for (proof of possession)" \
        "a request whose signature does not hold ($which)" w ca issue $which.csr
done
for which in trailing ber cut noise empty one; do
    refuses 65 "$which.csr: " "not a request: $which" w ca issue $which.csr
done
refuses 65 "huge.csr has 10487[0-9]* bytes, more than the 262144 that are read at most" \
    "not a request: over the ceiling" w ca issue huge.csr
cat bob.csr carol-coder.csr >two.csr
refuses 65 "two.csr: more than one request" "two requests in a file are one too many" w ca issue two.csr
cp bob.pem certificate.csr
refuses 65 "certificate.csr: no PEM block \"CERTIFICATE REQUEST\" in it" "a certificate is no request" \
    w ca issue certificate.csr
refuses 65 "bob.key: no PEM block" "a key is no request" w ca issue bob.key
held=yes
for flip in flip-*.csr; do
    run w ca issue "$flip"
    [ "$code" -eq 65 ] && one_sentence || { held=no; echo "# $flip: exit $code"; }
done
holds "whichever byte of a request is changed, it is refused" [ "$held" = yes ]
holds "and none of all these was issued" [ "$(issued)" -eq "$before" ]
holds "and no file was written" \
    [ "$(ls flip*.pem flipped.pem swapped.pem p384.pem two.pem 2>/dev/null)" = "" ]

# A name that would write on somebody's terminal.
for name in "$(printf 'Eve\033[2J')" "$(printf 'Eve\342\200\256lave')"; do
    must openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout eve.key \
        -utf8 -subj "/CN=$name" -out eve.csr
    refuses 64 "the request's name cannot be shown; say who with --name" \
        "a name with invisible characters gets neither into a certificate nor onto a terminal" \
        w ca issue eve.csr
done
works "the CA can say what the name is" w ca issue eve.csr --name Eve
must openssl req -new -key eve.key -subj "/O=Nameless" -out nameless.csr
refuses 64 "the request names nobody; say who with --name" "a request without a name" w ca issue nameless.csr

# --- issuing for a name ---

works "a key and a certificate in one step, on one machine" \
    w ca issue "Alice" --out alice --insecure-plain-key
holds "and it says that the key is not encrypted" grep -q '^  key         alice.key (NOT encrypted)$' out
holds "key private, certificate public" [ "$(stat -c %a alice.key) $(stat -c %a alice.pem)" = "600 644" ]
before=$(issued)
refuses 73 "alice.pem exists already" "files are never written over" \
    w ca issue "Alice" --out alice --insecure-plain-key
mv alice.pem kept.pem
refuses 73 "alice.key exists already" "neither of the two" w ca issue "Alice" --out alice --insecure-plain-key
mv kept.pem alice.pem
refuses 64 "no passphrase for dave.key" "a key wants a passphrase" setsid -w writ ca issue Dave
holds "and without one there is neither file" sh -c '! ls dave.* 2>/dev/null'
ln -s nowhere dangling.key
refuses 73 "dangling.key" "a link that leads nowhere is not followed" \
    w ca issue Dangler --out dangling --insecure-plain-key
holds "to write there" [ ! -e nowhere ]
refuses 64 "insecure-plain-key: a request's key stays with its owner" "a request brings its own key" \
    w ca issue carol-coder.csr --insecure-plain-key
dump >before.sql
works "a rehearsal says what would be" w ca issue Dave --insecure-plain-key --dry-run
holds "in so many words" grep -q '^would issue Dave: ' out
dump >after.sql
holds "and changes nothing" cmp before.sql after.sql
holds "none of these was issued" [ "$(issued)" -eq "$before" ]
works "another script is a name, and makes a team" w ca issue "東京" --out tokyo --insecure-plain-key --json
holds "that is not empty" [ -n "$(field .team)" ]
refuses 64 "team wants a value" "an empty team is none" \
    w ca issue Nobody --team '' --insecure-plain-key
refuses 64 "team: wanted 1 to 64 bytes of printable UTF-8" "nor is one over two lines" \
    w ca issue Nobody --team "two
lines" --insecure-plain-key
holds "and leaves no key" [ ! -e nobody.key ]

# --- how long ---

for life in 59s 0s 11y forever; do
    refuses 64 "life" "a life of $life is refused" w ca issue Short --life $life --insecure-plain-key
done
works "a minute is a life" w ca issue Minute --life 1m --insecure-plain-key --json
holds "to the second" [ "$(field .not_after)" = 2026-03-01T12:01:00Z ]
works "ten years are cut at the end of the issuer" w ca issue Long --life 10y --insecure-plain-key --json
holds "so that a certificate never outlives it" \
    [ "$(field .not_after)" = "$(query "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', not_after, 'unixepoch') FROM certificates WHERE role = 2")" ]
at 2031-03-01T12:00:00Z
refuses 78 "the intermediate's certificate has ended" "after that nothing is issued" \
    w ca issue Late --insecure-plain-key
holds "and no key is left" [ ! -e late.key ]
at 2026-03-01T12:00:00Z

# --- identity import, list ---

works "a key and its certificate are kept by name" w identity import alice.pem --key alice.key
holds "and it says how to use them" grep -q '^imported identity alice: writ sign FILE --key alice$' out
(cd root/var/lib/writ && stat -c '%a %n' identities identities/alice.key identities/alice.pem) >out
prints "privately" "700 identities
600 identities/alice.key
644 identities/alice.pem"
holds "as they are" cmp alice.key root/var/lib/writ/identities/alice.key
mkdir away && cp /usr/bin/true away/app
works "and seal from anywhere" sh -c 'cd away && writ --at 2026-03-01T12:00:00Z sign app --key alice'
run w identity list
prints "they are listed" "alice  Alice, Example Corp, until 2027-03-01T12:00:00Z"
run w identity list --json
holds "for programs too" [ "$(field '.identities[0] | "\(.name) \(.subject) \(.not_after)"')" = \
    "alice Alice, Example Corp 2027-03-01T12:00:00Z" ]

remember_state
refuses 73 "alice.pem exists already" "a name is taken once" w identity import alice.pem --key alice.key
refuses 65 "the first certificate is not of this key (greedy.key)" "a key of somebody else is refused" \
    w identity import alice.pem --key greedy.key --name other
refuses 65 "alice.key: no PEM block \"CERTIFICATE\" in it" "a key is no certificate" \
    w identity import alice.key --key alice.key --name other
refuses 65 "alice.pem: no private key in it" "a certificate is no key" \
    w identity import alice.pem --key alice.pem --name other
refuses 66 "absent.key" "a key that is not there" w identity import alice.pem --key absent.key --name other
for name in ../up .hidden 'two words' ''; do
    refuses 64 "name" "an identity is not called \"$name\"" \
        w identity import alice.pem --key alice.key --name "$name"
done
WRIT_PASSPHRASE=wrong && export WRIT_PASSPHRASE
refuses 77 "bob.key: .*wrong passphrase" "a wrong passphrase" w identity import bob.pem --key bob.key
unset WRIT_PASSPHRASE
works "a rehearsal" w identity import alice.pem --key alice.key --name other --dry-run
holds "all of that left the identities as they were" keeps_state
WRIT_PASSPHRASE='the developer'\''s secret' && export WRIT_PASSPHRASE
works "an encrypted key is kept encrypted" w identity import bob.pem --key bob.key
holds "byte for byte" cmp bob.key root/var/lib/writ/identities/bob.key
unset WRIT_PASSPHRASE

# Killed between its two files, an import is simply made again.
cp alice.key root/var/lib/writ/identities/half.key
works "half an import can be completed" w identity import alice.pem --key alice.key --name half
cp greedy.key root/var/lib/writ/identities/taken.key
refuses 73 "taken.key exists already" "but not over another key" \
    w identity import alice.pem --key alice.key --name taken
holds "and nothing is half-written" [ ! -e root/var/lib/writ/identities/taken.pem ]

echo garbage >root/var/lib/writ/identities/broken.pem
run w identity list
holds "a damaged certificate among them is named" \
    sh -c '[ "$0" -eq 65 ] && grep -q "identities/broken.pem: " err' "$code"
finish
