#!/bin/sh
# Goal of this test: `filter query` answers line by line what the filters hold, in every order of the
# files, and tells a bad line or file without losing the answers before it.
#
# The filters are those of tests/fixtures/clubcard, made by a script that shares nothing with writ;
# its own reader is asked the same questions.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null 2>&1 || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

fixtures=$source_root/tests/fixtures/clubcard
cp "$fixtures"/*.v3 "$fixtures"/*.v4 "$fixtures/small.tsv" .
sed 's/	[a-z-]*$//' small.tsv >lines
good=$(sed -n 7p lines) # a good one of the first issuer, which delta revokes
head -1 lines >revoked
tab=$(printf '\t')

# ask NAME FILE...: puts the answers to the lines of the file NAME into out.
ask() {
    questions=$1
    shift
    code=0
    writ filter query "$@" <"$questions" >out 2>err || code=$?
}
# answers CLAIM WANTED NAME FILE...: they are those in the file WANTED, and nothing else is said.
answers() {
    claim=$1
    wanted=$2
    shift 2
    ask "$@"
    holds "$claim" [ "$code $(cksum <out) $(cksum <err)" = "0 $(cksum <"$wanted") $(cksum </dev/null)" ]
}
second_reader() {
    questions=$1
    shift
    python3 "$fixtures/make.py" read "$@" <"$questions" >second
}

# ------------------------------------------------------------------------------------- answers

mkdir again
python3 "$fixtures/make.py" write again
for name in small.v3 small.v4 delta.v3 delta.v4 small.tsv; do
    holds "the script makes the same $name again" cmp "again/$name" "$fixtures/$name"
done

for version in v3 v4; do
    answers "$version answers what is true of every certificate" small.tsv lines small.$version
    second_reader lines delta.$version
    answers "$version of a delta answers as the second reader says" second lines delta.$version
done

second_reader lines small.v3 delta.v3
holds 'a delta changes something' sh -c '! cmp -s second small.tsv'
for files in 'small.v3 delta.v3' 'delta.v3 small.v3' 'small.v4 delta.v3' 'delta.v4 small.v3' \
    'delta.v4 delta.v3 small.v4 small.v3' 'small.v4 small.v4 delta.v4'; do
    # shellcheck disable=SC2086 # names
    answers "any order, any version, the same answers: $files" second lines $files
done

printf '%s\n' "$good" >one
ask one small.v3
holds 'what the full filter calls good' grep -q "${tab}good\$" out
ask one small.v3 delta.v4
holds '  is revoked when a delta says so' grep -q "${tab}revoked\$" out

# A third column that is empty is not one that is absent.
printf '%s\t\n' "$(cat revoked)" >none
printf '%s\t\tnot-covered\n' "$(cat revoked)" >wanted
answers 'a certificate without timestamps is not covered' wanted none small.v4
printf '%s\trevoked\n' "$(cat revoked)" >wanted
answers 'without the column nobody asks' wanted revoked small.v4

tr a-f A-F <revoked >upper
printf '%s\trevoked\n' "$(cat upper)" >wanted
answers 'digits may be capitals, and the line comes out as it went in' wanted upper small.v3
printf %s "$(cat revoked)" >unended
printf '%s\trevoked\n' "$(cat revoked)" >wanted
answers 'the last line needs no newline' wanted unended small.v3
: >empty
answers 'no line, no answer' empty empty small.v3

# ------------------------------------------------------------------------------------ streaming

i=0
while [ $i -lt 1000 ]; do
    cat lines
    i=$((i + 1))
done >many
i=0
while [ $i -lt 1000 ]; do
    cat small.tsv
    i=$((i + 1))
done >many.wanted
answers '130,000 lines of a file are answered' many.wanted many small.v4 small.v3
cat many | writ filter query small.v4 2>err | cmp -s - many.wanted
holds '130,000 lines from a pipe are answered' [ $? -eq 0 ]

cat >dialogue.py <<'DIALOGUE'
import subprocess, sys
p = subprocess.Popen(["writ", "filter", "query", "small.v3"], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE)
for line in open("small.tsv", "rb"):
    p.stdin.write(line.rpartition(b"\t")[0] + b"\n")
    p.stdin.flush()
    if p.stdout.readline() != line:
        sys.exit(1)
p.stdin.close()
sys.exit(p.wait())
DIALOGUE
holds 'each line is answered before the next one is asked' timeout 60 python3 dialogue.py

cat >slow.py <<'SLOW'
import subprocess, sys
p = subprocess.Popen(["writ", "filter", "query", "small.v3"], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE)
line = open("small.tsv", "rb").readline()
for i in range(0, 80):
    p.stdin.write(line[i : i + 1])
    p.stdin.flush()
p.stdin.write(line.rpartition(b"\t")[0][80:] + b"\n")
out, _ = p.communicate()
sys.exit(out != line)
SLOW
holds 'a line may come byte by byte' timeout 60 python3 slow.py

# What happens to the file while it is asked: replaced, nothing; cut short, a fault and no crash.
cat >changed.py <<'CHANGED'
import os, shutil, subprocess, sys
shutil.copy("small.v3", "used")
p = subprocess.Popen(["writ", "filter", "query", "used"], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
def ask(line):
    p.stdin.write(line.rpartition(b"\t")[0] + b"\n")
    p.stdin.flush()
    return p.stdout.readline()
lines = open("small.tsv", "rb").readlines()
assert ask(lines[0]) == lines[0]
if sys.argv[1] == "replaced":
    shutil.copy("delta.v3", "other")
    os.rename("other", "used")
    assert ask(lines[7]) == lines[7]
    p.stdin.close()
    sys.exit(p.wait())
os.truncate("used", 0)
assert ask(lines[1]) == b""
assert p.wait() == 74, p.returncode
said = p.stderr.read()
assert said == b"writ: the file changed while it was read\n", said
CHANGED
holds 'a file that is replaced while it is asked is asked as it was' python3 changed.py replaced
holds 'a file that is cut short while it is asked is a fault' python3 changed.py cut

# ------------------------------------------------------------------------------------ bad lines

# bad CLAIM WORDS LINE: refused as line 3, and the two before it are answered.
bad() {
    { head -2 lines; printf '%s\n' "$3"; head -1 lines; } >questions
    ask questions small.v3
    holds "$1: 65" [ "$code" -eq 65 ]
    says "  and says so" "writ: standard input, line 3: $2"
    head -2 small.tsv >wanted
    holds '  and the lines before it are answered' cmp -s out wanted
}
issuer=$(cut -f1 revoked)
serial=$(cut -f2 revoked)
no_issuer='issuer: wanted 64 hexadecimal digits, the SHA-256 of its public key'
no_serial='serial: wanted the content of its INTEGER, 1 to 255 octets in hexadecimal'
no_time='timestamp 1: wanted a log id of 64 hexadecimal digits, a colon and milliseconds'
bad 'an empty line' "$no_issuer" ''
bad 'another text' "$no_issuer" 'hello, world'
bad 'an issuer that is too short' "$no_issuer" "${issuer%?}$tab$serial"
bad 'an issuer that is too long' "$no_issuer" "${issuer}0$tab$serial"
bad 'an issuer that is no number' "$no_issuer" "${issuer%?}g$tab$serial"
bad 'one column' 'wanted issuer, tab and serial, found one column' "$issuer"
bad 'a space for the tab' "$no_issuer" "$issuer $serial"
bad 'no serial' "$no_serial" "$issuer$tab"
bad 'an odd number of digits' "$no_serial" "$issuer${tab}123"
bad 'a serial with a prefix' "$no_serial" "$issuer${tab}0x12"
bad 'a serial of 256 octets' "$no_serial" "$issuer$tab$(printf '%0512d' 1)"
bad 'a line of Windows' "$no_serial" "$issuer$tab$serial$(printf '\r')"
bad 'a timestamp without a log' "$no_time" "$issuer$tab$serial${tab}1234"
bad 'a timestamp without a time' "$no_time" "$issuer$tab$serial$tab$issuer"
bad 'a timestamp with an empty time' "$no_time" "$issuer$tab$serial$tab$issuer:"
bad 'a negative time' "$no_time" "$issuer$tab$serial$tab$issuer:-1"
bad 'a time with a fraction' "$no_time" "$issuer$tab$serial$tab$issuer:1.5"
bad 'a comma at the end' "$(echo "$no_time" | sed 's/1/2/')" \
    "$issuer$tab$serial$tab$issuer:1,"
bad 'a comma at the beginning' "$no_time" "$issuer$tab$serial$tab,$issuer:1"
bad 'a fourth column' 'more than three columns' "$issuer$tab$serial$tab$tab"
many_times=$(i=0; while [ $i -lt 65 ]; do printf '%s:1,' "$issuer"; i=$((i + 1)); done)
bad '65 timestamps' 'more than 64 timestamps' "$issuer$tab$serial$tab${many_times%,}"
bad 'a long line' 'longer than 8192 bytes' "$(printf '%08193d' 0)"

head -c 3000000 /dev/zero | tr '\0' 0 >endless
ask endless small.v3
says 'a file without a line is not held to its end' \
    'writ: standard input, line 1: longer than 8192 bytes'
holds '  65' [ "$code" -eq 65 ]
{ cat many; echo bad; } >questions
ask questions small.v3
says 'lines are counted over all that was read' "writ: standard input, line 130001: $no_issuer"
holds '  and those before it are answered' cmp -s out many.wanted

holds 'the longest serial is answered' sh -c "
    printf '%s\t%0510d\n' $issuer 1 | writ filter query small.v3 | grep -q '	[a-z]*\$'"

# ------------------------------------------------------------------------------------- --json

cat >document.py <<'DOCUMENT'
import json, sys
d = json.load(open("out"))
wanted = [line.rstrip("\n").split("\t") for line in open("small.tsv")][: int(sys.argv[1])]
assert list(d)[:2] == ["schema", "answers"] and d["schema"] == 1, d
assert [[a["issuer"], a["serial"], a["answer"]] for a in d["answers"]] == [
    [w[0], w[1], w[-1]] for w in wanted]
assert ("fault" in d) == (len(sys.argv) > 2)
if len(sys.argv) > 2:
    assert d["fault"]["class"] == "bad-input" and d["fault"]["exit"] == 65
    assert d["fault"]["message"].startswith(sys.argv[2])
DOCUMENT
ask lines small.v3 --json
holds 'JSON says the same in one document' python3 document.py 130
holds '  exit 0' [ "$code" -eq 0 ]
{ head -2 lines; echo bad; } >questions
ask questions small.v3 --json
holds 'a bad line is a fault beside the answers before it' \
    python3 document.py 2 'standard input, line 3: issuer'
holds '  65' [ "$code" -eq 65 ]
ask empty small.v3 --json
holds 'no line, an empty list' python3 document.py 0

# ------------------------------------------------------------------------------------ bad files

# unreadable EXIT CLAIM WORDS FILE: a fault before any line is read, also beside a sound file.
unreadable() {
    for files in "$4" "small.v3 $4" "$4 small.v3"; do
        # shellcheck disable=SC2086 # names
        ask lines $files
        holds "$2: $1 ($files)" [ "$code" -eq "$1" ]
        holds "  and says: $3" grep -q "^writ: .*$3" err
        holds '  once, and nothing else' [ "$(wc -l <err) $(wc -c <out)" = '1 0' ]
    done
}
mkdir folder
mkfifo fifo
printf '\004\000' >two
{ printf '\005\000'; tail -c +3 small.v4; } >version5
head -c 510 small.v4 >cut.v4
{ cat small.v4; echo; } >longer.v4
unreadable 66 'nothing there' 'nowhere: No such file or directory' nowhere
unreadable 66 'a directory' 'folder is a directory; a regular file was wanted' folder
unreadable 66 'a FIFO, which does not block' 'fifo is a FIFO; a regular file was wanted' fifo
unreadable 65 'an empty file' 'empty: no filter that writ knows' empty
unreadable 65 'another file' 'small.tsv: no filter that writ knows' small.tsv
unreadable 65 'version 5' 'version5: no filter that writ knows' version5
unreadable 65 'two bytes' 'two: byte 2: number of logs: wanted 2 bytes, 0 are left' two
unreadable 65 'a file that is cut' 'cut.v4: byte .*: words of Y: wanted 16 bytes, 8 are left' cut.v4
unreadable 65 'a file that is longer' 'longer.v4: byte 518: 1 trailing bytes' longer.v4
{ cat small.v3; echo; } >longer.v3
answers 'bytes behind version 3 are let be' small.tsv lines longer.v3
ask empty cut.v4
holds 'a bad file is one without a question too' [ "$code" -eq 65 ]
ask lines cut.v4 --json
holds 'and in JSON' grep -q '"message": "cut.v4: byte' out

exits 64 'no file' writ filter query
exits 64 'an unknown option' writ filter query small.v3 --issuer

if [ -w /dev/full ]; then
    code=0
    writ filter query small.v3 <lines >/dev/full 2>err || code=$?
    holds 'a full disk is a fault' [ "$code" -eq 74 ]
fi

finish
