#!/bin/sh
# Goal of this test: a new CA has the keys, certificates and files it says it has, its keys are
# encrypted with the passphrase that was given and with no other, and it is never made over another
# one.  What OpenSSL thinks of the certificates is asked of OpenSSL.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 python3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
typist="python3 $source_root/tests/prog/typist.py"
arc=2.25.156184997021121762790734345848554784336

# new_root: an empty state.
new_root() {
    rm -rf "$dir/root"
    mkdir "$dir/root"
}

# Every plain private number that openssl finds in this key, hexadecimal; nothing if it finds none.
private_part() {
    openssl pkey -inform DER -in "$1" -passin "pass:$2" -noout -text 2>/dev/null |
        sed -n '/^priv:/,/^pub:/s/^ //p' | tr -cd '0-9a-f'
}

# Its bytes stand somewhere in the file.
holds_bytes() {
    od -An -v -tx1 "$2" | tr -d ' \n' | grep -q "$1"
}

# --- the passphrase ---

refuses 64 "no passphrase for Example Corp: give it with --passphrase-fd N, in the environment as" \
    "without a passphrase there is no CA" setsid -w writ ca init "Example Corp"
holds "and nothing is left on the disk" [ ! -e root/var ]

WRIT_PASSPHRASE='' && export WRIT_PASSPHRASE
refuses 64 "WRIT_PASSPHRASE: the passphrase is empty" "an empty passphrase is none" \
    writ ca init "Example Corp"
WRIT_PASSPHRASE='a secret in the environment'
works "the passphrase comes from the environment" w ca init "Example Corp"
holds "it says where the CA is, what it is called and that its keys are encrypted" \
    grep -q '^CA Example Corp: root and intermediate made, keys encrypted$' out
holds "the fingerprint it prints is that of the root certificate" \
    [ "$(sed -n 's/^  root *//p' out)" = "$(ca_certificates && sha256 root.der)" ]
unset WRIT_PASSPHRASE

for which in root intermediate feed; do
    key_of $which $which.p8
    holds "the $which key opens with the passphrase" \
        openssl pkey -inform DER -in $which.p8 -passin 'pass:a secret in the environment' -noout
    run openssl pkey -inform DER -in $which.p8 -passin 'pass:a secret in the environmenT' -noout
    holds "and with no other" [ "$code" -ne 0 ]
    holds "it is encrypted with AES-256 under scrypt" \
        sh -c "openssl asn1parse -inform DER -in $which.p8 | tr -d '\n' |
               grep -q ':PBES2.*:scrypt.*:4000.*:aes-256-cbc'"
    private=$(private_part $which.p8 'a secret in the environment')
    [ ${#private} -ge 64 ] || echo "# no private part: $private"
    held=yes
    holds_bytes "$private" root/var/lib/writ/ca/ca.db || held=no
    holds "its private number stands nowhere in the store" [ "${#private}-$held" = "${#private}-no" ]
done
sqlite3 -readonly "$(store)" "SELECT purpose, algorithm, encrypted FROM keys ORDER BY purpose" >out
prints "root and intermediate are P-256, the feed's key is Ed25519" "1|P-256|1
2|P-256|1
3|Ed25519|1"

new_root
printf 'from a descriptor\nand not this line\n' >secret
works "the passphrase comes from a descriptor, up to the end of the line" \
    sh -c 'writ --passphrase-fd 3 ca init "Example Corp" 3<secret'
key_of root root.p8
holds "and that line is what encrypts" \
    openssl pkey -inform DER -in root.p8 -passin 'pass:from a descriptor' -noout

new_root
$typist 'New passphrase for Example Corp: ' 'at the terminal' 'The same again: ' 'mistyped' \
    'New passphrase for Example Corp: ' 'at the terminal' 'The same again: ' 'at the terminal' \
    -- writ ca init "Example Corp" >out 2>err </dev/null
code=$?
holds "at a terminal it is asked for twice, and again when mistyped" [ "$code" -eq 0 ]
holds "with a word about it" grep -q 'The two are not the same' out
held=yes
grep -q 'at the terminal' out || held=no
holds "and was not shown" [ "$held" = no ]
key_of feed feed.p8
holds "and is what encrypts" \
    openssl pkey -inform DER -in feed.p8 -passin 'pass:at the terminal' -noout
$typist 'Passphrase for Example Corp' 'at the terminal' -- writ publish "$dir/feed" >out 2>err </dev/null
holds "a key that exists is asked for once" [ $? -eq 0 ]
$typist 'Passphrase for Example Corp' 'wrong' -- writ publish "$dir/feed" >out 2>err </dev/null
code=$?
holds "a wrong passphrase is a fault of its own" [ "$code" -eq 77 ]
holds "that names the key" grep -q 'the feed key of Example Corp: .*wrong passphrase' out

new_root
$typist 'New passphrase' '^C' -- writ ca init "Example Corp" >out 2>err </dev/null
holds "interrupted at the question, nothing is left" [ ! -e root/var/lib/writ/ca/ca.db ]

# --- plain keys ---

new_root
works "plain keys need a flag that says so" writ ca init "Example Corp" --insecure-plain-keys
holds "and it says so again" grep -q 'keys NOT encrypted$' out
key_of root root.p8
private=$(private_part root.p8 none)
holds "such a key can be read by whoever has the file" holds_bytes "$private" "$(store)"
works "and nothing asks for a passphrase then" writ publish "$dir/plain-feed"

# --- there is one CA in a state ---

remember_state
refuses 73 "there is a CA at $WRIT_ROOT/var/lib/writ/ca/ca.db already" "a second CA is refused" \
    writ ca init "Other Corp" --insecure-plain-keys
refuses 73 "there is a CA at" "in a rehearsal too" writ ca init "Other Corp" --dry-run
holds "and the first one is as it was" keeps_state

# Each of them puts files in place slowly, so that all are at it at the same time.
new_root
slowly=
if strace -o /dev/null true 2>/dev/null; then
    slowly="strace -f -o /dev/null -e inject=?rename,?renameat,?renameat2,?linkat:delay_enter=50000"
fi
for i in 1 2 3 4; do
    $slowly writ ca init "Corp $i" --insecure-plain-keys >made.$i 2>refused.$i </dev/null &
done
wait
cat refused.? >err
holds "of four that make a CA at once one does" [ "$(cat made.? | grep -c '^CA ')" -eq 1 ]
holds "and the others are told that there is one" [ "$(grep -c 'exists already\|already$' err)" -eq 3 ]
ca_certificates
works "the bundle beside the store" writ show root/var/lib/writ/ca/bundle.pem --json
holds "is the one of the CA that was made" \
    [ "$(field '.objects[0].root.fingerprint')" = "$(sha256 root.der)" ]

# --- names ---

new_root
for name in '' 'tab	in it' 'esc[2Japed' '0123456789012345678901234567890123456789012345678'; do
    refuses 64 "a CA's name has 1 to 48 bytes of printable UTF-8" "no CA is called \"$name\"" \
        sh -c 'writ ca init "$0" --insecure-plain-keys' "$(printf '%s' "$name" | sed 's/^esc/\x1b/')"
done
for origin in 'two words' 'a+b' ''; do
    refuses 64 "origin" "no feed is called \"$origin\"" \
        writ ca init "Example Corp" --insecure-plain-keys --origin "$origin"
done
holds "and nothing was made" [ ! -e root/var/lib/writ/ca/ca.db ]

works "48 bytes are a name, and any script" writ ca init \
    'Прим, société générale de 東京 ØÅ!' --insecure-plain-keys --json
name=$(field .name)
holds "as it was given" [ "$name" = 'Прим, société générale de 東京 ØÅ!' ]
ca_certificates
holds "the origin of the feed ends in the root key's hash, so that no other CA has it" \
    [ "$(field .origin | sed 's/.*-//')" = "$(spki_hash root.der | cut -c1-8)" ]
holds "the root carries the name" \
    [ "$(openssl x509 -in root.pem -noout -subject -nameopt utf8,sep_comma_plus_space)" = \
    "subject=O=Прим, société générale de 東京 ØÅ!, CN=Прим, société générale de 東京 ØÅ! Root CA" ]

new_root
works "an origin can be chosen" writ ca init "Example Corp" --origin feed.example.com --insecure-plain-keys
run writ ca show --json
holds "and is kept" [ "$(field .origin)" = feed.example.com ]

# --- files and modes, whatever the umask ---

for mask in 000 077; do
    new_root
    (umask $mask && must writ ca init "Example Corp" --insecure-plain-keys)
    (cd root/var/lib/writ && stat -c '%a %n' ca ca/ca.db ca/bundle.pem) >out
    prints "store private, bundle public (umask $mask)" "700 ca
600 ca/ca.db
644 ca/bundle.pem"
done
holds "there is nothing else in the CA's directory but its lock" \
    [ "$(ls -A root/var/lib/writ/ca | grep -v '\.lock$' | tr '\n' ' ')" = "bundle.pem ca.db " ]

new_root
works "a rehearsal" writ ca init "Example Corp" --dry-run
holds "leaves nothing" [ ! -e root/var ]

# --- the certificates, as OpenSSL sees them ---

new_root
make_ca
issue Alice alice --team wonderland
issue Stamper tsa --tsa
issue Online online --ocsp http://ocsp.example.com/x
ca_certificates
openssl x509 -in alice.pem -out leaf.pem
cat intermediate.pem >chain.pem
verify="openssl verify -x509_strict -purpose any -attime $(epoch "$now") -CAfile root.pem -untrusted chain.pem"
works "openssl verify -x509_strict accepts root, intermediate and leaf" \
    $verify root.pem intermediate.pem leaf.pem
works "and the TSA's, for timestamps" openssl verify -x509_strict -purpose timestampsign \
    -attime "$(epoch "$now")" -CAfile root.pem -untrusted chain.pem tsa.pem
works "the chain file is leaf, then intermediate" sh -c \
    'openssl storeutl -noout -certs alice.pem | grep -c "^[0-9]: Certificate"'
holds "and no root" [ "$(grep -c BEGIN alice.pem)" -eq 2 ]

text_of() {
    openssl x509 -in "$1" -noout -text -certopt no_pubkey,no_sigdump -nameopt sep_comma_plus_space
}

# has CERTIFICATE CLAIM LINE [NEXT LINE]: after LINE comes NEXT LINE, both without leading blanks.
has() {
    text_of "$1" | sed 's/^ *//; s/ *$//' >text
    if [ $# -eq 4 ]; then
        holds "$2" sh -c 'grep -A1 -F -x -e "$0" text | grep -q -F -x -e "$1"' "$3" "$4"
    else
        holds "$2" grep -q -F -x -e "$3" text
    fi
}

has root.pem "root: version 3" "Version: 3 (0x2)"
has root.pem "root: ECDSA with SHA-256" "Signature Algorithm: ecdsa-with-SHA256"
has root.pem "root: a CA above one more, critical" "X509v3 Basic Constraints: critical" "CA:TRUE, pathlen:1"
has root.pem "root: signs certificates, lists, and its bundle" "X509v3 Key Usage: critical" \
    "Digital Signature, Certificate Sign, CRL Sign"
has intermediate.pem "intermediate: a CA above none, critical" "X509v3 Basic Constraints: critical" \
    "CA:TRUE, pathlen:0"
has intermediate.pem "intermediate: signs certificates and lists only" "X509v3 Key Usage: critical" \
    "Certificate Sign, CRL Sign"
has intermediate.pem "intermediate: number 1 of the root" "$arc.3:" "..."
has leaf.pem "leaf: no CA" "X509v3 Basic Constraints: critical" "CA:FALSE"
has leaf.pem "leaf: digital signature only, critical" "X509v3 Key Usage: critical" "Digital Signature"
has leaf.pem "leaf: code signing only, critical" "X509v3 Extended Key Usage: critical" "Code Signing"
has leaf.pem "leaf: the team is the organizationalUnit" \
    "Subject: O=Example Corp, OU=wonderland, CN=Alice"
has leaf.pem "leaf: issued by the intermediate" "Issuer: O=Example Corp, CN=Example Corp Code Signing CA"
has leaf.pem "leaf: begins now" "Not Before: Mar  1 12:00:00 2026 GMT"
has leaf.pem "leaf: for one year" "Not After : Mar  1 12:00:00 2027 GMT"
has tsa.pem "TSA: timestamps only, critical" "X509v3 Extended Key Usage: critical" "Time Stamping"
has online.pem "an OCSP address stands in the certificate that asked for it" \
    "OCSP - URI:http://ocsp.example.com/x"
for certificate in root.pem intermediate.pem leaf.pem tsa.pem; do
    held=yes
    text_of $certificate | grep -q -i 'ocsp\|http' || held=no
    holds "and no address at all in $certificate" [ "$held" = no ]
done
for url in 'ftp://x/' 'http://' 'http://ocsp.example.com/a b' 'javascript:alert(1)'; do
    refuses 64 "ocsp: wanted an http or https URL" "\"$url\" is no OCSP address" \
        w ca issue Nobody --out nobody --insecure-plain-key --ocsp "$url"
done
holds "and leaves no key behind" [ ! -e nobody.key ]

for pair in root:root intermediate:root leaf:intermediate tsa:intermediate; do
    openssl x509 -in "${pair%:*}.pem" -noout -ext authorityKeyIdentifier 2>/dev/null |
        tr -cd '0-9A-F:\n' | grep ..:..:.. | tr -d ':' >aki
    openssl x509 -in "${pair#*:}.pem" -noout -ext subjectKeyIdentifier 2>/dev/null |
        tr -cd '0-9A-F:\n' | grep ..:..:.. | tr -d ':' >ski
    holds "${pair%:*}: its authority key id is the subject key id of ${pair#*:}" \
        sh -c '[ "$(wc -c <ski)" -eq 41 ] && cmp -s aki ski'
done

# The number as DER: an INTEGER under writ's arc, not critical.
number_of() {
    openssl asn1parse -in "$1" | grep -A1 ":$arc.3\$" | sed -n 's/.*OCTET STRING *\[HEX DUMP\]://p'
}
query "SELECT number FROM certificates WHERE name IN ('Alice', 'Stamper', 'Online') ORDER BY id" >out
prints "numbers are dense" "1
2
3"
holds "and stand in the certificates" \
    [ "$(number_of leaf.pem) $(number_of tsa.pem) $(number_of online.pem)" = "020101 020102 020103" ]
holds "the root has none" sh -c '! openssl asn1parse -in root.pem | grep -q "'"$arc"'"'
serial=$(openssl x509 -in leaf.pem -noout -serial | sed 's/serial=//')
holds "serial numbers are 16 random bytes, positive" \
    sh -c 'expr "$0" : "[0-7][0-9A-F]\{31\}$" >/dev/null' "$serial"
finish
