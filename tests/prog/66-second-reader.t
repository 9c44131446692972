#!/bin/sh
# Goal of this test: man/writ-table.5 is enough to read a table.  A reader in another language, written
# from that page alone, gives the same answer to every question and refuses the same files.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 python3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
helpers=$source_root/tests/helpers
probe=$table_probe

for i in 1 2 3 4 5 6; do
    must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
        -subj "/CN=Issuer $i" -outform DER -out issuer$i.der
done

# agree TABLE QUESTIONS: how many answers there were, when both readers gave the same.
agree() {
    "$probe" answer "$1" <"$2" >ours 2>err || return 1
    python3 "$helpers/table_reader.py" answer "$1" <"$2" >theirs 2>>err || return 1
    cmp -s ours theirs || {
        paste -d'|' "$2" ours theirs | awk -F'|' '$2 != $3' | head -n 3 | sed 's/^/# /'
        return 1
    }
    [ "$(wc -l <ours)" -eq "$(wc -l <"$2")" ]
}

# --- random tables ---

: >all
seed=1
while read -r n issuers repeats; do
    for repeat in $(seq "$repeats"); do
        # shellcheck disable=SC2046 # a list of files
        python3 "$helpers/table_cases.py" describe $seed "$n" $(ls issuer*.der | head -n "$issuers") >description
        "$probe" build 1772366400 <description >table-$seed 2>err || cat err
        python3 "$helpers/table_cases.py" ask $seed description >questions
        holds "table $seed ($n revocations by $issuers): both give the same $(wc -l <questions) answers" \
            agree table-$seed questions
        cat ours >>all
        seed=$((seed + 1))
    done
done <<'END'
0 1 2
1 1 2
2 2 3
17 3 3
300 6 1
5000 4 1
END
for outcome in no-block 'revoked [0-69] [0-9]* [0-9]*' burned unnumbered good newer; do
    holds "among them \"$outcome\"" grep -q -x "$outcome" all
done
holds "the questions are those both understand" [ "$(grep -v -c -x \
    -e no-block -e 'revoked [0-69] [0-9]* [0-9]*' -e burned -e unnumbered -e good -e newer all)" -eq 0 ]

# --- tables of a real CA ---

make_ca
for i in 1 2 3 4 5; do
    issue "Dev $i" "dev$i"
done
must w ca revoke "Dev 1" --reason keyCompromise
must w ca revoke "Dev 2" --reason superseded
must w ca hold "Dev 3"
cp /usr/bin/true app
must w ca revoke --content app
must w ca backup backup.db
cp backup.db "$(store)"
rm -f "$(store)-wal" "$(store)-shm"
issue "After" after
must w ca revoke "Dev 4" --reason cACompromise
must w publish "$feed"
ca_certificates
published=$feed/$(sed -n 's/^file \([^ ]*\).*/\1/p' "$feed/feed.note")
intermediate=$(spki_hash intermediate.der)
root=$(spki_hash root.der)
query "SELECT 'certificate $intermediate ' || lower(hex(serial)) || ' ' || number || ' ' || not_before
       FROM certificates WHERE role = 3 ORDER BY id" >questions
run w ca show --json
query "SELECT 'certificate $root ' || lower(hex(serial)) || ' ' || number || ' ' || not_before
       FROM certificates WHERE role = 2" >>questions
{
    jq -r ".revoked_contents[] | \"content $root \\(.content_length) \\(.content_root)\"" out
    echo "certificate $intermediate 00 1000 1772366400"
    echo "certificate $intermediate 00 6 1772366400"
    echo "certificate $intermediate 00 99999999 1772366400"
} >>questions
holds "a table of the CA itself, restored once" agree "$published" questions
sed 's/ [0-9]* [0-9]*$//' ours | tr '\n' ' ' >answers
holds "says what its store says" [ "$(cat answers)" = \
    "revoked 1 revoked 4 revoked 6 revoked 2 good good good revoked 0 burned burned newer " ]

# --- tables gone wrong ---

mkdir spoilt
for table in table-1 table-3 table-7 "$published"; do
    rm -f spoilt/*
    name=$(basename "$table" | cut -c1-12)
    python3 "$helpers/table_cases.py" spoil 7 "$table" spoilt 1500 >paths
    "$probe" verdicts <paths >ours 2>err
    python3 "$helpers/table_reader.py" verdicts <paths >theirs 2>>err
    cut -d' ' -f1 ours >ours.words
    cut -d' ' -f1 theirs >theirs.words
    paste -d'|' paths ours theirs | awk -F'|' '{ split($2, a, " "); split($3, b, " "); if (a[1] != b[1]) print }' |
        head -n 3 | sed 's/^/# /'
    holds "of $(wc -l <paths) that differ from $name in little, both refuse the same $(grep -c refused ours)" \
        cmp -s ours.words theirs.words
    holds "which are not all of them ($name)" \
        sh -c 'grep -q -x good ours.words && grep -q -x refused ours.words'
done

# The examples of the page.
grep '^[0-9a-f][0-9a-f][0-9a-f]0  ' "$source_root/man/writ-table.5" |
    awk '/^0000/ { n++ } { sub(/^[0-9a-f]* */, ""); gsub(/ /, ""); print > ("dump" n) }'
for n in 1 2; do
    sed 's/../\\x&/g' dump$n | tr -d '\n' | xargs -0 printf >example$n
    echo "$dir/example$n" >paths
    { "$probe" verdicts <paths; python3 "$helpers/table_reader.py" verdicts <paths; } >both
    holds "the page's example of $(wc -c <example$n) bytes is a table, for both" [ "$(sort -u both)" = good ]
done
finish
