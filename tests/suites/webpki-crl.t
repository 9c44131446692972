#!/bin/sh
# Goal of this test: the CRLs of rustls-webpki's tests are read as RFC 5280 wants it.  The suite says
# which of them its parser takes; it refuses three kinds that RFC 5280 allows, and writ does not.
#
# WRIT_DATA names the folder with other projects' data.

. "$(dirname "$0")/../prog/lib.sh"
. "$source_root/tests/suites/suite.sh"
. "$source_root/tests/suites/suite.sh"

suite=${WRIT_DATA:-$source_root/../shared/data}/pki/webpki-crl
[ -f "$suite/expected.tsv" ] || {
    echo '1..0 # SKIP there is no suite webpki-crl; WRIT_DATA tells where'
    exit 0
}

# deviation FILE: why writ takes what the suite refuses; false when it does not.
deviation() {
    case $1 in
    */crl.missing.next.update.der) echo 'nextUpdate is OPTIONAL in ASN.1; evidence has a maximum age' ;;
    */crl.missing.exts.der) echo 'v2 without extensions is allowed to parse' ;;
    */crl.delta.der) echo 'delta CRLs are read (5.2.4)' ;;
    *) return 1 ;;
    esac
}

cases=0 passes=0 deviations=0
while IFS='	' read -r file _ wanted _; do
    case $file in '#'*) continue ;; esac
    cases=$((cases + 1))
    case $wanted in ACCEPT) expected=0 ;; *) expected=4 ;; esac
    if why=$(deviation "$file"); then
        deviations=$((deviations + 1))
        exits 0 "$file is read where the suite refuses it: $why" writ crl check "$suite/$file"
    else
        exits "$expected" "$file: $wanted" writ crl check "$suite/$file"
        [ "$code" -eq "$expected" ] && passes=$((passes + 1))
    fi
done <"$suite/expected.tsv"
holds 'all cases were seen' [ "$cases" -eq 19 ]
holds 'all but the three pass' [ "$((passes + deviations))" -eq 19 ]
tells webpki-crl "$cases" "$passes" "$deviations"
echo "# webpki-crl: $cases cases, $passes as the suite says, $deviations deviations with reasons"

# The distribution points beside them have no verdict of the suite's.
for file in explicit.false.bool invalid.bool invalid.name unknown.tag; do
    exits 4 "an issuing distribution point with $file is refused" \
        writ crl check "$suite/crls/crl.idp.$file.der"
done
for file in valid only_ca_certs only_user_certs only_attribute_certs indirect_crl only_some_reasons \
    no_distribution_point_name name_relative_to_issuer; do
    exits 0 "one with $file is read" writ crl check "$suite/crls/crl.idp.$file.der"
done

finish
