#!/bin/sh
# Goal of this test: a store that an older writ made is read as it is, and is taken to this one's schema
# by the first command that changes something, once, with everything in it: keys, numbers, revocations,
# the audit.  Nothing else does that, and a migration that cannot be finished leaves the old store.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl jq sqlite3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
now=2026-03-02T12:00:00Z

old_store() {
    rm -rf root
    mkdir -p "$(state_dir)/ca"
    sqlite3 "$(store)" <"$source_root/tests/fixtures/castore/schema-1.sql" >/dev/null
    chmod 600 "$(store)"
}
version() {
    query "PRAGMA user_version"
}
tables="ca settings keys certificates issuers gaps revocations contents publications audit"
contents() {
    for table in $tables; do
        echo "-- $table"
        query "SELECT * FROM $table" | sort
    done
}

old_store
holds "the fixture is of schema 1" [ "$(version)" = 1 ]
contents >old
sha256sum "$(store)" >sum
for command in "ca list" "ca list --revoked --json" "ca show" "ca show --audit --json" "ca show Alice --pem"; do
    # shellcheck disable=SC2086 # the words of a command
    works "it is read as it is: $command" w $command
done
works "and copied as it is" w ca backup copy.db
for command in "ca revoke Carol --reason superseded --dry-run" "publish feed --dry-run" "ca export --crl x.crl --dry-run"; do
    # shellcheck disable=SC2086
    refuses 78 "cannot be rehearsed" "a rehearsal does not take it over: $command" w $command
done
holds "nothing of it has changed" sha256sum -c --status sum

works "the first change" w ca hold Carol
holds "takes it to schema 2" [ "$(version)" = 2 ]
w ca reinstate Carol --note back >/dev/null
contents >new
comm -23 old new >lost
comm -13 old new | grep -v '^--' >added
holds "nothing that was there is lost, or changed" [ ! -s lost ]
holds "and the audit says what happened, before what was asked for" \
    [ "$(query "SELECT action FROM audit ORDER BY id DESC LIMIT 3" | tr '\n' ' ')" = "reinstate hold migrate " ]
holds "only records of that are new" [ "$(wc -l <added)" -eq 3 ]
holds "the tables and triggers are those of a new store" sh -c "
    schema() { sqlite3 -readonly \"\$1\" \"SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2\"; }
    schema '$(store)' >migrated.schema
    mkdir born && writ --root born ca init New --insecure-plain-keys >/dev/null
    schema born/var/lib/writ/ca/ca.db >born.schema
    cmp -s born.schema migrated.schema"
holds "every number, and its next, are as they were" \
    [ "$(query "SELECT group_concat(next_number) FROM issuers")" = "2,4" ]
works "it issues on" w ca issue Dora --out dora --insecure-plain-key --json
holds "with the next number" [ "$(field .number)" = 4 ]
works "and publishes" w publish feed
works "what was revoked before is on the first CRL" w ca export --crl-dir web --crl-url http://crl.example --delta
holds "both of them, and in the delta's base" \
    [ "$(openssl crl -inform DER -in web/example-corp-code-signing-ca.crl -noout -text | grep -c 'Serial Number')" -eq 2 ]
before=$(query "SELECT count(*) FROM audit WHERE action = 'migrate'")
w ca hold Dora >/dev/null
holds "it is taken over once" [ "$before $(query "SELECT count(*) FROM audit WHERE action = 'migrate'")" = "1 1" ]

# A backup of the old schema, restored.
rm -f "$(store)" "$(store)"-*
mv copy.db "$(store)"
works "a backup of an old store is taken over, and into use" w ca hold Carol
holds "with its gap" [ "$(query "SELECT count(*) FROM gaps")" -eq 2 ]

# Damage that only the migration would stumble over.
old_store
must sqlite3 "$(store)" "PRAGMA foreign_keys = OFF; INSERT INTO revocations VALUES (77, 1, 1, 0, 1, NULL)"
refuses 65 "damaged" "a revocation of nothing stops the migration" w ca hold Carol
holds "and the store is of schema 1 as before" [ "$(version)" = 1 ]
old_store
must sqlite3 "$(store)" "DROP TRIGGER audit_no_delete"
refuses 65 "its tables and triggers" "a store of schema 1 with a trigger gone is damaged" w ca hold Carol

# Two at once: one takes it over, both do their work.
old_store
w ca hold Carol >one 2>&1 &
w ca issue Dora --out two --insecure-plain-key >two 2>&1
wait
holds "two first changes at once are one migration and two changes" \
    [ "$(query "SELECT count(*) FROM audit WHERE action = 'migrate'") $(query "SELECT count(*) FROM audit WHERE action IN ('hold', 'issue') AND at = $(epoch "$now")")" = "1 2" ]
finish
