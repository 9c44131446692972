#!/bin/sh
# Goal of this test: the tests that walk the table of commands notice what they are there to notice.
# They run here on builds whose writ is a script that lies.

. "$(dirname "$0")/lib.sh"

here=$source_root/tests/prog
mkdir -p fake/prog/writ examples.d

# fake TABLE-LINES EXAMPLE-LINES SCREEN: a writ that says so.
fake() {
    printf '%b' "$1" >fake/table
    printf '%b' "$2" >fake/examples
    printf '%b' "$3" >fake/screen
    cat >fake/prog/writ/writ <<SCRIPT
#!/bin/sh
case "\$*" in
'commands') cat "$dir/fake/table" ;;
'commands --examples') cat "$dir/fake/examples" ;;
'commands --json') cat "$dir/fake/table.json" ;;
'commands --synopsis') sed 's/\t.*//' "$dir/fake/table" ;;
'good') exit 0 ;;
'bad') exit 2 ;;
*) cat "$dir/fake/screen" ;;
esac
SCRIPT
    chmod +x fake/prog/writ/writ
    rm -f examples.d/*
}

# walk TEST: runs it on the fake build; its output is in out.
walk() {
    WRIT_BUILD=$dir/fake WRIT_EXAMPLES=$dir/examples.d run sh "$here/$1"
}

# notices CLAIM PATTERN: the test failed, and said this.
notices() {
    holds "$1" [ "$code" -ne 0 ]
    holds "$1: says so" grep -Eq -- "$2" out
}

# ---- examples ----

fake 'why\tnever\tlooks\n' 'why\twrit good\nwhy\twrit bad   # exits 2\n' ''
echo '# Needs nothing.' >examples.d/why.sh
walk 13-help-examples.t
holds 'examples that exit as announced pass' [ "$code" -eq 0 ]
holds 'both were run' [ "$(grep -c '^ok .* writ \(good\|bad\)' out)" -eq 2 ]

fake 'why\tnever\tlooks\n' 'why\twrit bad\n' ''
echo '# Needs nothing.' >examples.d/why.sh
walk 13-help-examples.t
notices 'an example that fails is noticed' '^not ok .* writ bad$'

fake 'why\tnever\tlooks\n' 'why\twrit good   # exits 2\n' ''
echo '# Needs nothing.' >examples.d/why.sh
walk 13-help-examples.t
notices 'an example that should have failed is noticed' '^not ok .* writ good'

fake 'why\tnever\tlooks\n' 'why\twrit good\n' ''
walk 13-help-examples.t
notices 'an example without its preparation is noticed' '^not ok .* writ why has its preparation'
holds 'it was not run' grep -q '^not ok .* writ good' out

fake 'why\tnever\tlooks\n' 'why\twrit good\n' ''
echo 'false' >examples.d/why.sh
walk 13-help-examples.t
notices 'a preparation that fails is noticed' '^not ok .* writ good'

fake 'why\tnever\tlooks\n' '' ''
echo '# Needs nothing.' >examples.d/why.sh
walk 13-help-examples.t
notices 'a command without examples is noticed' '^not ok .* writ why has an example'

fake 'why\tnever\tlooks\n' 'why\twrit good\n' ''
echo '# Needs nothing.' >examples.d/why.sh
echo '# Needs nothing.' >examples.d/whither.sh
walk 13-help-examples.t
notices 'a preparation nobody asks for is noticed' '^not ok .* examples.d/whither.sh belongs'

fake 'why\tnever\tlooks\n' 'why\ttest -f prepared && test "$told" = so && writ good\n' ''
printf '%s\n' 'touch prepared' 'export told=so' 'cleanup() { touch ../cleaned; }' >examples.d/why.sh
walk 13-help-examples.t
holds 'what a preparation makes and exports the examples see' [ "$code" -eq 0 ]

# ---- screens ----

row='text\n'
twelve=$row$row$row$row$row$row$row$row$row$row$row$row
echo '{"commands": []}' >fake/table.json
fake 'why\tnever\tlooks\n' '' "$twelve$twelve"
walk 11-help.t
holds 'a screen of 24 rows fits' [ "$(grep -c '^not ok .* fits' out)" -eq 0 ]
fake 'why\tnever\tlooks\n' '' "$twelve$twelve$row"
walk 11-help.t
notices 'a screen of 25 rows is noticed' '^not ok .* writ why --help fits 24 rows'
fake 'why\tnever\tlooks\n' '' "$(printf '%080d' 0)\\n"
walk 11-help.t
holds 'a row of 80 columns fits' [ "$(grep -c '^not ok .* fits' out)" -eq 0 ]
fake 'why\tnever\tlooks\n' '' "$(printf '%081d' 0)\\n"
walk 11-help.t
notices 'a row of 81 columns is noticed' '^not ok .* writ why --help fits 80 columns'
notices 'a command that no list names is noticed' '^not ok .* writ --help names why'

# ---- rules ----

# breaks RULE PYTHON: a table of one sound command, changed so, breaks this rule.
breaks() {
    python3 - "$2" >fake/table.json <<'SOUND'
import json, sys
o = {"name": "limit", "value": "N", "help": "so many", "repeatable": False, "required": False,
     "global": False}
p = {"name": "FILE", "optional": False, "many": False}
c = {"words": "why", "group": "judge", "summary": "explain", "synopsis": "writ why FILE",
     "network": "never", "mutates": False, "hidden": False, "operands": [p], "options": [o],
     "examples": ["writ why app"]}
table = [c]
exec(sys.argv[1])
print(json.dumps({"commands": table}))
SOUND
    walk 11-help.t
    if [ -z "$1" ]; then
        holds 'a sound table keeps its rules' grep -q '^ok .* the table keeps its rules' out
    else
        notices "a breach is noticed: $1" "^#   \"writ .*$1"
    fi
}
fake 'why\tnever\tlooks\n' '' 'why\n'
breaks '' 'pass'
breaks 'stands twice in the table' 'table.append(c)'
breaks 'is not one or two short words' 'c["words"] = "Why"'
breaks 'is not one or two short words' 'c["words"] = "why not ever"'
breaks 'first word that is a command too' 'table.append(dict(c, words="why not"))'
breaks 'stands apart from the others' \
    'table[:] = [dict(c, words="ca a"), c, dict(c, words="ca b")]'
breaks 'summary with a capital letter or a full stop' 'c["summary"] = "explain."'
breaks 'does not say when it connects' 'c["network"] = "maybe"'
breaks 'does not explain --limit' 'o["help"] = ""'
breaks 'does not explain --limit' 'o["help"] = "so many."'
breaks 'odd name' 'o["name"] = "Limit"'
breaks 'has --limit twice' 'c["options"].append(o)'
breaks 'has -l twice' 'o["letter"] = "l"; c["options"].append(dict(o, name="length"))'
breaks 'flag --limit that needs a value' 'del o["value"]; o["required"] = True'
breaks 'choice of --limit that cannot be completed' 'o["choices"] = ["a b"]'
breaks 'has operands after FILE' 'p["many"] = True; c["operands"].append(dict(p, name="X"))'
breaks 'wants an operand after FILE' \
    'c["operands"] = [dict(p, optional=True), dict(p, name="X")]'
breaks 'has no example' 'c["examples"] = []'
breaks 'example without writ' 'c["examples"] = ["echo"]'
breaks 'stands apart from its group' \
    'table[:] = [c, dict(c, words="pull", group="x"), dict(c, words="verify")]'

finish
