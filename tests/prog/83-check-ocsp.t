#!/bin/sh
# Goal of this test: writ check asks OCSP responders only when it is told to, never for longer than the
# deadline, and what they say counts beside the other sources as the policy wants.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/ocspca.sh"
. "$source_root/tests/prog/responder.sh"
absent=$(missing openssl python3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ocsp_ca
start_responder
make_answers

# named NAME SERIAL STATUS BEHAVIOUR...: NAME.chain, whose certificate names these responders; NAME.der is
# what the CA says about it, as V or R.
named() {
    named_name=$1
    named_serial=$2
    named_status=$3
    shift 3
    issue_asking "$named_name" "0x$named_serial" "$@"
    cat "$named_name.pem" ca.pem >"$named_name.chain"
    revoked_at=
    [ "$named_status" = V ] || revoked_at=260101000000Z,keyCompromise
    printf '%s\t461231235959Z\t%s\t%s\tunknown\t/O=Example Corp/CN=%s\n' "$named_status" "$revoked_at" \
        "$named_serial" "$named_name" >>index.txt
    answer "$named_name.der" ca "$named_name"
}
named fine 3001 V fine
named bad 3002 R bad
named quiet 3003 V silent
named both 3004 R silent both
named slow 3005 V slow
named confused 3006 V other
fresh() {
    rm -rf root && mkdir root
    forget_asked
}

# --- never is the default ---

fresh
exits 4 "without a word nobody is asked" writ check fine.chain bad.chain quiet.chain
holds "nobody" [ ! -s asked ]
holds "and the line says so" grep -q 'network: none' out
exits 4 "nor with never" writ check --ocsp never fine.chain
exits 4 "nor with cached" writ check --ocsp cached fine.chain
holds "nobody still" [ ! -s asked ]

# --- soft ---

exits 0 "soft: a good answer counts" writ check --ocsp soft fine.chain
holds "and is named" grep -q '^good: fine.*ocsp.*network: OCSP$' out
fresh
exits 2 "a revoked one does" writ check --ocsp soft bad.chain
exits 2 "also when the other responder is silent" writ check --ocsp soft both.chain
exits 4 "a silent one changes nothing" writ check --ocsp soft quiet.chain
exits 4 "nor an answer about another certificate" writ check --ocsp soft confused.chain
run writ check --ocsp soft -v quiet.chain
holds "with -v it is said what became of each responder" grep -q "^writ: $base/silent/: l" err
exits 2 "of several certificates the worst counts" writ check --ocsp soft fine.chain bad.chain
run writ check --ocsp soft fine.chain --json
holds "the answer stands with the others, with its source and time" [ "$(jq -r \
    '.results[0].chain[0].answers[] | select(.from == "ocsp") | "\(.status) \(.source) \(.as_of | length)"' out)" = \
    "good Example CA, Example Corp 20" ]

# --- hard ---

fresh
exits 0 "hard: a good answer is enough" writ check --ocsp hard fine.chain
exits 2 "a revoked one refuses" writ check --ocsp hard bad.chain
exits 4 "a silent responder does, too" writ check --ocsp hard quiet.chain
holds "which is said" grep -q 'there is no OCSP answer that can be used' out
exits 4 "whatever uncovered certificates may do otherwise" writ check --ocsp hard --allow-uncovered quiet.chain
exits 0 "as with soft they may" writ check --ocsp soft --allow-uncovered quiet.chain
exits 5 "one that is too old is stale" writ check --ocsp hard fine.chain --at "$(date -u -d '+8 days' +%FT%TZ)"

# --- cached ---

fresh
run writ check --ocsp soft fine.chain bad.chain
forget_asked
exits 0 "cached: what was believed before counts" writ check --ocsp cached fine.chain
exits 2 "the bad too" writ check --ocsp cached bad.chain
holds "and nobody is asked" [ ! -s asked ]
exits 4 "but not without the word" writ check fine.chain

# --- staples ---

fresh
exits 0 "a staple that says good" writ check fine.chain --staple fine.der
holds "is named as one" grep -q 'staple' out
exits 2 "one that says revoked" writ check bad.chain --staple bad.der
exits 4 "one about another certificate is none" writ check fine.chain --staple bad.der
exits 4 "nor is garbage" writ check fine.chain --staple ca.pem
exits 0 "hard is content with a staple" writ check --ocsp hard quiet.chain --staple quiet.der
exits 66 "one that is not there is a fault" writ check fine.chain --staple missing.der

# --- what a server staples ---

# staple_server CERT RESPONSE...: a TLS server with this certificate; $port is where.
staple_server() {
    stapled=$1
    shift
    rm -f server.out
    openssl s_server -www -accept 127.0.0.1:0 -cert "$stapled.pem" -key "$stapled.key" -cert_chain ca.pem \
        "$@" </dev/null >server.out 2>server.err &
    tls_server=$!
    tries=0
    until port=$(sed -n 's/^ACCEPT .*://p' server.out 2>/dev/null) && [ -n "$port" ] || [ $tries -gt 1000 ]; do
        sleep 0.01
        tries=$((tries + 1))
    done
}
stop_server() { kill "$tls_server" && wait "$tls_server" 2>/dev/null; }

fresh
staple_server fine -status_file fine.der
exits 0 "an answer that a server staples counts" writ check "https://localhost:$port"
holds "and is named as one" grep -q 'staple' out
exits 0 "also where an answer must be there" writ check --ocsp hard "https://localhost:$port"
stop_server
staple_server bad -status_file bad.der
exits 2 "one that says revoked refuses" writ check "https://localhost:$port"
exits 4 "one that is given by hand stands in for it" writ check "https://localhost:$port" --staple fine.der
stop_server
staple_server fine -status_file bad.der
exits 4 "one about another certificate is none" writ check "https://localhost:$port"
stop_server
staple_server fine
exits 4 "a server without one is looked at as before" writ check "https://localhost:$port"
stop_server
# OCSPResponse { successful, { basic, 20,000 octets of nothing } }
python3 -c 'import sys
def tlv(t, b): return bytes([t, 0x82]) + len(b).to_bytes(2, "big") + b
basic = bytes.fromhex("06092b0601050507300101")
sys.stdout.buffer.write(tlv(0x30, b"\x0a\x01\x00" + tlv(0xa0, tlv(0x30, basic + tlv(4, bytes(20000))))))' >long.der
staple_server fine -status_file long.der
exits 4 "one of 20,000 bytes that mean nothing is none" writ check "https://localhost:$port"
stop_server
staple_server fine -tls1_2 -status_file long.der
exits 69 "where TLS does not take so many, there is no handshake" writ check "https://localhost:$port"
stop_server
holds "and no responder was asked for any of it" [ ! -s asked ]

# --- the deadline ---

fresh
begun=$(date +%s%N)
exits 4 "soft: a slow answer" writ check --ocsp soft slow.chain
took=$((($(date +%s%N) - begun) / 1000000))
echo "# it took $took ms"
holds "is not waited for" [ "$took" -lt 3000 ]

finish
