#!/bin/sh
# Goal of this test: lists that are malformed or contradict each other are refused with file and line;
# and a build that is refused, killed or interrupted leaves nothing, and what stood there before.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/filters.sh"
absent=$(missing python3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

one=$(issuer 1)
two=$(issuer 2)
universe 1:40:4 2:30:3
mkdir old && cp -r known revoked lists old/
mkdir here

reset() {
    rm -rf known revoked lists
    cp -r old/known old/revoked old/lists .
}

# refused CODE SENTENCE CLAIM [OPTION...]: text lists are refused like this, and leave nothing.
# refused_folder: folders.
look() {
    wanted_code=$1
    sentence=$2
    claim=$3
    shift 3
    run writ filter build --out here/filter "$@"
    holds "$claim" [ "$code" -eq "$wanted_code" ]
    says '  with one sentence' "writ: $sentence"
    holds '  and nothing is left' [ ! -s out ] && [ -z "$(ls -A here)" ]
    reset
}
refused() {
    look "$1" "$2" "$3" --known known --revoked revoked
}
refused_folder() {
    look "$1" "$2" "$3" --known lists --revoked lists
}

# ------------------------------------------------------------------------------ contradictions

echo "$two${tab}0badc0de" >>revoked
refused 65 'revoked:8: serial 0badc0de is revoked, but not among the known ones' \
    'a revoked certificate that nobody knows'
sed "1s/^$one/$two/" old/revoked >revoked
refused 65 "revoked:1: serial $(head -1 old/revoked | cut -f 2) is revoked, but not among the known ones" \
    'a known certificate of another issuer is not known'
echo "$(issuer 3)${tab}01" >>revoked
refused 65 "revoked:8: issuer $(issuer 3) has revoked certificates, and no list of known ones" \
    'a revoked certificate of an issuer that is not known'
echo 0badc0de >>lists/"$two".revoked
refused_folder 65 "lists/$two.revoked:4: serial 0badc0de is revoked, but not among the known ones" \
    'the same in a folder'
sed 1d lists/"$one".known >rest && mv rest lists/"$one".known
refused_folder 65 "lists/$one.revoked:1: serial $(head -1 old/lists/"$one".revoked) is revoked, but not \
among the known ones" 'a certificate that is left out'
cp lists/"$one".revoked lists/"$(issuer 3)".revoked
refused_folder 65 "lists/$(issuer 3).revoked: this issuer has no list of known ones" \
    'a list of an issuer that is not known'
capitals=$(printf %s "$two" | tr a-f A-F)
cp lists/"$two".known lists/"$capitals".known
run writ filter build --known lists --revoked lists --out here/filter
holds 'two files of the same issuer' [ "$code" -eq 65 ]
holds '  with one sentence' grep -qx "writ: lists: $two.known and $capitals.known are the same issuer\|\
writ: lists: $capitals.known and $two.known are the same issuer" err
reset
: >known
refused 65 'known: there is no issuer in it' 'an empty list of known ones'
: >known
: >revoked
refused 65 'known: there is no issuer in it' 'two empty lists'
rm lists/*.known
refused_folder 65 'lists: there is no issuer in it' 'a folder without known ones'
: >lists/"$one".known
refused_folder 65 "lists/$one.revoked:1: serial $(head -1 old/lists/"$one".revoked) is revoked, but not \
among the known ones" 'an issuer without certificates that has revoked some'

# ------------------------------------------------------------------------------- malformed lines

serial='a serial number of 1 to 255 bytes in hexadecimal'
while IFS='|' read -r line wanted found; do
    printf '%b\n' "$line" | sed "s/ISSUER/$one/" >>known
    refused 65 "known:71: wanted $wanted, found \"$found\"" "the line \"$line\""
done <<END
|an issuer, a tab and a serial number|
ISSUER 01|an issuer, a tab and a serial number|$(echo "$one" | cut -c 1-60)...
ISSUER\t|$serial|
ISSUER\t0|$serial|0
ISSUER\t0g|$serial|0g
ISSUER\t01:02|$serial|01:02
ISSUER\t01 |$serial|01 
ISSUER\t01\t02|$serial|01\\x0902
ISSUER\t01\r|$serial|01\\x0d
abcd\t01|the SHA-256 of an issuer's key in hexadecimal or base64url|abcd
xISSUER\t01|the SHA-256 of an issuer's key in hexadecimal or base64url|x$(echo "$one" | cut -c 1-59)...
# comment|an issuer, a tab and a serial number|# comment
END
printf '%s\t%0512d\n' "$one" 0 >>revoked
refused 65 "revoked:8: wanted $serial, found \"$(printf %060d 0)...\"" 'a serial number of 256 bytes'
printf '%s\t%04100d\n' "$one" 0 >>known
refused 65 'known:71: a line of more than 4096 bytes' 'a line that has no end'
printf '\377\376\n' >>lists/"$one".known
run writ filter build --known lists --revoked lists --out here/filter
holds 'bytes that are no text are shown harmlessly' [ "$code" -eq 65 ] &&
    ! LC_ALL=C grep -q "$(printf '\377')" err
reset
echo >>lists/"$two".known
refused_folder 65 "lists/$two.known:31: wanted $serial, found \"\"" 'an empty line in a folder'
echo 01 >lists/readme.txt
refused_folder 65 "lists/readme.txt: wanted files with the name ISSUER.known, where ISSUER is the SHA-256 \
of an issuer's key in hexadecimal or base64url" 'a file of another name'
echo 01 >lists/short.known
refused_folder 65 "lists/short.known: wanted files with the name ISSUER.known, where ISSUER is the \
SHA-256 of an issuer's key in hexadecimal or base64url" 'a file of no issuer'

# ---------------------------------------------------------------------------- files and options

rm known
refused 66 'cannot read known: No such file or directory' 'a list that is not there'
rm lists/"$one".known
mkdir lists/"$one".known
run writ filter build --known lists --revoked lists --out here/filter
holds 'a folder where a file should be' [ "$code" -eq 66 ]
reset
exits 64 'a build without lists' writ filter build --out here/filter
says '  says what it wants' 'writ: wanted --known and --revoked, or --ca; try writ filter build --help'
exits 64 'one list alone' writ filter build --known known --out here/filter
exits 64 'lists and a CA' writ filter build --ca --known known --out here/filter
exits 64 'no --out' writ filter build --known known --revoked revoked
exits 64 'another format' writ filter build --known known --revoked revoked --out x --format cascade
exits 64 'no threads' writ filter build --known known --revoked revoked --out x --threads 0
exits 66 'a CA that is not there' writ filter build --ca --out here/filter
exits 73 'a place that is not there' \
    writ filter build --known known --revoked revoked --out nowhere/filter
exits 73 'a place that is no file' writ filter build --known known --revoked revoked --out /dev/null
holds 'none of them left anything' [ -z "$(ls -A here)" ]

# ------------------------------------------------------------------------------------- coverage

log=$(printf 'aa%062d' 0)
base64=$(printf 'qg%041d=' 0 | tr 0 A)
bad_coverage() {
    printf '%b' "$1" >coverage
    run writ filter build --known known --revoked revoked --out here/filter --coverage coverage
    holds "a coverage like $(printf '%.30s' "$1" | tr -d '\\') is refused" [ "$code" -eq 65 ]
    holds "  with $2" grep -q "^writ: coverage: $2" err
    holds '  and nothing is left' [ -z "$(ls -A here)" ]
}
bad_coverage "$log\t1\n" "line 1: wanted a log's id in hexadecimal, a tab, the first"
bad_coverage "$log\t1\t2\n$log\t1\t-2\n" "line 2: wanted a log's id"
bad_coverage "$log\t1\t2\n$log\t3\t4\n" 'line 2: the log stands twice'
bad_coverage "$log\t1\t2\t3\n" 'line 1: wanted'
bad_coverage 'xx\t1\t2\n' 'line 1: wanted'
bad_coverage '[' '.*the list of logs'
bad_coverage '[7]' 'log 1: wanted a LogID'
bad_coverage '[{"LogID": "AAAA", "MinEntry": 0}]' 'log 1: wanted a LogID: 32 bytes'
bad_coverage "[{\"LogID\": \"$base64\"}]" 'log 1: wanted a number MinEntry'
bad_coverage "[{\"LogID\": \"$base64\", \"MinEntry\": 0, \"MinTimestamp\": -1}]" \
    'log 1: wanted a number MinTimestamp that is not negative'
python3 -c '
for i in range(1025): print("%064x\t1\t2" % i)' >coverage
run writ filter build --known known --revoked revoked --out here/filter --coverage coverage
holds 'more logs than a clubcard holds' [ "$code" -eq 65 ]
says '  are refused' 'writ: coverage: line 1025: more than 1024 logs, the ceiling'

# ------------------------------------------------------------------------- killed and interrupted

if ! strace -o /dev/null true 2>/dev/null; then
    claims=$((claims + 1))
    echo "ok $claims - killed and interrupted # SKIP this process may not trace another one"
    finish
fi
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
universe 1:9000:90 2:5000:4000
mkdir -p spool
printf old >here/filter

# hit WHAT: a build of which a system call goes wrong like this.
hit() {
    code=0
    TMPDIR=$dir/spool strace -f -o trace -e "inject=$1" \
        writ filter build --known known --revoked revoked --out here/filter --threads 1 \
        >out 2>err || code=$?
}
left() {
    find here spool -type f ! -path here/filter | wc -l
}
stands() {
    [ "$(cat here/filter)" = old ]
}

# The lists are read, the temporary file is written, and read for both filters and for looking up;
# then the file is written, brought to the disk and gets its name.
hit fsync:error=EIO:when=1
holds 'a disk that fails is a fault' [ "$code" -eq 74 ]
holds '  that leaves nothing' [ "$(left)" -eq 0 ]
holds '  and what stood there' stands
reads=$(grep -c ' read(' trace)
walks=$(grep -c ' pread64(' trace)
holds 'the temporary file is read four times' [ "$walks" -gt 30 ]

for at in "read:when=$((reads - 4))" "pread64:when=$((walks / 4))" "pread64:when=$((walks * 2 / 3))" \
    "pread64:when=$((walks - 1))"; do
    for signal in KILL INT; do
        hit "${at%:*}:signal=$signal:${at#*:}"
        holds "ended by $signal at $at" [ "$code" -gt 128 ]
        holds '  it leaves nothing' [ "$(left)" -eq 0 ]
        holds '  and what stood there' stands
    done
done
for call in fsync /^renameat; do
    hit "$call:signal=KILL:when=1"
    holds "killed at $call, it has not replaced what stood there" [ "$code $(cat here/filter)" = '137 old' ]
    run writ filter build --known known --revoked revoked --out here/new
    holds '  and the next build clears away' [ "$(find here -type f | wc -l)" -eq 2 ]
    rm -f here/new
    printf old >here/filter
done
hit "pread64:error=EIO:when=$((walks / 2))"
holds 'a temporary file that cannot be read is a fault' [ "$code" -eq 74 ]
holds '  with file and reason' \
    grep -qx 'writ: cannot read the temporary file: Input/output error' err
hit write:error=ENOSPC:when=1
holds 'a full disk for it is a fault' [ "$code" -eq 74 ]
holds '  with file and reason' \
    grep -q ': cannot write the temporary file: No space left on device$' err
holds 'at the end nothing is left' [ "$(left)" -eq 0 ]
holds '  and what stood there stands' stands
finish
