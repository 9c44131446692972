#!/bin/sh
# Goal of this test: the table of suites, printed; it has a row for every suite that there is a test of,
# and its numbers add up.

. "$(dirname "$0")/../prog/lib.sh"

suites=$source_root/tests/suites
grep '^|' "$suites/README.md" | sed 's/^/# /'
sed -n 's/^| \([a-z-]*\) | .* | \([0-9]*\) | \([0-9]*\) | \([0-9]*\) |$/\1 \2 \3 \4/p' "$suites/README.md" >rows
holds 'there are rows' [ -s rows ]
while read -r name cases passes deviations <&3; do
    holds "$name: $passes and $deviations are $cases" [ $((passes + deviations)) -eq "$cases" ]
    holds "$name has a test" [ -f "$suites/$name.t" ]
    holds "$name: its deviations are explained" \
        sh -c "[ $deviations -eq 0 ] || grep -q '^\*\*$name' '$suites/README.md'"
done 3<rows
for test in "$suites"/*.t; do
    name=$(basename "$test" .t)
    [ "$name" = table ] || holds "$name has a row" grep -q "^$name " rows
done
finish
