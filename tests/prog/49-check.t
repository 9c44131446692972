#!/bin/sh
# Goal of this test: writ check and writ scan say of real certificates what the filters on this
# device know, which file says so and how old it is; and what cannot be known is never called good.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_unless openssl jq nginx

make_world
cd "$tls" || exit 1

# of FILTER: jq finds it true of the JSON in the file out.
of() {
    jq -e "$1" out >/dev/null
}
line() {
    grep -q "$1" out
}

# ---- the answers ----

exits 0 'a certificate that the filters cover and do not list is good' writ check good.chain
holds 'the line names it, the source and its file, and ages, and that nobody was asked' \
    line '^good: good; test: .*, .* old; expires in \(29\|30\) days; network: none$'
exits 2 'a revoked one is revoked' writ check revoked.chain
holds 'and its serial is named' line '^revoked: revoked, serial 66; test: '
exits 4 'one that is newer than the filters is not covered' writ check uncovered.chain
holds 'and the line says why' line 'no filter covers the log and time of its timestamps'
exits 4 'one without a timestamp is not covered, though a filter asked about its serial would say revoked' \
    writ check bare.chain
holds 'for that reason' line 'it carries no timestamp of a certificate log'
exits 0 '--allow-uncovered lets pass what cannot be known' writ check --allow-uncovered bare.chain
exits 2 '--allow-uncovered lets no revoked one pass' writ check --allow-uncovered revoked.chain
exits 4 'a CA certificate is not asked of a filter' writ check issuer.pem --chain root.pem
holds 'because only OneCRL could list it' line 'which only OneCRL could list'

# ---- the same bytes in other forms ----

openssl x509 -in revoked.pem -outform DER -out revoked.der
openssl x509 -in issuer.pem -outform DER -out issuer.der
cat revoked.der issuer.der >both.der
exits 2 'DER, one certificate after the other' writ check both.der
exits 2 'DER, its issuer in another file' writ check revoked.der --chain issuer.pem
(cat revoked.key revoked.pem issuer.pem root.pem; echo 'some words') >bundle.pem
exits 2 'PEM with a key and words around it' writ check bundle.pem
code=0
writ check - <revoked.chain >out 2>err || code=$?
holds 'standard input' [ "$code" -eq 2 ]
exits 2 'of several the worst is the exit code' writ check good.chain revoked.chain uncovered.chain
holds 'and each has its line' [ "$(wc -l <out)" -eq 3 ]

# ---- the issuer ----

exits 66 'without its issuer nothing can be asked: a fault' writ check good.pem
holds 'that says which certificate is wanted, and no answer' \
    line '^could not look: good: the certificate of its issuer, issuer, is missing'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
    -subj /CN=issuer -days 9 -out impostor.pem 2>/dev/null
exits 3 'an issuer of the same name whose key did not sign it is untrusted' \
    writ check revoked.pem --chain impostor.pem
cat impostor.pem issuer.pem >both.pem
exits 2 'the impostor beside the true issuer changes nothing' \
    writ check revoked.pem --chain both.pem

# RSASSA-PSS, which web CAs may use; SHA-1, which they may not.
openssl req -x509 -newkey rsa:2048 -nodes -keyout pss.key -subj /CN=pss -days 9 -out pss.pem 2>/dev/null
for name in pss sha1; do
    padding='-sha1'
    [ "$name" = sha1 ] || padding='-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32'
    # shellcheck disable=SC2086
    openssl x509 -req -in good.csr -CA pss.pem -CAkey pss.key -set_serial 5 -days 9 $padding \
        -out signed.pem 2>/dev/null
    cat signed.pem pss.pem >"$name.chain"
done
exits 4 'the issuer of a certificate signed with RSASSA-PSS is found' writ check pss.chain
holds 'and what is missing is a timestamp' line 'it carries no timestamp'
exits 3 'one of SHA-1 proves nothing' writ check sha1.chain

# ---- what it is not ----

head -c 300 good.pem >cut.pem
exits 3 'a certificate that is cut off is malformed' writ check cut.pem
echo hello >words
exits 3 'a file without a certificate is malformed' writ check words
: >empty
exits 3 'an empty file is malformed' writ check empty
exits 66 'a missing file is a fault' writ check nowhere
exits 66 'a directory is a fault' writ check .
exits 64 '--connect without a server is a mistake' writ check --connect localhost good.chain
exits 64 'a URL without a host is a mistake' writ check https://
exits 2 'a fault beside a revoked certificate does not hide it' writ check nowhere revoked.chain

# Every byte of a revoked certificate changed: never good.
python3 - revoked.der issuer.pem <<'END' >changed
import subprocess, sys
der = open(sys.argv[1], "rb").read()
bad = 0
for i in range(0, len(der), 5):
    data = bytearray(der)
    data[i] ^= 1 << i % 8
    code = subprocess.run(["writ", "check", "-", "--chain", sys.argv[2]], input=bytes(data),
                          capture_output=True).returncode
    if code not in (2, 3, 4, 66):
        print(i, code)
END
holds 'no change of a byte makes a revoked certificate good' [ ! -s changed ]

# ---- JSON ----

exits 2 'JSON of two' writ check --json good.chain revoked.chain
holds 'has a schema, two results and the worst exit code' \
    of '.schema == 1 and (.results | length) == 2 and .exit == 2'
holds 'the outcome, its word and its exit code' \
    of '.results[1] | .outcome == "revoked" and .status == "revoked" and .exit == 2'
holds 'the chain with serials, dates, source, file and age' of '.results[1].chain[0] |
    .serial == "66" and .ca == false and .source == "test" and (.file | length) > 0 and
    .stale == false and .expired == false and (.age_seconds | type) == "number"'
holds 'and the CA above it' of '.results[1].chain[1] | .ca == true and .uncovered == "ca"'
exits 4 'JSON of one that is not covered' writ check --json bare.chain
holds 'says why in a word' of '.results[0].chain[0].uncovered == "no-sct"'
exits 3 'JSON of one that is malformed' writ check --json words
holds 'has a reason and no chain' of '.results[0] | .outcome == "malformed" and .chain == []'

# ---- time ----

exits 5 'after ten days "good" is stale' writ check --at "@$((now + 11 * 86400))" good.chain
holds 'and says so' line '^stale: good: not revoked as of filters that are too old'
exits 2 'and "revoked" is not' writ check --at "@$((now + 11 * 86400))" revoked.chain
make_filters $((now + 31 * 86400))
exits 4 'one that had expired before the filters were built is not covered' \
    writ check --at "@$((now + 31 * 86400))" revoked.chain
holds 'for that reason, and the line says that it has expired' \
    line 'it had expired before the filters were built.*; expired '
make_filters

# ---- OneCRL ----

python3 "$world" onecrl "$filters/onecrl" issuer.pem && make_filters
exits 2 'a CA certificate that OneCRL lists is revoked' writ check issuer.pem --chain root.pem
exits 2 'without its issuer as well, since OneCRL goes by names' writ check issuer.pem
exits 2 'and so is all that it issued' writ check good.chain
holds 'the line says which CA' line '^revoked: a CA above it is revoked: issuer, serial 1001; test: OneCRL'
exits 2 'a scan finds it' writ scan --certs .
holds 'among the CAs' line ': revoked: issuer, serial 1001; '
rm "$filters/onecrl" && make_filters

# ---- a device without filters, or with damaged ones ----

mv "$filters" aside
exits 4 'without filters nothing is covered' writ check revoked.chain
holds 'and the line says that there is no source' line 'there is no source of filters'
mv aside "$filters"
for filter in $(find "$filters" -type f -name '*filter*'); do
    flip "$filter" 40
done
run writ check revoked.chain
holds 'damaged filters answer nothing, and are named' [ "$code" -eq 4 ]
holds 'on standard error' grep -q '^writ: test: ' err
rm -r "$filters"
make_filters

# ---- a server ----

serve good revoked
exits 0 'a server is asked for its chain' writ check "https://localhost:$port_good"
holds 'and the line says so' line 'network: asked the server for its chain$'
exits 2 'and a revoked one is revoked' writ check "https://localhost:$port_revoked"
exits 2 '--connect goes there, and asks for the name in the URL' \
    writ check https://nowhere.invalid/path --connect "127.0.0.1:$port_revoked"
exits 69 'a server that is not there is a fault' writ check https://localhost:1
exits 69 'and one that speaks no TLS' writ check "https://localhost:$port_good" --starttls smtp \
    --connect "127.0.0.1:$port_good"
exits 64 'an unknown protocol is a mistake' writ check https://localhost --starttls pop3

# The words before TLS, as real servers say them (RFC 3207, 9051, 4511; PostgreSQL's protocol).
cat >words.py <<'END'
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("revoked.chain", "revoked.key")
def lines(c, *talk):
    for wanted, answer in talk:
        if wanted:
            line = b""
            while not line.endswith(b"\n"):
                line += c.recv(1)
            assert line.strip().upper().startswith(wanted), line
        c.sendall(answer)
def smtp(c):
    lines(c, (b"", b"220-mx\r\n220 mx ready\r\n"), (b"EHLO", b"250-mx\r\n250-PIPELINING\r\n250 STARTTLS\r\n"),
          (b"STARTTLS", b"220 go\r\n"))
def imap(c):
    lines(c, (b"", b"* OK [CAPABILITY STARTTLS] hi\r\n"), (b"A STARTTLS", b"* note\r\na OK begin\r\n"))
def ldap(c):
    assert b"1.3.6.1.4.1.1466.20037" in c.recv(100)
    c.sendall(bytes.fromhex("300c02010178070a010004000400"))
def postgres(c):
    assert c.recv(8) == bytes.fromhex("0000000804d2162f")
    c.sendall(b"S")
def refuse(c):
    lines(c, (b"", b"220 mx\r\n"), (b"EHLO", b"250 mx\r\n"), (b"STARTTLS", b"454 not now\r\n"))
def silent(c):
    while c.recv(4096): pass
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept()
    try:
        globals()[sys.argv[1]](c)
        context.wrap_socket(c, server_side=True).close()
    except Exception as error:
        print(error, file=sys.stderr)
END
for protocol in smtp imap ldap postgres; do
    python3 words.py $protocol >port 2>words.log &
    pids="$pids $!"
    python3 -c 'import time
while not open("port").read().strip(): time.sleep(0.01)'
    exits 2 "--starttls $protocol" writ check https://localhost --starttls $protocol \
        --connect "localhost:$(cat port)"
done
python3 words.py refuse >port 2>words.log &
pids="$pids $!"
python3 -c 'import time
while not open("port").read().strip(): time.sleep(0.01)'
exits 69 'a server that does not begin TLS is a fault' \
    writ check https://localhost --starttls smtp --connect "localhost:$(cat port)"
holds 'and its own words are told' grep -q '454 not now' err

python3 words.py silent >port 2>words.log &
pids="$pids $!"
python3 -c 'import time
while not open("port").read().strip(): time.sleep(0.01)'
code=0
timeout 20 env --block-signal=ALRM "$build/prog/writ/writ-fetch" chain localhost localhost \
    "$(cat port)" '' 300 >out 2>err 3>said || code=$?
holds 'one that says nothing is left in time, even where the alarm was blocked' [ "$code" -eq 69 ]

# ---- scan ----

mkdir -p disk/a/b disk/c
cp good.pem disk/a/server.pem
cp issuer.pem disk/a/b/chain.pem
cp revoked.der disk/c/old.cer
cp revoked.pem disk/c/copy.pem
cp words disk/c/words
cp cut.pem disk/c/cut.pem
exits 2 'a scan finds the revoked certificate, whatever its form' writ scan --certs disk
holds 'with the file it stands in, and that there is another' \
    line '^disk/c/copy.pem and 1 more: revoked: revoked, serial 66; '
holds 'the good one, whose issuer is in another file' line '^disk/a/server.pem: good: good; '
holds 'and counts' line '^2 certificates and 1 of CAs in .* 1 revoked, 1 good, 0 stale, 0 not covered'
holds 'what cannot be read is counted' grep -q '1 hold something that is no certificate' err
exits 0 'a scan of what is good' writ scan --certs disk/a
exits 2 'a scan in JSON' writ scan --certs --json disk
holds 'lists each certificate once, with its files' of '(.certificates | length) == 2 and
    ([.certificates[] | select(.outcome == "revoked")][0].files | length) == 2'
holds 'and counts' of '.counts.revoked == 1 and .counts.good == 1 and .counts.unreadable == 1'

# What cannot be read does not hide what stands behind it.
mkdir hiding
{ printf '%s\n' '-----BEGIN EC PRIVATE KEY-----' 'Proc-Type: 4,ENCRYPTED' 'DEK-Info: AES-128-CBC,00' \
    '' 'AAAA' '-----END EC PRIVATE KEY-----' && cat revoked.chain; } >hiding/bundle.pem
exits 2 'a certificate behind a key in an old form is found' writ scan --certs hiding
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' | cat - revoked.chain >hiding/bundle.pem
exits 2 'one behind a block without an end too' writ scan --certs hiding
python3 -c 'import sys
good, revoked = open("good.pem").read(), open("revoked.chain").read()
print(good * 1100 + revoked)' >hiding/bundle.pem
exits 2 'and one behind 1100 others, all in a file of a megabyte' writ scan --certs hiding
{ cat good.pem && head -c 1100000 /dev/zero | tr '\0' ' ' && cat revoked.chain; } >hiding/bundle.pem
exits 0 'a file with certificates that is too large' writ scan --certs hiding
holds 'is counted as one that was not read' grep -q '1 files could not be read' err
mkdir none
exits 0 'a folder without certificates' writ scan --certs none
exits 64 "scan wants to know for what" writ scan disk
exits 66 'a folder that is not there is a fault' writ scan --certs nowhere
cp bare.pem disk/a
exits 4 'what cannot be known is 4' writ scan --certs disk/a
exits 0 'unless it is allowed' writ scan --certs --allow-uncovered disk/a

finish
