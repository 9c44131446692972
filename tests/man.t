#!/bin/sh
# Goal of this test: every command, option, format and field is described in a manual page, pages
# name nothing that does not exist, their examples run, and their test vectors are true.
#
# Marks in the pages, each a comment line before a literal display:
#   example NAME   the lines that begin with "$ " are run one after the other in a directory that
#                  tests/prog/examples.d/NAME.sh has prepared ("vectors": the files of the vectors);
#                  a line that does not exit with 0 ends in "# exits N"
#   vector NAME    bytes, as tests/vectors.py reads them

up=..
. "$(dirname "$0")/prog/lib.sh"

WRIT_PASSPHRASE='correct horse battery staple'
export WRIT_PASSPHRASE
man=$source_root/man
world=$dir

# says_that FILTER: jq finds it true of the JSON in the file out.
says_that() {
    jq -e "$1" out >/dev/null
}

# ---- form ----

# A page that several commands share has a symbolic link for each.
(cd "$man" && find . -type f -name '*.[15]' | sort) >pages
holds 'there are pages' [ -s pages ]
while IFS= read -r page <&3; do
    (cd "$man" && mandoc -T lint -W warning "$page") >lint 2>&1
    holds "$page is sound mdoc" [ ! -s lint ]
    [ ! -s lint ] || sed 's/^/#   /' lint
done 3<pages

# ---- commands, options, names, fields ----

writ commands --json >table.json
python3 "$source_root/tests/man.py" "$man" table.json "$source_root/src/verdict/judge.c" >breaches
holds 'the pages could be read' [ "$?" -eq 0 ]
sed 's/^/#   /' breaches
holds 'the pages say what the table of commands says' [ ! -s breaches ]

# ---- examples ----

# prepare NAME: fills the working directory.
prepare() {
    if [ "$1" = vectors ]; then
        python3 "$source_root/tests/vectors.py" "$man" .
    else
        # shellcheck disable=SC1090 # one for each mark
        . "$source_root/tests/prog/examples.d/$1.sh"
    fi
}

# run_example PREPARATION: the lines of the file lines, in a new directory; results tells of each.
run_example() (
    rm -rf work
    mkdir -p work/home work/root
    cd work || exit 1
    HOME=$PWD/home
    WRIT_ROOT=$PWD/root
    dir=$PWD
    set -e
    . "$source_root/tests/prog/journey.sh"
    now=
    prepare "$1"
    set +e
    while IFS= read -r line <&4; do
        timeout 60 sh -c "$line" >>../log 2>&1 </dev/null
        echo "$?"
    done 4<../lines >../results
)

python3 "$source_root/tests/vectors.py" --examples "$man" >examples
holds 'there are examples' [ -s examples ]
cut -f 1,2 examples | sort -u >marks
while IFS='	' read -r page mark <&3; do
    awk -F '\t' -v page="$page" -v mark="$mark" '$1 == page && $2 == mark {
        sub(/^[^\t]*\t[^\t]*\t/, ""); print }' examples >lines
    : >results
    : >log
    run_example "${mark%%:*}" >log 2>&1
    number=0
    while IFS= read -r line <&4; do
        case $line in
        *'# exits '*) wanted=${line##*# exits } ;;
        *) wanted=0 ;;
        esac
        number=$((number + 1))
        result=$(sed -n "${number}p" results)
        holds "$page: $line" [ "$result" = "$wanted" ]
        [ "$result" = "$wanted" ] || sed 's/^/#   /' log
    done 4<lines
done 3<marks

# ---- vectors: bundle, note, table and seal are of one CA ----

cd "$world" || exit 1
mkdir vectors
python3 "$source_root/tests/vectors.py" "$man" vectors
holds 'the vectors could be read' [ "$?" -eq 0 ]
root=fd8f3927bed636aa839a65a4964caa5cb82975092019e74bda70cc22f4cd7771

exits 0 'the vectors are a feed that a device takes over' \
    writ source add feed vectors --fingerprint "$root" --at 2026-02-03
exits 2 'the seal vector is of a certificate that the table vector revokes' \
    writ verify vectors/hello --at 2026-02-03 --json
holds 'the superseded one, since the instant that the page names' \
    says_that '.results[0].seals[0].entries[0].path[1].revocation ==
        {reason: "superseded", since: "2026-02-01T00:00:00Z", revoked_at: "2026-02-01T00:00:00Z"}'
exits 65 'one bit of the note vector changed, and the feed is refused' sh -c '
    mkdir bad && cp -r vectors/. bad && sed -i "s/^version 1/version 3/" bad/feed.note &&
    exec writ pull --at 2026-02-03 --from bad'
says 'because of the signature' "writ: example-7e6f4687: note: the signature by the feed's key does not verify"

exits 0 'the empty table can be read' writ show vectors/table-empty --json
holds 'and has no block' says_that '.objects[0].blocks == [] and .objects[0].bytes == 64'
exits 0 'the table can be read' writ show vectors/table-list --json
holds 'and says what the page says' says_that '.objects[0].blocks[0] |
    .kind == "list" and .covered_below == 21 and .gaps == 1 and .count == 1 and
    .revoked[0].key == "2091ed7d38808148ec4fbd48f514e381"'
exits 0 'the code directory can be read' writ show vectors/code-directory --json
holds 'and is that of the seal' cmp -s vectors/code-directory vectors/parts/codedirectory
tail -c 16 vectors/trailer >lengths
holds 'the trailer has the lengths of the seal and the content' cmp -s lengths vectors/lengths

exits 0 'the cascade can be read' writ show vectors/cascade --json
holds 'and is of the kind that the page says' says_that '.objects[0] | .object == "cascade" and
    .version == 2 and .hash == "sha256ctr" and (.salt | length) == 32 and
    [.layers[].bits] == [139, 19, 19, 7, 6, 6]'
sed -n 's/^issuer  //p' "$man/writ-cascade.5" >issuers
sed -n 's/^serial  //p' "$man/writ-cascade.5" | paste issuers - >questions
code=0
writ filter query vectors/cascade <questions >out 2>err || code=$?
cut -f 3 out >answers
holds 'and answers what the page says' [ "$(echo $(cat answers))" = 'revoked good' ]
exits 0 'the stash can be read' writ show vectors/stash --json
holds 'and lists what the page says' says_that '.objects[0] | .object == "stash" and
    [.issuers[] | [(.issuer | .[:8]), .serials]] == [["01020304", ["00f1"]]]'
sed -n 's/^\([0-9a-f]*\)  *\(good\|revoked\)$/\1 \2/p' "$man/writ-clubcard.5" >answers
awk '{ print "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\t" $1 "\t" log_id ":1700000000000" }' \
    log_id="$(printf '%064d' 0 | tr 0 a)" answers >questions
for version in 3 4; do
    exits 0 "the clubcard of version $version can be read" writ show "vectors/clubcard-$version" --json
    holds 'and has the numbers that the page says' says_that '.objects[0] | .object == "clubcard" and
        .logs[0].until_ms == 1760000000000 and .issuer_count == 1 and (.issuers[0] |
            [.approximate_m, .rank, .exact_m, .exception_count] == [2, 1, 3, null])'
    code=0
    writ filter query "vectors/clubcard-$version" <questions >out 2>err || code=$?
    holds 'and answers what the page says' [ "$(cut -f 2,4 out | tr '\t' ' ')" = "$(cat answers)" ]
    holds 'about eight certificates' [ "$(wc -l <out)" -eq 8 ]
done
exits 0 'the keys of OneCRL can be read' writ show vectors/onecrl --json
holds 'and are two' says_that '.objects[0] | .object == "OneCRL" and .key_count == 2'

writ ca init Merkle --insecure-plain-keys >out 2>err
writ ca issue Tail --insecure-plain-key >out 2>err
cp /bin/true app
exits 0 'a program can be sealed' writ sign app --key tail
tail -c 32 app | head -c 16 >magic
head -c 16 vectors/trailer >magic-vector
holds 'and its trailer begins like the vector' cmp -s magic magic-vector
openssl x509 -in tail.pem -outform DER >certificate
python3 -c 'import sys
sys.exit(open("vectors/number", "rb").read() not in open("certificate", "rb").read())'
holds 'the first certificate holds the vector of the extension' [ "$?" -eq 0 ]

while read -r length merkle <&3; do
    head -c "$length" /dev/zero >zeros
    exits 0 "the root of $length zero bytes can be computed" \
        writ ca revoke --content zeros --dry-run --json
    holds 'and is the vector' [ "$(jq -r .content_root out)" = "$merkle" ]
done 3<vectors/merkle

# ---- what --json says ----

mkdir -p walk/root
(
    cd walk || exit 1
    WRIT_ROOT=$PWD/root
    sh "$source_root/tests/man-walk.sh" &&
        writ --json show ../vectors/cascade ../vectors/stash ../vectors/onecrl \
            ../vectors/clubcard-3 ../vectors/clubcard-4 "$source_root"/tests/fixtures/clubcard/small.v4
) >documents 2>err
holds 'every command was asked for JSON' [ "$?" -eq 0 ]
python3 "$source_root/tests/man.py" --fields "$man/writ-json.5" documents >breaches
holds 'the documents could be read' [ "$?" -eq 0 ]
sed 's/^/#   /' breaches
holds 'every field that --json emits is described' [ ! -s breaches ]

finish
