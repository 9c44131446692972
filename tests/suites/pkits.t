#!/bin/sh
# Goal of this test: every path of NIST's PKITS 1.0.1, with its CRLs and the inputs about policies, comes
# out as the suite says, and so does the set of policies that holds for it.
#
# The first certificate is the anchor, the last one the leaf; everything else is given with it.  SHA-1
# is allowed, for the DSA certificates.  Accepted is exit 0, rejected 2 to 5 and never a fault.

. "$(dirname "$0")/../prog/lib.sh"
. "$source_root/tests/suites/suite.sh"

suite=${WRIT_DATA:-../shared/data}/pki/pkits
[ -f "$suite/expected.tsv" ] || {
    echo "1..0 # SKIP there is no suite pkits; WRIT_DATA tells where"
    exit 0
}

# files FOLDER SUFFIX NAMES: the names of a list become files, with commas between.
files() {
    echo "$3" | tr ',' '\n' | sed "s|.*|$suite/$1/&.$2|" | paste -sd, -
}

# policies NAMES: as object identifiers.
policies() {
    echo "$1" | sed 's/NIST-test-policy-/2.16.840.1.101.3.2.1.48./g'
}

# 4.1.5: see README.md.
is_deviation() { [ "$1" = 4.1.5 ]; }

comes_out() {
    case $1$code in
    true0 | false[2345]) true ;;
    *) false ;;
    esac
}

# chain CERTS CRLS POLICIES EXPLICIT MAPPING ANY: judges one row.
chain() {
    row_leaf=${1##*,} row_anchor=${1%%,*}
    row_middle=${1#*,} row_crls=$2 row_policies=$3
    row_middle=$(echo "$row_middle" | sed 's/,*[^,]*$//')
    shift 3
    set -- ${1#false} ${2#false} ${3#false}
    set -- "$(files certs crt "$row_leaf")" --anchors="$(files certs crt "$row_anchor")" \
        --policy="$(policies "$row_policies")" --at=1302825600 --allow-sha1 --json "$@"
    [ -z "$row_middle" ] || set -- "$@" --untrusted="$(files certs crt "$row_middle")"
    [ -z "$row_crls" ] || set -- "$@" --crls="$(files crls crl "$row_crls")"
    run writ chain "$@"
}

tab=$(printf '\t')
grep -v '^#' "$suite/expected.tsv" | sed "s/$tab/|/g" |
    awk -F'|' -v OFS='|' '{ $7 = $7 == "true" ? "--explicit-policy" : "false"
        $8 = $8 == "true" ? "--inhibit-mapping" : "false"
        $9 = $9 == "true" ? "--inhibit-any" : "false"; print }' >cases
cases=0 passes=0 deviations=0 sets=0
while IFS='|' read -r number title wanted certs crls policy explicit mapping any constrained <&3; do
    cases=$((cases + 1))
    chain "$certs" "$crls" "$policy" "$explicit" "$mapping" "$any"
    if is_deviation "$number"; then
        deviations=$((deviations + 1))
        holds "$number $title: a deviation" [ "$code" -eq 3 ]
        continue
    fi
    holds "$number $title: $wanted" comes_out "$wanted"
    ! comes_out "$wanted" || passes=$((passes + 1))
    [ "$code" -eq 0 ] || continue
    jq -r '.policies | sort | join(",")' out >found
    policies "$constrained" | tr ',' '\n' | sort | paste -sd, - |
        sed 's/anyPolicy/2.5.29.32.0/' >expected
    holds "$number: the policies that hold" cmp -s found expected
    sets=$((sets + 1))
done 3<cases
holds 'these are all 249 of them' [ "$cases" -eq 249 ]
holds 'of the 113 that are good, the policies were looked at' [ "$sets" -eq 113 ]
tells pkits "$cases" "$passes" "$deviations"
finish
