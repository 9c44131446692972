# tests/suites/suite.sh - what the tests of suites have in common; after lib.sh
#
#   tells NAME CASES PASSES DEVIATIONS   README.md has this row

tells() {
    holds "README.md says: $2 cases, $3 as the suite says, deviations: $4" \
        grep -q "^| $1 | .* | $2 | $3 | $4 |\$" "$source_root/tests/suites/README.md"
}
