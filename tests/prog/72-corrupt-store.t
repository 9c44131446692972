#!/bin/sh
# Goal of this test: a CA's store that is not what it was is never written to and never published from;
# every command says in one sentence what is wrong with it.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
issue Alice alice
issue Bob bob
must w publish "$feed"
cp "$(store)" sound.db
cp "$feed/feed.note" before.note

# spoilt WORDS CLAIM: with the store as it is now, every command of these says WORDS and changes
# nothing.
readers="ca list;ca show"
writers="ca issue Eve --insecure-plain-key;ca revoke Alice --reason superseded;ca reinstate Alice --note x;publish;ca backup copy.db"
commands="$readers;$writers"
spoilt() {
    cp "$(store)" spoilt.db
    n=1
    while command=$(echo "$commands" | cut -d';' -f$n) && [ -n "$command" ]; do
        n=$((n + 1))
        # shellcheck disable=SC2086 # the words of a command
        run w $command
        if [ "$code" -lt 64 ] || ! one_sentence || ! grep -q -e "$1" err; then
            echo "# $command: exit $code, wanted one sentence with \"$1\""
            sed 's/^/#   /' out err
            holds "$2" false
            return
        fi
    done
    rm -f "$(store)-wal" "$(store)-shm"
    if ! cmp -s spoilt.db "$(store)" || ! cmp -s before.note "$feed/feed.note" || [ -e eve.key ] || [ -e copy.db ]; then
        echo "# something changed"
        holds "$2" false
        return
    fi
    holds "$2" true
}

flip_store() { # OFFSET: one byte of the store
    flip "$(store)" "$1" 255
}

: >"$(store)"
spoilt "is empty, not a writ CA store" "an empty file"
head -c 5000 /dev/urandom >"$(store)"
spoilt "ca.db" "noise"
rm "$(store)" && sqlite3 "$(store)" "CREATE TABLE x (y)"
spoilt "not a writ CA store" "somebody else's database"
head -c 20000 sound.db >"$(store)"
spoilt "damaged" "a store that is cut"
cp sound.db "$(store)" && dd if=/dev/zero of="$(store)" bs=4096 seek=3 count=2 conv=notrunc 2>/dev/null
commands=$writers # who only reads may not come across them
spoilt "damaged" "two pages of zeros"
commands="$readers;$writers"

# altered SQL WORDS CLAIM: the store, changed by somebody who can write SQL.
altered() {
    cp sound.db "$(store)"
    must sqlite3 "$(store)" "PRAGMA writable_schema = ON; $1"
    rm -f "$(store)-wal" "$(store)-shm"
    spoilt "$2" "$3"
}
altered "DROP TRIGGER audit_no_delete" "its tables and triggers are not those writ made" "a trigger is gone"
altered "ALTER TABLE keys ADD COLUMN more TEXT" "its tables and triggers are not those writ made" "a table has a column more"
altered "PRAGMA user_version = 3" "was made by a newer writ: it has schema 3, this one knows 2" "a store of a later writ"
altered "DROP TRIGGER certificates_no_update; UPDATE certificates SET name = 'Eve' WHERE name = 'Bob'" \
    "its tables and triggers are not those writ made" "a name that was changed, and its trigger not put back"

# One byte of a certificate, found by its fingerprint.
cp sound.db "$(store)"
trigger=$(sqlite3 "$(store)" "SELECT sql FROM sqlite_schema WHERE name = 'certificates_no_update'")
must sqlite3 "$(store)" "DROP TRIGGER certificates_no_update;
    UPDATE certificates SET der = CAST(substr(der, 1, 100) || x'00' || substr(der, 102) AS BLOB) WHERE name = 'Bob'; $trigger"
rm -f "$(store)-wal" "$(store)-shm"
for command in "ca list" "publish" "ca show Bob"; do
    # shellcheck disable=SC2086 # the words of a command
    run w $command
    holds "a certificate that was changed, its trigger put back: $command" \
        sh -c '[ "$0" -eq 65 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "damaged" err' "$code"
done
holds "and no feed came of it" cmp before.note "$feed/feed.note"

# Every page's first byte, one at a time: whatever is found, and if nothing is, nothing is lost.
pages=$(($(wc -c <sound.db) / 4096))
page=0
wrong=0
while [ $page -lt $pages ]; do
    cp sound.db "$(store)"
    rm -f "$(store)-wal" "$(store)-shm"
    flip_store $((page * 4096))
    run w ca list
    if [ "$code" -ne 0 ]; then
        one_sentence || wrong=$((wrong + 1))
        [ "$code" -ge 64 ] || wrong=$((wrong + 1))
    else
        [ "$(grep -c developer out)" -eq 2 ] || wrong=$((wrong + 1))
    fi
    page=$((page + 1))
done
holds "the first byte of each of $pages pages: a sentence, or all is there" [ $wrong -eq 0 ]

rm -f "$(store)" "$(store)-wal" "$(store)-shm"
mkdir "$(store)"
refuses 66 "no CA store at .*: a directory" "a directory in its place" w ca list
rmdir "$(store)"
mkfifo "$(store)"
refuses 66 "no CA store at .*: a FIFO" "a FIFO in its place" w ca list
rm "$(store)"
cp sound.db "$(store)"
works "and with the sound one all is well" w publish
finish
