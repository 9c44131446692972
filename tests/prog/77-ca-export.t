#!/bin/sh
# Goal of this test: what `writ ca export` writes is understood by programs that know nothing of writ.
# OpenSSL refuses exactly what is revoked, by a file and by a hashed directory; an nginx that was not
# changed closes its door on a client within one reload; numbers rise, deltas and partitions are what
# RFC 5280 wants of them.  And OpenSSL believes an OCSP answer that a responder's certificate signs.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/foreignca.sh"
absent=$(missing openssl jq sqlite3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
now=

# text FILE: the CRL as OpenSSL reads it.
text() {
    openssl crl -inform DER -in "$1" -noout -text 2>err
}
number() {
    openssl crl -inform DER -in "$1" -noout -crlnumber | sed 's/^crlNumber=0x//'
}
# verdict FILE OPTION...: OpenSSL's word with every certificate's CRL checked: OK, or its error number.
verdict() {
    judged_file=$1
    shift
    openssl verify -crl_check_all -purpose any "$@" "$judged_file" >verify.out 2>&1
    sed -n 's/^error \([0-9]*\) .*/\1/p; s/.*: OK$/OK/p' verify.out | head -1
}
comes_to() {
    found=$(verdict "$3" $4)
    [ "$found" = "$1" ] || sed 's/^/# /' verify.out
    holds "$2" [ "$found" = "$1" ]
}

# --- a CA of writ's own ---

make_ca
issue Alice alice
issue Bob bob
must w ca revoke Alice --reason superseded
works "a file of CRLs, a chain and a hashed directory" \
    w ca export --crl ca.crl --chain ca.pem --hashed-dir hashed --json
holds "two CRLs, and the files that were written" \
    [ "$(jq -c '[.crls, (.files | length)]' out)" = "[2,6]" ]
comes_to OK "OpenSSL: good, with the file" bob.pem "-CAfile ca.pem -CRLfile ca.crl"
comes_to 23 "OpenSSL: revoked, with the file" alice.pem "-CAfile ca.pem -CRLfile ca.crl"
comes_to OK "good, with the hashed directory" bob.pem "-CApath hashed"
comes_to 23 "revoked, with the hashed directory" alice.pem "-CApath hashed"
for file in hashed/*.0; do
    holds "$file is named by its subject" \
        [ "$(basename "$file" .0)" = "$(openssl x509 -in "$file" -noout -subject_hash)" ]
done
for file in hashed/*.r0; do
    holds "$file is named by its issuer" \
        [ "$(basename "$file" .r0)" = "$(openssl crl -in "$file" -noout -hash)" ]
done

# An older CRL beside the new one: of one second OpenSSL would take the first.
for file in hashed/*.r0; do cp "$file" "${file%0}1"; done
echo kept >hashed/other.txt
must w ca revoke Bob --reason superseded
must w ca export --hashed-dir hashed
comes_to 23 "what was revoked since is revoked" bob.pem "-CApath hashed"
holds "older CRLs of the same issuers are gone, other files stay" \
    sh -c '! ls hashed/*.r1 >/dev/null 2>&1 && [ -e hashed/other.txt ]'

# --- numbers, deltas, partitions ---

refuses 64 "named by their URL" "deltas and partitions want their URL" \
    w ca export --crl-dir web --partitions 2
refuses 64 "without a slash" "a URL with a slash at its end is refused" \
    w ca export --crl-dir web --crl-url http://crl.example/
works "for a web server, in two partitions" \
    w ca export --crl-dir web --crl-url http://crl.example --partitions 2
base=web/example-corp-code-signing-ca
first=$(number $base.crl)
text $base.crl >full.txt
holds "the complete one has no issuing distribution point" \
    sh -c '! grep -q "Issuing Distribution Point" full.txt'
holds "it has an authority key identifier, and keeps what has expired" \
    sh -c 'grep -q "Authority Key Identifier" full.txt && grep -q "2.5.29.60" full.txt'
holds "a partition's point is critical, and has its own URL" \
    sh -c "openssl crl -inform DER -in $base-1.crl -noout -text | tr -d '\n' |
           grep -q 'Issuing Distribution Point: critical *Full Name: *URI:http://crl.example/example-corp-code-signing-ca-1.crl'"
listed() {
    openssl crl -inform DER -in "$1" -noout -text | sed -n 's/^ *Serial Number: //p'
}
{ listed $base-0.crl; listed $base-1.crl; } | sort >parts
listed $base.crl | sort >all
holds "every revoked certificate is in one partition, and only there" cmp -s parts all
holds "and there are two of them" [ "$(wc -l <all)" -eq 2 ]
holds "the entries are sorted" sh -c 'sort all >s && cmp -s s all'

issue Carol carol
url=$(openssl x509 -in carol.pem -noout -ext crlDistributionPoints | sed -n 's/^ *URI://p')
file=web/$(basename "$url")
holds "a new certificate names its partition" [ -e "$file" ]
must w ca revoke Carol --reason keyCompromise
serial=$(openssl x509 -in carol.pem -noout -serial | cut -d= -f2)
refuses 78 "and it stays" "the number of partitions stays" \
    w ca export --crl-dir web --crl-url http://crl.example --partitions 3

must w ca export --crl-dir web --delta
holds "the first time deltas are asked for, complete ones name them" \
    sh -c "openssl crl -inform DER -in $base.crl -noout -text | grep -A2 'Freshest CRL' | grep -q example-corp-code-signing-ca-delta.crl"
holds "what was revoked is in the partition that its certificate names" \
    sh -c "openssl crl -inform DER -in '$file' -noout -text | grep -q $serial"
second=$(number $base.crl)
issue Dora dora
must w ca hold Dora
must w ca export --crl-dir web --delta
holds "a delta leaves the complete one alone" [ "$(number $base.crl)" = "$second" ]
text $base-delta.crl >delta.txt
holds "it names the one it builds on, critically" \
    sh -c "tr -d '\n' <delta.txt | grep -q 'Delta CRL Indicator: critical *$(printf %d "0x$second")'"
holds "its number is higher" [ "$(printf %d "0x$(number $base-delta.crl)")" -gt "$(printf %d "0x$second")" ]
holds "a hold is in it, alone" \
    sh -c 'grep -q "Certificate Hold" delta.txt && [ "$(grep -c "Serial Number" delta.txt)" -eq 1 ]'
must w ca export --crl-dir elsewhere
must w ca export --crl-dir web --delta
holds "where complete ones went elsewhere meanwhile, this folder gets its own again" \
    sh -c "openssl crl -inform DER -in $base.crl -noout -text | grep -q 'Certificate Hold'"
text $base-delta.crl >delta.txt
holds "for the delta to build on" \
    sh -c "tr -d '\n' <delta.txt | grep -q 'Delta CRL Indicator: critical *$(printf %d "0x$(number $base.crl)")'"
must w ca reinstate Dora --note found
must w ca export --crl-dir web --delta
text $base-delta.crl >delta.txt
holds "a hold that was lifted is in it as removed" grep -q "Remove From CRL" delta.txt
must w ca export --crl-dir web
holds "the next complete one has a higher number than all deltas" \
    [ "$(printf %d "0x$(number $base.crl)")" -gt "$(printf %d "0x$second")" ]
text $base-delta.crl >delta.txt
holds "and starts the delta anew" grep -q 'No Revoked' delta.txt
holds "numbers began at $first and never repeat" [ "$first" != "$second" ]

# Restored from a backup: a gap, so that no number comes twice.
must w ca backup copy.db
must w ca export --crl-dir web
last=$(number $base.crl)
rm -f "$(store)" "$(store)"-*
mv copy.db "$(store)"
must w ca export --crl-dir web
holds "a restored CA's CRLs have numbers behind a gap" \
    [ "$(printf %d "0x$(number $base.crl)")" -gt "$((0x$last + 900000))" ]

# --- what goes wrong ---

refuses 69 "the files are in place, but: \"exit 3\" ended with 3" "a reload that fails is said" \
    w ca export --crl again.crl --reload-cmd 'exit 3'
holds "and the files are there" [ -s again.crl ]
before=$(sqlite3 -readonly "$(store)" "SELECT max(next_number) FROM crls")
works "a rehearsal" w ca export --crl never.crl --reload-cmd 'touch reloaded' --dry-run
holds "writes nothing, runs nothing and takes no number" \
    sh -c "[ ! -e never.crl ] && [ ! -e reloaded ] &&
           [ $before -eq $(sqlite3 -readonly "$(store)" "SELECT max(next_number) FROM crls") ]"
ln -s "$(store)" link.crl
run w ca export --crl link.crl
holds "nothing is written through a symbolic link" sh -c "[ $code -eq 73 ] && [ -L link.crl ]"
refuses 78 "readers refuse a CRL that goes back" "a clock that goes back takes no number" \
    writ --at 2020-01-01 ca export --crl old.crl

# --- a responder's certificate ---

works "a certificate for a responder" \
    w ca issue "Example OCSP" --responder --out ocsp --insecure-plain-key --json
holds "is called one" [ "$(jq -r .role out)" = responder ]
openssl x509 -in ocsp.pem -noout -text >ocsp.txt
holds "its purpose is OCSP signing alone, and nobody need ask about it" \
    sh -c "grep -A1 'Extended Key Usage' ocsp.txt | grep -qx ' *OCSP Signing' && grep -q 'OCSP No Check' ocsp.txt"
holds "it ends within 30 days" sh -c 'openssl x509 -in ocsp.pem -checkend 2505600 >/dev/null &&
    ! openssl x509 -in ocsp.pem -checkend 2592001 >/dev/null'
refuses 64 "one minute to 90 days" "a long life is refused" \
    w ca issue "Long OCSP" --responder --life 91d --out long --insecure-plain-key
refuses 64 "two certificates" "a responder stamps nothing" \
    w ca issue "Both" --responder --tsa --out both --insecure-plain-key
works "one for the root's certificates" \
    w ca issue "Root OCSP" --responder --issuer "Example Corp Root CA" --out rootocsp --insecure-plain-key
ca_certificates
holds "is the root's" openssl verify -purpose any -CAfile root.pem rootocsp.pem
printf 'V\t301231000000Z\t\t%s\tunknown\t/CN=x\n' \
    "$(openssl x509 -in bob.pem -noout -serial | cut -d= -f2)" >responder.txt
must openssl ocsp -no_nonce -issuer intermediate.pem -cert bob.pem -reqout req.der
must openssl ocsp -index responder.txt -rsigner ocsp.pem -rkey ocsp.key -CA intermediate.pem \
    -reqin req.der -respout resp.der
openssl ocsp -no_nonce -respin resp.der -issuer intermediate.pem -cert bob.pem -CAfile root.pem \
    -verify_other intermediate.pem >ocsp.out 2>&1
holds "OpenSSL believes what it signs" grep -q 'Response verify OK' ocsp.out

# --- nginx, unmodified ---

nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
curl=$(command -v curl)
if [ -n "$nginx" ] && [ -n "$curl" ]; then
    mkdir other foreign
    WRIT_ROOT=$dir/other
    cd foreign || exit 1
    foreign_ca
    foreign_issue anna
    foreign_issue ben
    must w ca adopt root.pem issuing.pem --key root.key --key issuing.key --insecure-plain-keys
    must w ca import newcerts
    must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key \
        -out server.pem -subj /CN=localhost -days 2
    must w ca export --crl crl.pem --chain chain.pem
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >nginx.conf <<END
daemon off;
pid $PWD/nginx.pid;
error_log $PWD/nginx.err;
events {}
http {
    access_log off;
    client_body_temp_path $PWD/b;
    proxy_temp_path $PWD/p;
    fastcgi_temp_path $PWD/f;
    uwsgi_temp_path $PWD/u;
    scgi_temp_path $PWD/s;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate server.pem;
        ssl_certificate_key server.key;
        ssl_client_certificate chain.pem;
        ssl_crl crl.pem;
        ssl_verify_client on;
        ssl_verify_depth 3;
        location / { return 204; }
    }
}
END
    "$nginx" -c "$PWD/nginx.conf" -e "$PWD/nginx.err" -p "$PWD" >/dev/null 2>&1 &
    servers="$servers $!"
    status_of() {
        curl -sk -o /dev/null -w '%{http_code}' --cert "$1.pem" --key "$1.key" "https://127.0.0.1:$port/"
    }
    # await NAME STATUS: until the server says so to this client.
    await() {
        tries=0
        until [ "$(status_of "$1")" = "$2" ]; do
            tries=$((tries + 1))
            [ $tries -lt 300 ] || return 1
            sleep 0.02
        done
    }
    holds "nginx lets a client in whose certificate is good" await anna 204
    holds "and the other" await ben 204
    must w ca revoke anna --reason keyCompromise
    works "revoked, exported and reloaded" \
        w ca export --crl crl.pem --reload-cmd "kill -HUP \$(cat $PWD/nginx.pid)"
    holds "nginx refuses the one" await anna 400
    holds "and lets the other in" await ben 204
    must w ca hold "Old Issuing"
    must w ca export --crl crl.pem --reload-cmd "kill -HUP \$(cat $PWD/nginx.pid)"
    holds "when the intermediate is held, nobody comes in" await ben 400
    cd "$dir" || exit 1
else
    skips "nginx closes its door" "nginx or curl is not installed"
fi
finish
