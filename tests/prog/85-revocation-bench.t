#!/bin/sh
# Goal of this test: what doc/REVOCATION.md compares can be measured by anybody, with the script it
# names; and who blocks what reaches a device gains what is said there.  Sizes and times are not claimed
# here: the scenario is a small one.
. "$(dirname "$0")/lib.sh"
for tool in openssl python3 curl; do
    command -v $tool >/dev/null || { echo "1..0 # SKIP $tool is not installed"; exit 0; }
done

exits 0 "bench/revocation.sh quick measures all of it" env WRIT_BUILD="$build" \
    sh "$source_root/bench/revocation.sh" quick
sed 's/^/# /' out

# row BEGIN REST CLAIM: there is a line that begins and ends so.
row() {
    holds "$3" grep -qE "^\| $1.*\| $2\$" out
}
for scheme in 'complete CRL' 'CRL in 16 parts: one' 'delta CRL' "writ's table" clubcard; do
    row "$scheme" '[0-9]+ \| [0-9]+ \| [0-9]+ \|' "bytes of a day: $scheme"
done
row 'OCSP, silent: openssl ocsp' 'no end: stopped after 1 s \| \| \|' "openssl ocsp waits for a silent responder without end"
row 'CRL: openssl' 'accepted \| refused \(2\) \| refused \(2\), 8 days later \|' "a CRL that is kept away is accepted until it ends"
row 'table: writ verify |' 'accepted \| refused \(5\) \| refused \(5\), 8 days later \|' "so is a table"
row 'clubcards: writ check |' 'accepted \| refused \(5\) \| refused \(5\), 11 days later \|' "and a clubcard"
row 'staple kept' 'accepted \| refused \(5\) \| refused \(5\), 1 days later \|' "and a staple"
row 'OCSP hard-fail: writ check --ocsp hard |' 'refused \(4\) \| refused \(4\) \| refused \(4\), 0 days later \|' \
    "who blocks OCSP that must answer stops everybody at once"
row 'OCSP soft-fail: writ check --ocsp soft --allow-uncovered |' 'accepted \| accepted \| accepted, 300 days later \|' \
    "who blocks OCSP that need not answer is never refused"

finish
