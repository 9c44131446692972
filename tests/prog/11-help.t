#!/bin/sh
# Goal of this test: every help screen fits a terminal of 24 rows and 80 columns, explains every
# option, and the table it is made from keeps the rules that parser and completion rely on.

. "$(dirname "$0")/lib.sh"

# fits NAME: the screen in out has at most 24 rows of 80 columns.
fits() {
    holds "$1 fits 24 rows" [ "$(wc -l <out)" -le 24 ]
    holds "$1 fits 80 columns" awk 'length > 80 { exit 1 }' out
}

for words in --help 'help options'; do
    # shellcheck disable=SC2086 # the words are meant to be split
    exits 0 "writ $words is shown" writ $words
    fits "writ $words"
done

writ commands | cut -f 1 >commands
holds 'there are commands' [ -s commands ]
cut -d ' ' -f 1 commands | uniq -d >groups

while IFS= read -r words <&3; do
    # shellcheck disable=SC2086
    exits 0 "writ $words --help is shown" writ $words --help
    fits "writ $words --help"
    cp out screen
    # shellcheck disable=SC2086
    exits 0 "writ help $words is shown" writ help $words
    holds "writ help $words is the same screen" cmp -s out screen
done 3<commands

# A first word that stands before several commands, or before one of two words, is a group.
{
    cat groups
    grep ' ' commands | cut -d ' ' -f 1
} | sort -u >all-groups
while IFS= read -r group <&3; do
    exits 0 "writ $group --help is shown" writ "$group" --help
    fits "writ $group --help"
    cp out screen
    grep "^$group " commands >members
    while IFS= read -r words <&4; do
        holds "writ $group --help lists $words" grep -q "^  $words  " screen
    done 4<members
done 3<all-groups

writ --help >screen
while IFS= read -r words <&3; do
    holds "writ --help names ${words%% *}" grep -qw -- "${words%% *}" screen
done 3<commands

# The rules of the table, one line per breach.
writ commands --json >table.json
python3 - >breaches <<'RULES'
import json, re
table = json.load(open("table.json"))["commands"]
visible = [c for c in table if not c["hidden"]]
words = [c["words"] for c in table]
firsts = [w.split()[0] for w in words]

def breach(c, text):
    print('"writ %s" %s' % (c["words"], text))

for i, c in enumerate(table):
    if words.count(c["words"]) > 1:
        breach(c, "stands twice in the table")
    if not re.fullmatch(r"[a-z]+( [a-z]+)?", c["words"]) or len(c["words"]) > 40:
        breach(c, "is not one or two short words")
    if " " in c["words"] and firsts[i] in words:
        breach(c, "has a first word that is a command too")
    if firsts[i] in firsts[:i] and firsts[i - 1] != firsts[i]:
        breach(c, "stands apart from the others of its first word")
    if not re.fullmatch(r"[a-z].*[^.]", c["summary"]):
        breach(c, "has a summary with a capital letter or a full stop")
    if c["network"] != "never" and not re.fullmatch(r"always|(with|for) .*", c["network"]):
        breach(c, "does not say when it connects: always, with ..., for ...")
    names = [o["name"] for o in c["options"]]
    letters = [o["letter"] for o in c["options"] if "letter" in o]
    for o in c["options"]:
        if not re.fullmatch(r"[a-z].*[^.]", o["help"]):
            breach(c, "does not explain --%s in one line without a full stop" % o["name"])
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", o["name"]):
            breach(c, "has an option with an odd name: --%s" % o["name"])
        if names.count(o["name"]) > 1:
            breach(c, "has --%s twice" % o["name"])
        if "letter" in o and letters.count(o["letter"]) > 1:
            breach(c, "has -%s twice" % o["letter"])
        if ("choices" in o or o["required"] or o["repeatable"]) and "value" not in o:
            breach(c, "has a flag --%s that needs a value" % o["name"])
        for choice in o.get("choices", []):
            if not re.fullmatch(r"[A-Za-z0-9-]+", choice):
                breach(c, "has a choice of --%s that cannot be completed" % o["name"])
    for j, o in enumerate(c["operands"]):
        last = j == len(c["operands"]) - 1
        if o["many"] and not last:
            breach(c, "has operands after %s, which takes all" % o["name"])
        if o["optional"] and not all(p["optional"] for p in c["operands"][j:]):
            breach(c, "wants an operand after %s, which may be left out" % o["name"])
    if not c["hidden"] and not c["examples"]:
        breach(c, "has no example")
    for line in c["examples"]:
        if not re.match(r"(.*[ (])?writ( |$)", line):
            breach(c, "has an example without writ")
for i, c in enumerate(visible):
    if c["group"] in [d["group"] for d in visible[:i]] and visible[i - 1]["group"] != c["group"]:
        breach(c, "stands apart from its group")
RULES
holds 'the rules could be checked' [ "$?" -eq 0 ]
sed 's/^/#   /' breaches
holds 'the table keeps its rules' [ ! -s breaches ]

holds 'each command has a synopsis' \
    [ "$(writ commands --synopsis | wc -l)" -eq "$(wc -l <commands)" ]

finish
