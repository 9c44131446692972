#!/bin/sh
# Goal of this test: `show` says of a clubcard what is in it, as a reader that shares nothing with
# writ says it, and refuses one that is malformed.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null 2>&1 || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

fixtures=$source_root/tests/fixtures/clubcard
cp "$fixtures"/*.v3 "$fixtures"/*.v4 .

# The JSON document in the form of `make.py show`.
cat >retell.py <<'RETELL'
import json, sys
d = json.load(sys.stdin)
(o,) = d["objects"]
assert o["object"] == "clubcard"
for log in o["logs"]:
    print("log", log["log"], log["from_ms"], log["until_ms"])
for i in o["issuers"]:
    print("issuer", i["issuer"], "approx_m=%d" % i["approximate_m"], "rank=%d" % i["rank"],
          "approx_offset=%d" % i["approximate_offset"], "exact_m=%d" % i["exact_m"],
          "exact_offset=%d" % i["exact_offset"], "inverted=%d" % i["inverted"],
          "exceptions=" + ",".join(i.get("exceptions", [])))
    assert i.get("exception_count", 0) == len(i.get("exceptions", []))
assert o["issuer_count"] == len(o["issuers"])
print("columns", *o["approximate_words"], "and", o["exact_words"])
RETELL
for file in small.v3 small.v4 delta.v3 delta.v4; do
    exits 0 "$file is shown in JSON" writ show --json $file
    python3 retell.py <out >ours
    python3 "$fixtures/make.py" show $file >theirs
    holds '  as the second reader shows it' cmp ours theirs
done

# field NAME: its value in the text.
field() {
    sed -n "s/^ *\\(- \\)\\{0,1\\}$1: //p" out | head -1
}
exits 0 'text for people' writ show small.v4
holds '  what it is' [ "$(field object) $(field version) $(field bytes)" = 'clubcard 4 518' ]
holds '  until when anything is covered' [ "$(field 'covered until ms')" = 3000 ]
holds '  as a date too' [ "$(field 'covered until')" = 1970-01-01T00:00:03Z ]
holds '  how many issuers' [ "$(field 'issuer count')" = 6 ]
holds '  exceptions' grep -q '545cbe9073e2445b38f61e8d76597703' out
{ cat small.v3; printf 'seven!!'; } >longer.v3
exits 0 'what trails behind version 3' writ show longer.v3
holds '  is counted, and not part of it' [ "$(field bytes) $(field 'trailing bytes')" = '784 7' ]

# An instant beyond all dates has none, and its number.
python3 - <<'LATE'
data = bytearray(open("small.v4", "rb").read())
data[44:52] = b"\xff" * 8
open("late.v4", "wb").write(data)
LATE
exits 0 'an instant of 64 bits' writ show late.v4
holds '  is shown as a number' [ "$(field 'covered until ms')" = 18446744073709551615 ]
holds '  and not as a date' [ -z "$(field 'covered until')" ]

# A file from a pipe, and several.
code=0
writ show - <small.v3 >out 2>err || code=$?
holds 'standard input' [ "$code $(field object)" = '0 clubcard' ]
exits 0 'several' writ show small.v3 delta.v4
holds '  one after the other' [ "$(grep -c 'object: clubcard' out)" -eq 2 ]

# ------------------------------------------------------------------------------------- malformed

# malformed CLAIM WORDS FILE
malformed() {
    exits 65 "$1" writ show "$3"
    holds "  says: $2" grep -q "^writ: $3: .*$2" err
    holds '  in one line, and shows nothing' [ "$(wc -l <err) $(wc -c <out)" = '1 0' ]
}
python3 - <<'BREAK'
small = open("small.v4", "rb").read()

def broken(name, at, *values):
    data = bytearray(small)
    data[at : at + len(values)] = bytes(values)
    open(name, "wb").write(data)

first = 2 + 2 + 2 * 48 + 4  # of the blocks
broken("rank", first + 36, 5)
broken("inverted", first + 49, 2)
broken("order", first, 0x0f)
broken("offset", first + 37, 0x80)
broken("overlap", first + 45, 0, 0, 0, 2)
broken("logs", 2, 0xff, 0xff)
broken("issuers", 100, 0, 2)
broken("reserved", 1, 1)
broken("log-twice", 4 + 48, *small[4 : 4 + 32])
BREAK
malformed 'a rank above the columns' 'rank 5, there are 4 columns' rank
malformed 'inverted is no truth value' 'inverted is 2, neither 0 nor 1' inverted
malformed 'issuers out of order' 'issuer 1 is out of order or stands twice' order
malformed 'an offset behind the columns' 'rows 2147483649 to 2147483655 of column 0' offset
malformed 'rows of two issuers' 'issuer 0 has rows of Y from 2 on, issuer 5 up to 3' overlap
malformed 'too many logs' 'number of logs is 65535, the ceiling is 1024' logs
malformed 'too many issuers' 'number of issuers is 131078, the ceiling is 65536' issuers
malformed 'a log twice' 'log 1 stands twice, as log 0 before' log-twice
malformed 'a reserved byte that is used' 'nothing that writ knows' reserved

# Cut anywhere (here: at every sixteenth byte), it is refused in the same way.
n=16
while [ $n -lt 518 ]; do
    head -c $n small.v4 >cut
    exits 65 "cut at $n" writ show cut
    n=$((n + 16))
done

finish
