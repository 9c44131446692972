#!/bin/sh
# Goal of this test: a seal can carry what the CA says about its signer: on a device that no source
# covers the program is allowed until that expires, and it never outweighs a revocation.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/ocspca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
issue Alice alice
issue Bob bob
cp /usr/bin/true app
must w sign app --key alice

# What the intermediate says about both, by openssl: signed by its own key, from today on.
ca_certificates
key_of intermediate intermediate.key.der
quietly openssl pkey -inform DER -in intermediate.key.der -out intermediate.key
serial_of() {
    openssl x509 -in "$1.pem" -noout -serial | cut -d= -f2
}
statement() { # OUT NAME V|R
    statement_at=
    [ "$3" = V ] || statement_at=260101000000Z,keyCompromise
    printf '%s\t461231235959Z\t%s\t%s\tunknown\t/CN=%s\n' "$3" "$statement_at" "$(serial_of "$2")" "$2" >index.txt
    quietly openssl ocsp -index index.txt -CA intermediate.pem -rsigner intermediate.pem -rkey intermediate.key \
        -issuer intermediate.pem -cert "$2.pem" -no_nonce -respout "$1" -ndays 7
}
statement good.der alice V
statement bad.der alice R
statement other.der bob V
today=$(date -u +%FT%TZ)
later=$(date -u -d '+8 days' +%FT%TZ)

# A device that trusts the CA and has never pulled.
must w publish feed
mkdir bare
must writ --root "$dir/bare" --at "$today" trust add feed/bundle.pem --fingerprint "$(sha256 root.der)"
d() {
    writ --root "$dir/bare" "$@"
}

run d verify app --at "$today"
holds "without any source a program is not covered" [ "$code" -eq 4 ]
cp app plain
exits 0 "an OCSP answer is put into its seal" writ --at "$today" seal staple app good.der
holds "which says so" grep -q '^app: stapled; good; ocsp: ' out
holds "the content stays what it is" cmp -n "$(wc -c </usr/bin/true)" app /usr/bin/true
run d why app --at "$today"
holds "why names the staple, its source and its time" grep -q 'staple' out
run d verify app --at "$today" --json
holds "the signer is good by it" [ "$(jq -r \
    '[.. | objects | select(.from? == "staple")][0] | "\(.status) \(.until | length)"' out)" = "good 20" ]
run d verify app --at "$later" --json
holds "until it has expired" [ "$(jq -r '[.. | objects | select(.from? == "staple")][0].status' out)" = stale ]
exits 0 "it can be taken out" writ seal extract app --out parts
holds "as it was put in" cmp parts/staple.der good.der
exits 0 "show reads it" writ show app --json
holds "as a claim" [ "$(jq -r '[.. | objects | select(has("staple"))][0].staple.object' out)" != null ]

exits 64 "one that says revoked is not put in" writ --at "$today" seal staple app bad.der
exits 64 "nor one about somebody else" writ --at "$today" seal staple app other.der
exits 64 "nor one that has expired" writ --at "$later" seal staple app good.der
exits 65 "nor what is none" writ --at "$today" seal staple app alice.pem
exits 66 "nor is one put where there is no seal" writ --at "$today" seal staple /usr/bin/true good.der
run d verify app --at "$today" --json
holds "and the one before stays" [ "$(jq -r '[.. | objects | select(.from? == "staple")][0].status' out)" = good ]

# With an intermediate above the signer that no source covers either, a staple about the signer alone is
# not enough; where the root itself has issued, it is.
run d verify app --at "$today"
holds "an intermediate that nobody speaks about stays uncovered" [ "$code" -eq 4 ]
must w ca issue Carol --issuer "Example Corp Root CA" --out carol --insecure-plain-key
cp /usr/bin/true direct
must w sign direct --key carol
key_of root root.key.der
quietly openssl pkey -inform DER -in root.key.der -out root.key
printf 'V\t461231235959Z\t\t%s\tunknown\t/CN=carol\n' "$(serial_of carol)" >index.txt
quietly openssl ocsp -index index.txt -CA root.pem -rsigner root.pem -rkey root.key -issuer root.pem \
    -cert carol.pem -no_nonce -respout carol.der -ndays 7
run d verify direct --at "$today"
holds "under the root itself it is not covered either" [ "$code" -eq 4 ]
exits 65 "the seal does not hold its root" writ --at "$today" seal staple direct carol.der
exits 0 "with a staple" writ --at "$today" seal staple direct carol.der --issuer root.pem
exits 0 "it is allowed, without any source" d verify direct --at "$today"
run d verify direct --at "$later"
holds "and no longer than the staple holds" [ "$code" -ne 0 ]

# A device that pulls.
mkdir online
must writ --root "$dir/online" --at "$now" source add feed "$dir/feed" --name example --fingerprint "$(sha256 root.der)"
exits 0 "with a feed it is allowed as before" writ --root "$dir/online" --at "$now" verify app
must w ca revoke Alice --reason keyCompromise
must w publish feed
must writ --root "$dir/online" --at "$now" pull
run writ --root "$dir/online" --at "$now" verify app
holds "revoked in the feed is revoked, whatever the staple says" [ "$code" -eq 2 ]
run writ --root "$dir/online" --at "$now" verify plain
holds "and so is the one without" [ "$code" -eq 2 ]

finish
