#!/bin/sh
# Goal of this test: each kind of bad input is told from every other: an exit code, a word for
# programs, and one sentence that names what is wrong.
#
# Certificates and signatures are made with openssl, seals with tests/helpers/forgeseal; the root is
# trusted and has no feed, so that what is sound is allowed with --allow-uncovered, and only that.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

begin_journey

# bad OUTCOME WHY EXIT CLAIM WORDS FILE [OPTION...]: the verdict, and one sentence with these words.
bad() {
    bad_words=$5
    bad_claim=$4
    bad_three="$1 $2 $3"
    shift 5
    # shellcheck disable=SC2086 # three words
    judged $bad_three "$bad_claim" "$@" --allow-uncovered
    field '.results[0].reason' >reason
    holds "  and says: $bad_words" grep -q -- "$bad_words" reason
    grep -q -- "$bad_words" reason || sed 's/^/# /' reason
    holds '  in one line, without a full stop' sh -c \
        '[ "$(wc -l <reason)" -eq 1 ] && ! grep "\.$" reason'
}
sound() {
    judged allowed uncovered-passes 0 "$@" --allow-uncovered
}

# ------------------------------------------------------------------------ no file to be looked at

# unlookable EXIT CLAIM WORDS FILE: a fault, at once, of every command that reads programs.
unlookable() {
    for command in verify why 'sign --key alice' 'seal extract' 'seal strip' show; do
        # shellcheck disable=SC2086 # words
        exits "$1" "$2: $command" timeout 10 writ --at "$now" $command "$4"
        holds "  and says: $3" grep -q "^writ: .*$3" err
        holds '  in one line' [ "$(wc -l <err)" -eq 1 ]
    done
}
mkdir folder
mkfifo fifo
ln -s loop2 loop1
ln -s loop1 loop2
ln -s nowhere dangling
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
unlookable 66 'nothing there' 'No such file or directory' nowhere
unlookable 66 'a directory' 'folder is a directory; a regular file was wanted' folder
unlookable 66 'a FIFO, which does not block' 'fifo is a FIFO; a regular file was wanted' fifo
unlookable 66 'a device' '/dev/zero is a character device; a regular file was wanted' /dev/zero
unlookable 66 'a socket' 'socket is a socket; a regular file was wanted' socket
unlookable 66 'a loop of symbolic links' 'Too many levels of symbolic links' loop1
unlookable 66 'a symbolic link to nothing' 'No such file or directory' dangling
unlookable 66 'a name that is too long' 'File name too long' "$(printf '%0300d' 0)"
unlookable 66 'a file as a directory' 'Not a directory' alice.pem/file
exits 66 'an empty name is no file' w verify ''

: >empty
printf x >one
head -c 100 /dev/urandom >noise
bad unsigned no-seal 6 'an empty file is unsigned' 'no seal' empty
bad unsigned no-seal 6 'a file of one byte is unsigned' 'no seal' one
bad unsigned no-seal 6 'noise is unsigned' 'no seal' noise
for file in empty one noise; do
    must w sign "$file" --key alice
    allowed "$file can be sealed" "$file"
done
if [ "$(id -u)" = 0 ] && [ -z "$(missing setpriv)" ]; then
    cp "$build/prog/writ/writ" .
    cp /bin/true unreadable
    chmod 700 unreadable
    chmod 711 "$dir"
    chmod -R go+rX "$WRIT_ROOT"
    exits 77 'an unreadable file could not be looked at' setpriv --reuid 65534 --regid 65534 \
        --clear-groups "$dir/writ" verify unreadable
    says 'and writ says so' 'writ: cannot read unreadable: Permission denied'
elif [ "$(id -u)" != 0 ]; then
    cp /bin/true unreadable
    chmod 0 unreadable
    exits 77 'an unreadable file could not be looked at' writ verify unreadable
    says 'and writ says so' 'writ: cannot read unreadable: Permission denied'
else
    skips 'an unreadable file could not be looked at' 'setpriv is not installed'
fi

# ----------------------------------------------------------------------- a CA made with openssl

at 2026-03-01T12:00:00Z
OPENSSL_CONF=/dev/null
export OPENSSL_CONF
mkdir ca
: >ca/index
cat >ca/cnf <<'END'
[ca]
default_ca = here
[here]
database = ca/index
new_certs_dir = ca
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
email_in_dn = no
[any]
organizationName = optional
organizationalUnitName = optional
commonName = optional
[req]
distinguished_name = empty
[empty]
[ids]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, codeSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, serverAuth
[any-purpose]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, anyExtendedKeyUsage
[not-critical]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
[no-purpose]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
[no-signatures]
basicConstraints = critical, CA:FALSE
keyUsage = critical, keyAgreement
extendedKeyUsage = critical, codeSigning
[no-usage]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, codeSigning
[ca-that-signs]
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
extendedKeyUsage = critical, codeSigning
[unknown-critical]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, codeSigning
1.2.3.4.5 = critical, DER:0500
[unknown]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, codeSigning
1.2.3.4.5 = DER:0500
END

key() {
    must openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2:-P-256}" -out "$1.key"
}
# certificate NAME KEY ISSUER EXTENSIONS SUBJECT [OPTION...]: NAME.pem; ISSUER self for a root.
certificate() {
    made=$1
    issuer=$3
    extensions=$4
    must openssl req -new -config ca/cnf -key "$2.key" -subj "$5" -out made.csr
    shift 5
    if [ "$issuer" = self ]; then
        set -- -selfsign -keyfile "$made.key" "$@"
    else
        set -- -cert "$issuer.pem" -keyfile "$issuer.key" "$@"
    fi
    must openssl ca -config ca/cnf -batch -notext -in made.csr -extensions "$extensions" \
        -startdate 20260101000000Z -enddate 20300101000000Z "$@" -out "$made.pem"
}
for name in root above leaf deep; do key $name; done
certificate root root self root '/O=Forged/CN=Forged Root'
certificate above above root intermediate '/O=Forged/CN=Forged CA'
alice='/O=Forged/OU=smiths/CN=Smith'
certificate leaf leaf above leaf "$alice"

must openssl pkcs8 -topk8 -nocrypt -in root.key -outform DER -out root.der
must helper forgefeed new feed.key
helper forgefeed bundle root.der root.pem 1 forged-0 "$(helper forgefeed public feed.key)" >bundle
must w trust add bundle --fingerprint \
    "$(openssl x509 -in root.pem -outform DER | sha256sum | cut -d ' ' -f 1)"

tiny_program tiny
cp tiny sample
must w sign sample --key alice
must w seal extract sample --out sample.parts
code_directory=$(openssl asn1parse -inform DER -in sample.parts/codedirectory |
    sed -n 's/.*OBJECT *://p' | head -n 1)

# signed KEY CERTIFICATE ABOVE [OPTION...]: the file cms over the file directory.
signed() {
    by_key=$1
    by=$2
    above=$3
    shift 3
    must openssl cms -sign -binary -outform DER -md sha256 -nosmimecap -signer "$by.pem" \
        -inkey "$by_key.key" -certfile "$above" -in directory -out cms "$@"
}
# as KIND TEAM FLAGS: the file directory, for tiny.
as() {
    helper forgeseal directory "$1" tiny "$2" "$3" tiny >directory
}
# sealed: the file sealed, of directory and cms.
sealed() {
    helper forgeseal seal directory cms - >seal.der
    helper forgeseal tail tiny seal.der >sealed
}
usual="-cades -econtent_type $code_directory"
# by NAME [ABOVE]: sealed by that certificate, in the usual form.
by() {
    as program smiths 0
    # shellcheck disable=SC2086 # words
    signed "${3:-leaf}" "$1" "${2:-above.pem}" $usual
    sealed
}

by leaf
sound 'a seal made with openssl and forgeseal is a seal' sealed
cp cms cms.good
cp directory directory.good
cp sealed sealed.good
cp seal.der seal.good

# ------------------------------------------------------------------------------- the signature

# with CLAIM OPTION...: signed by the good leaf with these options of openssl cms.
with() {
    as program smiths 0
    signed leaf leaf above.pem "$@"
    sealed
}
certificate second leaf above leaf '/O=Forged/OU=smiths/CN=Second'
# shellcheck disable=SC2086 # words
{
    with $usual -signer second.pem -inkey leaf.key
    bad malformed malformed 3 'two SignerInfos' 'more than the one SignerInfo wanted' sealed
    with -econtent_type "$code_directory" -noattr
    bad malformed malformed 3 'no signed attributes' 'signed attributes are missing' sealed
    with -econtent_type "$code_directory"
    bad malformed malformed 3 'no signingCertificateV2' 'signingCertificateV2 is not signed' sealed
    with $usual -nodetach
    bad malformed malformed 3 'content inside the signature' 'carries content' sealed
    with -cades
    bad malformed malformed 3 'a signature over data' 'version 1, wanted 3' sealed
    with -cades -econtent_type 1.2.3
    bad malformed malformed 3 'a signature over something else' 'not over a code directory' sealed
    with $usual -nocerts
    bad untrusted bad-signature 3 'no certificate of the signer' \
        "the signer's certificate is not in the signature" sealed
    with $usual -md sha1
    bad malformed malformed 3 'an old signingCertificate' 'signingCertificateV2 is not signed' \
        sealed
    with $usual -md sha384
    sound 'SHA-384 is accepted' sealed
    with $usual -keyid
    sound 'a signer named by key identifier is accepted' sealed
    cat above.pem >many.pem
    for i in 1 2 3 4 5 6 7; do
        certificate "more$i" leaf above leaf "/O=Forged/OU=smiths/CN=More $i"
        cat "more$i.pem" >>many.pem
    done
    with $usual -certfile many.pem
    bad malformed malformed 3 'more than eight certificates' 'certificates: more than 8' sealed
}
# Surgery on DER and on tails: the file given, changed as the statement in argument 2 says.
cat >cut.py <<'END'
"""cut.py IN STATEMENT: writes IN with STATEMENT done to it, which finds b (a bytearray) and the
functions below."""
import sys

def length(n):
    return bytes([n]) if n < 128 else b"\x81" + bytes([n]) if n < 256 else b"\x82" + n.to_bytes(2, "big") if n < 65536 else \
        b"\x83" + n.to_bytes(3, "big")

def element(tag, contents):
    return bytes([tag]) + length(len(contents)) + contents

def parts(b):
    """The elements inside the first element of b."""
    def header(at):
        n = b[at + 1]
        return (2, n) if n < 128 else (2 + n - 128, int.from_bytes(b[at + 2 : at + 2 + n - 128], "big"))
    size, n = header(0)
    at, end, found = size, size + n, []
    while at < end:
        size, n = header(at)
        found.append(bytes(b[at : at + size + n]))
        at += size + n
    return found

def tail(content, seal, pad=None, seal_length=None, content_length=None):
    pad = b"\0" * (-len(content) % 8) if pad is None else pad
    return content + pad + seal + b"\x97writ-tail/v1\r\n\x1a" + \
        (len(seal) if seal_length is None else seal_length).to_bytes(8, "big") + \
        (len(content) if content_length is None else content_length).to_bytes(8, "big")

def operate():
    where = dict(globals(), b=bytearray(open(sys.argv[1], "rb").read()))
    exec(sys.argv[2], where)
    sys.stdout.buffer.write(where["b"])

if __name__ == "__main__":
    operate()
END
# Signed attributes that openssl does not make: the good signature's, changed and signed again.
cat >resign.py <<'END'
"""resign.py STATEMENT: cms.good with STATEMENT done to attributes (a dictionary of the elements by
the last byte of their type: 3 contentType, 4 messageDigest, 5 signingTime, 0x2f
signingCertificateV2), digest and order, signed again with leaf.key."""
import hashlib, subprocess, sys
from cut import element, parts

OID = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09"
DIGESTS = {"sha256": bytes.fromhex("300b0609608648016503040201"), "sha1": bytes.fromhex("300706052b0e03021a")}
ECDSA = {"sha256": bytes.fromhex("300a06082a8648ce3d040302"), "sha1": bytes.fromhex("300906072a8648ce3d0401")}

def attribute(kind, value):
    return element(0x30, OID + bytes([kind]) + element(0x31, value))

info = parts(open("cms.good", "rb").read())
data = parts(parts(info[1])[0])
signer = parts(parts(data[4])[0])
attributes = {}
for one in parts(signer[3]):
    kind = parts(one)[0]
    attributes[kind[-1]] = one
digest, order = "sha256", sorted
before = dict(attributes)
exec(sys.argv[1])
if attributes.get(4) == before[4]:
    attributes[4] = attribute(4, element(4, hashlib.new(digest, open("directory", "rb").read()).digest()))
contents = b"".join(order(attributes.values()))
signature = subprocess.run(["openssl", "dgst", "-" + digest, "-sign", "leaf.key"], check=True,
                           input=element(0x31, contents), capture_output=True).stdout
signer = element(0x30, signer[0] + signer[1] + DIGESTS[digest] + element(0xA0, contents) +
                 ECDSA[digest] + element(4, signature))
data = element(0x30, data[0] + element(0x31, DIGESTS[digest]) + data[2] + data[3] +
               element(0x31, signer))
sys.stdout.buffer.write(element(0x30, info[0] + element(0xA0, data)))
END
resigned() {
    cp directory.good directory
    must python3 resign.py "$1"
    python3 resign.py "$1" >cms
    sealed
}
resigned 'pass'
sound 'the good attributes, signed again, are good' sealed
resigned 'digest = "sha1"'
bad untrusted bad-signature 3 'a SHA-1 signature' 'which writ does not accept' sealed
resigned 'del attributes[5]'
bad malformed malformed 3 'no signingTime' 'signingTime is not signed' sealed
resigned 'del attributes[3]'
bad malformed malformed 3 'no contentType' 'contentType, .* is not signed' sealed
resigned 'attributes[3] = attribute(3, bytes.fromhex("06092a864886f70d010701"))'
bad untrusted bad-signature 3 'another contentType' \
    'the signed contentType is not that of the content' sealed
resigned 'attributes[4] = attribute(4, element(4, b"x" * 32))'
bad untrusted bad-signature 3 'another messageDigest' 'messageDigest is not the digest' sealed
resigned 'for one in parts(data[3]):
    attributes[0x2f] = attributes[0x2f].replace(hashlib.sha256(one).digest(), b"x" * 32)'
bad untrusted bad-signature 3 'signingCertificateV2 of another certificate' \
    'signingCertificate binds another certificate' sealed
resigned 'attributes[6] = attribute(6, element(4, b"x"))'
sound 'a signed attribute that nobody knows restricts nothing' sealed
resigned 'order = lambda a: sorted(a, reverse=True)'
bad malformed malformed 3 'attributes that are not in DER order' 'not in DER order' sealed
resigned 'attributes[0] = attribute(5, element(0x17, b"200101000000Z"))'
bad malformed malformed 3 'an attribute twice' 'the same attribute stands twice' sealed

# The same elements with lengths that are not definite, as openssl reads them and we do not.
cat >ber.py <<'END'
import sys
der = open(sys.argv[1], "rb").read()
assert der[:2] == b"\x30\x82"
sys.stdout.buffer.write(b"\x30\x80" + der[4:] + b"\0\0")
END
python3 ber.py cms.good >cms
cp directory.good directory
must openssl cms -verify -binary -inform DER -in cms -content directory -purpose any \
    -CAfile root.pem -attime "$(date -d 2026-03-01 +%s)" -out /dev/null
sealed
bad malformed malformed 3 'BER' 'indefinite length (BER)' sealed

cp cms.good cms
printf x >>directory
helper forgeseal seal sample.parts/codedirectory cms.good - >seal.der
helper forgeseal tail tiny seal.der >sealed
bad untrusted bad-signature 3 'a signature over another code directory' \
    'messageDigest is not the digest of what was signed' sealed

# -------------------------------------------------------------------------------- certificates

# certified OUTCOME WHY CLAIM WORDS EXTENSIONS [SUBJECT [OPTION...]]: by a leaf of this form.
certified() {
    claims_of="$1 $2 3"
    what=$3
    words=$4
    form=$5
    subject=${6:-$alice}
    [ $# -lt 6 ] || shift
    shift 5
    certificate odd leaf above "$form" "$subject" "$@"
    by odd
    # shellcheck disable=SC2086 # three words
    bad $claims_of "$what" "$words" sealed
}
certified untrusted dates 'an expired certificate' 'ended at 2026-02-01T00:00:00Z' leaf "$alice" \
    -enddate 20260201000000Z
certified untrusted dates 'a certificate that is not valid yet' 'begins at 2026-04-01T00:00:00Z' \
    leaf "$alice" -startdate 20260401000000Z
certified untrusted purpose "a server's certificate" 'lacks the critical purpose codeSigning' server
certified untrusted purpose 'a certificate for anything' 'lacks the critical purpose' any-purpose
certified untrusted purpose 'a purpose that is not critical' 'lacks the critical purpose' \
    not-critical
certified untrusted purpose 'a certificate without purpose' 'lacks the critical purpose' no-purpose
certified untrusted purpose 'a key that may not sign' 'keyUsage does not allow' no-signatures
certified untrusted purpose 'a certificate without keyUsage' 'keyUsage does not allow' no-usage
certified untrusted no-path 'an unknown critical extension' 'critical extension' unknown-critical
certified untrusted team 'a certificate of two teams' 'names 2 teams' leaf \
    '/O=Forged/OU=smiths/OU=others/CN=Smith'
certified untrusted team 'a certificate of no team' 'names 0 teams' leaf '/O=Forged/CN=Smith'
certified untrusted weak 'a certificate signed with SHA-1' 'signature digest algorithm too weak' \
    leaf "$alice" -md sha1
certificate odd leaf above unknown "$alice"
by odd
sound 'an unknown extension that is not critical is none of our business' sealed

# under CLAIM WHY WORDS: odd.pem is signed by a certificate of this kind, which is sent along.
certificate leafy deep above leaf '/O=Forged/CN=Leaf as CA'
certificate odd leaf leafy leaf "$alice" -keyfile deep.key
cat leafy.pem above.pem >chain.pem
by odd chain.pem
bad untrusted no-path 3 'a leaf as CA' 'no path to a trusted root: .*CA' sealed
certificate below deep above intermediate '/O=Forged/CN=Too deep'
certificate odd leaf below leaf "$alice" -keyfile deep.key
cat below.pem above.pem >chain.pem
by odd chain.pem
bad untrusted no-path 3 'a path that is too long (pathLenConstraint)' 'path length' sealed
certificate late deep root intermediate '/O=Forged/CN=Late' -enddate 20260201000000Z
certificate odd leaf late leaf "$alice" -keyfile deep.key
by odd late.pem
bad untrusted dates 3 'an expired CA' 'certificate of Late, Forged ended' sealed
certificate signs leaf root ca-that-signs "$alice"
by signs
bad untrusted purpose 3 "a CA's certificate that signs code" "the certificate is a CA's" sealed
by leaf root.pem
bad untrusted no-path 3 'an intermediate that is not there' 'no path to a trusted root' sealed
key false
certificate false false self root '/O=Forged/CN=Forged Root'
certificate odd leaf false leaf "$alice"
by odd false.pem
bad untrusted no-path 3 'another root of the same name' 'no path to a trusted root' sealed
certificate odd leaf root leaf "$alice"
by odd root.pem
sound 'a leaf right under the root, with the root sent along, is fine' sealed
by leaf
must openssl req -x509 -config ca/cnf -key leaf.key -subj "$alice" -days 10 -out selfmade.pem
by selfmade root.pem
bad untrusted no-path 3 'a certificate that signed itself' 'no path to a trusted root' sealed

# strength CLAIM OUTCOME... of a key of this kind
key p384 P-384
certificate odd p384 above leaf "$alice"
by odd above.pem p384
sound 'P-384 is accepted' sealed
key p521 P-521
certificate odd p521 above leaf "$alice"
by odd above.pem p521
bad untrusted weak 3 'a curve that is not on the list' 'is not one that writ accepts' sealed
must openssl genrsa -out rsa.key 2048
certificate odd rsa above leaf "$alice"
by odd above.pem rsa
sound 'RSA with 2048 bits is accepted' sealed
# shellcheck disable=SC2086 # words
signed rsa odd above.pem $usual -keyopt rsa_padding_mode:pss
sealed
bad untrusted bad-signature 3 'RSA-PSS is not' 'which writ does not accept' sealed
must openssl genrsa -out rsa.key 1024
certificate odd rsa above leaf "$alice"
by odd above.pem rsa
bad untrusted weak 3 'RSA with 1024 bits is too short' 'key too weak' sealed

# ------------------------------------------------------------------------------ code directory

# claims KIND TEAM FLAGS: sealed by the good leaf with this code directory.
claiming() {
    as "$@"
    # shellcheck disable=SC2086 # words
    signed leaf leaf above.pem $usual
    sealed
}
claiming program jones 0
bad untrusted team 3 "another developer's team" 'claims the team "jones"' sealed
claiming program smiths 1
bad malformed critical-flag 3 'a critical flag' 'critical flags 0x1 are not known' sealed
claiming data smiths 0
bad untrusted kind 3 'a data seal on a program' 'sealed as data, and the file is ELF program' sealed
claiming manifest smiths 0
bad untrusted kind 3 'a manifest seal on a program' 'sealed as manifest' sealed
claiming script smiths 0
bad untrusted kind 3 'a script seal on a program' 'sealed as script' sealed
claiming library smiths 0
bad untrusted kind 3 'a library seal on a program that is none' 'sealed as library' sealed
claiming 6 smiths 0
bad malformed malformed 3 'a kind that nobody knows' 'unknown kind 6' sealed
claiming 0 smiths 0
bad malformed malformed 3 'a kind that is none' 'unknown kind 0' sealed
claiming program "$(printf '%065d' 0)" 0
bad malformed malformed 3 'a team that is too long' 'team' sealed
claiming program '' 0
bad malformed malformed 3 'a team that is empty' 'team' sealed
claiming program "$(printf 'a\nb')" 0
bad malformed malformed 3 'a team with a line break' 'team' sealed

# of FILE KIND: a seal beside it.
beside() {
    helper forgeseal directory "$2" x smiths 0 "$1" >directory
    # shellcheck disable=SC2086 # words
    signed leaf leaf above.pem $usual
    helper forgeseal seal directory cms - >"$1.writ"
}
printf '#!/bin/sh\n' >script
beside script script
sound 'a script seal on a script' script
beside script data
bad untrusted kind 3 'a data seal on a script' 'sealed as data, and the file is script' script
beside script program
bad untrusted kind 3 'a program seal on a script' 'sealed as program' script
echo data >data
beside data data
sound 'a data seal on data' data
beside data script
bad untrusted kind 3 'a script seal on data' 'sealed as script, and the file is data' data

# Linux executes this on x86-64, though it says that it is a file of 32 bits, most significant byte
# first, and is an object when it is read like that.
cat >disguise.py <<'END'
import struct, sys
b = bytearray(0x10000 + 56)
b[0:16] = b"\x7fELF\1\2\1" + bytes(9)
struct.pack_into("<HHIQQQIHHHHHH", b, 16, 2, 62, 1, 0x400200, 0x10000, 0, 0, 0, 56, 1, 0, 0, 0)
struct.pack_into(">HHHHH", b, 40, 52, 32, 0, 40, 1)
struct.pack_into("<IIQQQQQQ", b, 0x10000, 1, 5, 0, 0x400000, 0x400000, len(b), len(b), 0x1000)
b[0x200:0x20c] = bytes.fromhex("b83c000000bf070000000f05")
sys.stdout.buffer.write(b)
END
python3 disguise.py >disguised
chmod +x disguised
if [ "$(uname -m)" = x86_64 ]; then
    exits 7 'a program in disguise runs' ./disguised
fi
beside disguised data
bad untrusted kind 3 'a data seal on a program in disguise' \
    "its headers are a program's in another class or byte order" disguised

# ------------------------------------------------------------------------------------- the seal

# cut STATEMENT: the good seal, changed so, as the tail of tiny.
cut() {
    python3 cut.py seal.good "$1" >seal.der
    helper forgeseal tail tiny seal.der >sealed
}
cut 'pass'
sound 'the surgeon changes nothing by herself' sealed
cut 'b = b[:-1]'
bad malformed malformed 3 'a truncated seal' 'seal' sealed
cut 'b = b[:700]'
bad malformed malformed 3 'half a seal' 'seal' sealed
cut 'b = b[:1]'
bad malformed malformed 3 'a seal of one byte' 'seal' sealed
cut 'b += b"\0"'
bad malformed malformed 3 'a byte after the seal' 'seal' sealed
cut 'p = parts(b); b = element(0x30, p[0] + b"\2\1\2" + p[2])'
bad malformed malformed 3 'a seal of another version' 'version 2, this writ reads 1' sealed
cut 'p = parts(b); b = element(0x30, p[0] + p[1] + p[2] + b"\5\0")'
bad malformed malformed 3 'a seal with more in it' 'trailing bytes after seal' sealed
cut 'p = parts(b); b = element(0x30, p[0] + p[1] + element(0x30, b""))'
bad malformed malformed 3 'a seal without an entry' 'Entry' sealed
cut 'p = parts(b); b = element(0x30, p[0] + p[1] + element(0x30, parts(p[2])[0] * 8))'
sound 'a seal with eight entries' sealed
cut 'p = parts(b); b = element(0x30, p[0] + p[1] + element(0x30, parts(p[2])[0] * 9))'
bad malformed malformed 3 'a seal with nine entries' 'entries: more than 8' sealed
# extra CONTENTS: the good seal's entry with these unsigned extras.
extra() {
    cut "p = parts(b); e = parts(parts(p[2])[0] and p[2])[0]; e = element(0x30, b''.join(parts(e)) +
element(0xa0, $1)); b = element(0x30, p[0] + p[1] + element(0x30, e))"
}
extra 'element(0x30, b"\2\1\3\4\1x")'
bad malformed malformed 3 'an extra of another type' \
    'extra of type 3, which this writ does not know' sealed
extra 'b""'
bad malformed malformed 3 'extras that are empty' 'extras: present and empty' sealed
extra 'element(0x30, b"\2\1\1\4\1x") * 2'
bad malformed malformed 3 'two timestamps' 'two timestamps in one entry' sealed
extra 'element(0x30, b"\2\1\1\4\1x")'
bad untrusted timestamp 3 'a timestamp that is none' 'timestamp: ' sealed

# Entries stand alone.
claiming program jones 0
cp directory directory.bad
cp cms cms.bad
helper forgeseal seal directory.bad cms.bad - directory.good cms.good - >seal.der
helper forgeseal tail tiny seal.der >sealed
sound 'one entry that passes whole is enough' sealed
helper forgeseal seal directory.bad cms.good - directory.good cms.bad - >seal.der
helper forgeseal tail tiny seal.der >sealed
bad untrusted bad-signature 3 'halves of two entries are no entry' 'messageDigest' sealed

# ------------------------------------------------------------------------------------- the tail

# tailed STATEMENT: b is tiny; seal is the good seal.
tailed() {
    python3 cut.py tiny "seal = open('seal.good', 'rb').read(); b = bytes(b); $1" >sealed
}
tailed 'b = tail(b, seal)'
sound 'a tail by hand' sealed
cp /bin/true other
bad modified content-changed 3 "another file's seal" 'bytes were sealed, the file has' other \
    --seal seal.good
tailed 'b = tail(b + b"x", seal)'
bad malformed malformed 3 'a byte more' 'a tail behind 1 bytes that follow the end' sealed
tailed 'b = tail(tail(b, seal), seal)'
bad malformed malformed 3 'two trailers' 'two trailers: the content ends in a seal as well' sealed
tailed 'b = tail(b + b"xyz", seal, b"\0\0\1\0\0")'
bad malformed malformed 3 'a pad that is not zero' 'pad before the seal' sealed
tailed 'b = tail(b, seal, b"\0" * 8)'
bad malformed malformed 3 'a pad that is too long' 'do not add up' sealed
tailed 'b = tail(b, seal, seal_length=len(seal) - 1)'
bad malformed malformed 3 'a seal length that is short' 'do not add up' sealed
tailed 'b = tail(b, seal, content_length=len(b) + 8)'
bad malformed malformed 3 'a content length that is long' 'do not add up' sealed
tailed 'b = tail(b, seal, content_length=2**64 - 8)'
bad malformed malformed 3 'a content length that would overflow' 'do not add up' sealed
tailed 'b = tail(b, seal, seal_length=2**64 - 8)'
bad malformed malformed 3 'a seal length that would overflow' 'wanted 1 to 1048576' sealed
tailed 'b = tail(b, b"")'
bad malformed malformed 3 'a tail without a seal' 'a seal of 0 bytes, wanted 1 to' sealed
tailed 'b = tail(b, seal + b"\0" * (1048577 - len(seal)))'
bad malformed malformed 3 'a seal over its ceiling' 'a seal of 1048577 bytes, wanted 1 to 1048576' \
    sealed
tailed 'b = tail(b, seal + b"\0" * (1048576 - len(seal)))'
bad malformed malformed 3 'one at its ceiling is read, and is no seal' 'seal' sealed
tailed 'b = tail(b"", seal)'
bad malformed malformed 3 'a tail on nothing' 'a tail on a file that is no ELF' sealed
tailed 'b = tail(b"", seal)[-32:]'
bad malformed malformed 3 'a trailer alone' 'do not add up' sealed
tailed 'b = tail(b"#!/bin/sh\n", seal)'
bad malformed malformed 3 'a tail on a script' 'a tail on a file that is no ELF' sealed
tailed 'b = tail(b"data", seal)'
bad malformed malformed 3 'a tail on data' 'a tail on a file that is no ELF' sealed

# A self-extractor looks for its archive behind itself, and anybody can make a tail of a detached seal
# and put bytes of his own into it.
cp tiny extractor
printf archive >>extractor
must w sign extractor --key alice
must rm -rf parts
allowed 'a program with an archive behind it, and its seal beside it' extractor
must w seal extract extractor --out parts
helper forgeseal tail extractor parts/seal.der >sealed
bad malformed malformed 3 'its seal moved into a tail' \
    'a tail behind 7 bytes that follow the end of the ELF file' sealed

# ELF whose headers name bytes beyond the content: p_filesz of the first segment (64-bit), e_shnum.
tailed 'n = 64 + 32; b = tail(b[:n] + (2**40).to_bytes(8, "little") + b[n + 8:], seal)'
bad malformed malformed 3 'an ELF segment beyond the content' \
    'ELF segment 0 reaches beyond the content' sealed
tailed 'n = 64 + 8; b = tail(b[:n] + (2**64 - 1).to_bytes(8, "little") + b[n + 8:], seal)'
bad malformed malformed 3 'an ELF segment that would overflow' 'reaches beyond the content' sealed
tailed 'b = tail(b[:40] + (len(b) - 8).to_bytes(8, "little") + b[48:60] + b"\5\0" + b[62:], seal)'
bad malformed malformed 3 'ELF section headers beyond the content' 'ELF' sealed
tailed 'b = tail(b[:20], seal)'
bad malformed malformed 3 'half an ELF header' 'ELF' sealed

# And what sign says to such files.
tailed 'n = 64 + 32; b = b[:n] + (2**40).to_bytes(8, "little") + b[n + 8:]'
exits 65 'an ELF file that does not hold together is not sealed' w sign sealed --key alice
holds 'and sign says why' grep -q 'ELF segment 0 reaches beyond the content' err
tailed 'b = tail(tail(b, seal), seal)'
exits 65 'nor one with a tail that does not' w sign sealed --key alice --replace
holds 'and sign says why' grep -q 'two trailers' err
exits 65 'nor is such a tail stripped' w seal strip sealed
for kind in data manifest script library; do
    exits 64 "a program is not sealed as $kind" w sign tiny --key alice --kind "$kind"
done
exits 64 'nor a script as a program' w sign script --key alice --kind program --replace

finish
