#!/bin/sh
# Goal of this test: `filter query` and `show` read the filters of before, cascades of both versions
# and three hashes and the stashes between them, alone and together; and whatever is changed in one
# or cut off, they answer or say one sentence.
#
# The files are those of tests/fixtures/cascade, made by a script that shares nothing with writ; its
# own reader is asked the same questions.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null 2>&1 || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

fixtures=$source_root/tests/fixtures/cascade
cp "$fixtures"/v[12]-* "$fixtures"/stash-? "$fixtures/keys.tsv" .
tab=$(printf '\t')

# ask QUESTIONS FILE...: puts the answers to the lines of the file QUESTIONS into out.
ask() {
    questions=$1
    shift
    code=0
    writ filter query "$@" <"$questions" >out 2>err || code=$?
}
# answers CLAIM WANTED FILE...: the lines of the file WANTED, without their answers, get these.
answers() {
    claim=$1
    wanted=$2
    shift 2
    sed 's/	[a-z-]*$//' "$wanted" >lines
    ask lines "$@"
    holds "$claim" [ "$code $(cksum <out) $(wc -c <err)" = "0 $(cksum <"$wanted") 0" ]
}
# The lines of keys.tsv about a file, without its name.
keys_of() {
    sed -n "s/^$1$tab//p" keys.tsv
}

# ------------------------------------------------------------------------------------- answers

holds 'the script makes the same files again' python3 "$fixtures/make.py" --check

# Strangers: certificates that no cascade was made of.  They are answered by chance, but by both
# readers alike.
python3 - >strangers <<'STRANGERS'
import hashlib
for i in range(3000):
    h = hashlib.sha256(b"stranger %d" % i).hexdigest()
    print(hashlib.sha256(b"issuer %d" % (i % 7)).hexdigest() + "\t" + h[: 2 + i % 20 * 2])
STRANGERS

for file in v[12]-* stash-?; do
    keys_of "$file" >wanted
    holds "$file has questions" [ "$(wc -l <wanted)" -ge 20 ]
    answers "  and answers what is true of them" wanted "$file"
    python3 "$fixtures/make.py" --ask "$file" <strangers >second
    answers '  and what the second reader says of 3,000 strangers' second "$file"
done

# ------------------------------------------------------------------- several, and of other kinds

issuer=$(printf first | sha256sum | cut -c 1-64)
# A certificate that a cascade knows and calls good, and a stash that has it.
keys_of v2-sha256ctr-salt | grep "${tab}good$" | head -1 | sed 's/	[a-z-]*$//' >one
python3 - "$(cut -f1 one)" "$(cut -f2 one)" >since <<'STASH'
import struct, sys
issuer, serial = map(bytes.fromhex, sys.argv[1:])
sys.stdout.buffer.write(struct.pack("<IB", 1, 32) + issuer + bytes([len(serial)]) + serial)
STASH
ask one v2-sha256ctr-salt
holds 'what a cascade calls good' grep -q "${tab}good$" out
ask one v2-sha256ctr-salt since
holds '  is revoked when a stash has it' grep -q "${tab}revoked$" out
ask one since v2-sha256ctr-salt stash-1
holds '  in any order' grep -q "${tab}revoked$" out
ask one stash-1
holds 'a stash says nothing of what it does not list' grep -q "${tab}not-enrolled$" out
ask one stash-1 v2-sha256ctr-salt
holds '  and takes no answer away' grep -q "${tab}good$" out
clubcards=$source_root/tests/fixtures/clubcard
ask one "$clubcards/small.v4" v2-sha256ctr-salt since "$clubcards/small.v3"
holds 'they are asked together with clubcards' grep -q "${tab}revoked$" out

# With timestamps coverage is asked, which these files do not tell.
log=$(printf log | sha256sum | cut -c 1-64)
sed "s/\$/$tab$log:1700000000000/" one >timed
ask timed v2-sha256ctr-salt
holds 'with timestamps, a cascade covers nothing' grep -q "${tab}not-covered$" out
ask timed stash-1
holds '  nor does a stash what it does not list' grep -q "${tab}not-covered$" out
ask timed since
holds '  but what it lists is revoked' grep -q "${tab}revoked$" out

writ --json filter query since <one >out 2>err
jq -r '.answers[0] | "\(.issuer)\t\(.serial)\t\(.answer)"' out >told
holds 'the same in JSON' [ "$(cat told)" = "$(cat one)${tab}revoked" ]

# ---------------------------------------------------------------------------------------- show

# shown CLAIM FILE FILTER: jq finds it true of what show says.
shown() {
    run writ --json show "$2"
    holds "$1" sh -c 'jq -e "$1" out >/dev/null' sh ".objects[0] | $3"
}
shown 'show tells a cascade' v2-sha256ctr-salt-inverted \
    '.object == "cascade" and .version == 2 and .inverted and .hash == "sha256ctr" and
     .salt == "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" and .layers[0] == {bits: 139, k: 5}'
shown '  of version 1' v1-murmur3 \
    '.version == 1 and .hash == "murmur3" and (.inverted | not) and (has("salt") | not)'
shown '  and of sha256l32' v1-sha256l32 '.hash == "sha256l32" and (.layers | length) > 3'
shown 'show tells a stash' stash-3 ".object == \"stash\" and .issuer_count == 2 and
    .serial_count == 9 and .issuers[0].issuer == \"$issuer\" and
    (.issuers[0].serials | length) == 3"
shown '  that begins like a cascade' stash-1 '.object == "stash" and .serial_count == 7'
run writ show stash-5
holds '  in words' grep -q "issuer: $issuer" out

python3 - >large <<'LARGE'
import struct, sys
for i in range(1001):
    sys.stdout.buffer.write(struct.pack("<IB32s", 60, 32, bytes([i >> 8, i & 255]) * 16) +
                            b"".join(bytes([2, i & 255, j]) for j in range(60)))
LARGE
shown 'of a large stash the beginning is listed' large '.issuer_count == 1001 and
    .serial_count == 60060 and (.issuers | length) == 1000 and .issuers[0].serial_count == 60 and
    (.issuers[999].serials | length) == 50'

# ------------------------------------------------------------------------------------ bad files

# refused CLAIM WORDS BYTES...: a file of these bytes (printf) is refused by both commands.
refused() {
    claim=$1
    words=$2
    shift 2
    # shellcheck disable=SC2059 # bytes
    printf "$@" >bad
    ask one bad
    holds "$claim: 65, no answer" [ "$code $(cksum <out)" = "65 $(cksum </dev/null)" ]
    holds '  and one sentence' [ "$(grep -c . err)" -eq 1 ]
    holds "  about: $words" grep -qF "writ: bad: $words" err
}
refused 'no layer' 'byte 4: hash of a cascade layer: wanted 1 bytes, 0 are left' '\2\0\0\0'
refused 'inverted twice over' 'byte 3: cascade inverted is 2, wanted 0 or 1' '\2\0\2\0\1'
refused 'another hash' 'byte 3: cascade layer 1: hash 7, wanted 1 to 3' '\1\0\7'
refused 'the second layer first' 'byte 12: cascade layer 1 says that it is layer 2' \
    '\1\0\1\010\0\0\0\1\0\0\0\2\377'
refused 'a huge k' 'byte 12: cascade layer 1: k is 4294967295, wanted 1 to 64' \
    '\1\0\1\010\0\0\0\377\377\377\377\1\377'
refused 'more bits than there are' 'byte 12: cascade layer: wanted 67108864 bytes, 1 are left' \
    '\1\0\1\0\0\0\040\1\0\0\0\1\377'
refused 'a stash that is cut off' 'byte 9: serial in a stash: wanted 1 bytes, 0 are left' \
    '\1\0\0\0\4abcd'
refused 'a serial of nothing' 'byte 10: serial in a stash: no octets' '\1\0\0\0\4abcd\0'

cat >strange.py <<'STRANGE'
"""Of all truncations of a file, and all changes of one bit in it, 150: `writ filter query` answers,
or says one sentence and exits with 65.  (The unit tests try all of them.)"""
import os, subprocess, sys

name, questions = sys.argv[1:]
data = open(name, "rb").read()
lines = open(questions, "rb").read()
variants = [data[:n] for n in range(len(data))]
for at in range(len(data)):
    for change in [1 << bit for bit in range(8)]:
        variants.append(data[:at] + bytes([data[at] ^ change]) + data[at + 1:])
step = max(1, len(variants) // 150)
broken = answered = refused = 0
for variant in variants[::step]:
    with open("variant", "wb") as f:
        f.write(variant)
    p = subprocess.run(["writ", "filter", "query", "variant"], input=lines, capture_output=True)
    out, err = p.stdout.splitlines(), p.stderr.splitlines()
    if p.returncode == 0 and len(out) == len(lines.splitlines()) and not err:
        answered += 1
    elif p.returncode == 65 and not out and len(err) == 1 and err[0].startswith(b"writ: variant: "):
        refused += 1
    else:
        broken += 1
        print("exit", p.returncode, err, variant.hex())
print("answered", answered, "refused", refused)
sys.exit(broken > 0 or answered < 10 or refused < 10)
STRANGE
keys_of v2-sha256l32 | head -5 | sed 's/	[a-z-]*$//' >five
for file in v2-sha256l32-salt-inverted stash-2; do
    holds "$file, cut or changed, is answered or refused" python3 strange.py "$file" five
done

finish
