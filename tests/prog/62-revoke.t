#!/bin/sh
# Goal of this test: a revocation says why, since when and who said so; revoking again only widens;
# undoing needs a cause; and whoever means a certificate never hits another one.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

born=2026-03-01T12:00:00Z
middle=2026-03-05T12:00:00Z
later=2026-03-10T12:00:00Z

# standing NAME: reason and since as the CA shows them, or good.
standing() {
    run w ca show "$1" --json
    field 'if .revoked then "\(.reason) \(.since)" else "good" end'
}

serial_of() {
    query "SELECT lower(hex(serial)) FROM certificates WHERE name = '$1'"
}

make_ca
issue Alice alice
issue Bob bob --team tools

# --- reasons, and since when ---

at $later
while read -r reason since; do
    at $born
    issue "Dev $reason" "dev-$reason"
    at $later
    run w ca revoke "Dev $reason" --reason "$reason"
    holds "$reason counts from $since when nobody says otherwise" \
        [ "$code $(standing "Dev $reason")" = "0 $reason $since" ]
done <<END
keyCompromise $born
unspecified $born
cACompromise $born
privilegeWithdrawn $born
superseded $later
cessationOfOperation $later
affiliationChanged $later
END
run w ca hold Bob --note "laptop missing"
holds "a hold begins now" [ "$(standing Bob)" = "certificateHold $later" ]
works "and is lifted" w ca reinstate Bob --note "laptop found"
holds "which says what it was" \
    grep -q "^reinstated Bob (serial [0-9a-f]*): was certificateHold, since $later\$" out
holds "without a trace on the certificate" [ "$(standing Bob)" = good ]

for reason in certificateHold removeFromCRL 4 superceded ''; do
    refuses 64 "reason" "\"$reason\" is no reason to revoke for" w ca revoke Alice --reason "$reason"
done
refuses 64 "say why with --reason" "and without one nothing is revoked" w ca revoke Alice
holds "Alice is as good as before" [ "$(standing Alice)" = good ]

# --- since ---

while read -r since words; do
    refuses 64 "$words" "no since of $since" w ca revoke Alice --reason superseded --since "$since"
done <<'END'
2026-03-01T11:59:59Z --since 2026-03-01T11:59:59Z lies outside what can be revoked: from 2026-03-01T12:00:00Z (the certificate's notBefore) to 2026-03-10T12:00:00Z (now)
2026-03-10T12:00:01Z --since 2026-03-10T12:00:01Z lies outside what can be revoked
yesterday since
2026-02-30 since
END
for reason in keyCompromise unspecified; do
    refuses 64 "--since with $reason keeps seals stamped before it good: say why with --note" \
        "a since of one's own for $reason needs a cause" \
        w ca revoke Alice --reason $reason --since $middle
done
works "with a cause it is taken" \
    w ca revoke Alice --reason keyCompromise --since $middle --note "stolen on the train"
holds "and said" grep -q "^revoked Alice (serial [0-9a-f]*): keyCompromise, since $middle\$" out
holds "with what it means" grep -q 'seals with a trusted timestamp from before that instant stay good' err
run w ca show "Dev superseded" --json
holds "where nobody said why, there is no note" [ "$(field 'has("note")')" = false ]
run w ca show Alice --json
holds "and kept: who named it, and why" \
    [ "$(field '"\(.since_given) \(.note) \(.revoked_at)"')" = "true stolen on the train $later" ]
for edge in $born $later; do
    issue "Edge $edge" "edge-$(echo $edge | tr -d :)"
done
at $later
works "since may be the certificate's first instant" \
    w ca revoke "Edge $born" --reason superseded --since $later
works "and now" w ca revoke "Edge $later" --reason superseded --since $later

# --- revoking again only widens ---

# twice FIRST SECOND: revokes a new certificate with one set of options and then with the other; the
# second exit code is in $twice_code, what stands in $now_standing.
twice_n=0
twice() {
    twice_n=$((twice_n + 1))
    at $born
    issue "Twice $twice_n" "twice-$twice_n"
    at $middle
    # shellcheck disable=SC2086 # the options are words
    must w ca revoke "Twice $twice_n" --note once $1
    at $later
    # shellcheck disable=SC2086
    run w ca revoke "Twice $twice_n" --note again $2
    twice_code=$code
    cp err second.err
    cp out second.out
    now_standing=$(standing "Twice $twice_n")
    cp second.err err
    cp second.out out
}

while IFS='|' read -r first second wanted stands claim; do
    twice "$first" "$second"
    [ "$twice_code $now_standing" = "$wanted $stands" ] ||
        echo "# exit $twice_code, wanted $wanted; stands $now_standing, wanted $stands"
    holds "$claim" [ "$twice_code $now_standing" = "$wanted $stands" ]
    [ "$wanted" -eq 0 ] || holds "and says what stands, in a sentence" \
        sh -c '[ "$(wc -l <err)" -eq 1 ] && grep -q "Twice [0-9]*: already revoked (" err'
done <<END
--reason superseded|--reason keyCompromise|0|keyCompromise $born|a graver reason replaces, and takes its own since
--reason superseded|--reason keyCompromise --since $middle|0|keyCompromise $middle|a graver reason may keep the since
--reason keyCompromise --since $middle|--reason privilegeWithdrawn|0|privilegeWithdrawn $born|from a stolen key to malware
--reason privilegeWithdrawn|--reason cACompromise|0|cACompromise $born|and to the gravest
--reason superseded --since $middle|--reason superseded --since 2026-03-03T00:00:00Z|0|superseded 2026-03-03T00:00:00Z|an earlier since widens
--reason keyCompromise --since $middle|--reason keyCompromise|0|keyCompromise $born|no since at all is the earliest one
--reason superseded|--reason keyCompromise --since $later|64|superseded $middle|a graver reason does not buy a later since
--reason superseded --since $middle|--reason superseded --since $later|64|superseded $middle|a later since is refused
--reason superseded|--reason superseded|64|superseded $middle|the same again is nothing
--reason superseded|--reason cessationOfOperation|64|superseded $middle|what is as grave does not replace
--reason keyCompromise|--reason superseded|64|keyCompromise $born|what is less grave is refused
--reason keyCompromise|--reason superseded --since $born|64|keyCompromise $born|whatever its since
--reason cACompromise|--reason unspecified|64|cACompromise $born|and however grave the first was
END
refuses 64 "a hold would be softer than that" "a revocation is not softened to a hold" w ca hold "Twice 1"
at $middle
works "Bob is held" w ca hold Bob
at $later
refuses 64 "already held since $middle; nothing to do" "twice is nothing" w ca hold Bob
works "a hold can become a revocation" w ca revoke Bob --reason superseded
holds "which counts from the hold: seals made since were refused then, too" \
    [ "$(standing Bob)" = "superseded $middle" ]
works "Bob works again" w ca reinstate Bob --note "wrong Bob"

# --- notes ---

long=$(head -c 1024 /dev/zero | tr '\0' n)
works "a note of 1024 bytes" w ca hold Bob --note "$long"
works "is kept whole" w ca show Bob --json
holds "to the last one" [ "$(field .note)" = "$long" ]
refuses 64 "a note has at most 1024 bytes, this one has 1025" "and no more" \
    w ca revoke Bob --reason superseded --note "${long}n"
refuses 64 "a note is one line of printable UTF-8 text" "no note over two lines" \
    w ca revoke Bob --reason superseded --note "two
lines"
refuses 64 "a note is one line of printable UTF-8 text" "none that would write on terminals" \
    w ca revoke Bob --reason superseded --note "$(printf '\033[2J')"
refuses 64 "say why with --note: an undone revocation must be explained" "undoing needs a note" \
    w ca reinstate Bob
refuses 64 "note" "not an empty one" w ca reinstate Bob --note ''
works "with one it is done" w ca reinstate Bob --note "enough"
holds "and others are thought of" \
    grep -q 'others who have kept a CRL or an OCSP answer may go on refusing' err
refuses 64 "Bob is neither revoked nor held; nothing to reinstate" "once" w ca reinstate Bob --note "again"

# --- which certificate is meant ---

at $born
issue Twin twin-a --team left
issue Twin twin-b --team right
issue Carol carol --team choir
issue Carl carl --team choir
serial=$(serial_of Carol)
at $later
upper=$(echo "$serial" | tr 'a-f' 'A-F')
coloned=$(echo "$serial" | sed 's/../&:/g; s/:$//')
query "SELECT writefile('carol.der', der) FROM certificates WHERE name = 'Carol'" >/dev/null
for word in "$serial" "$upper" "$coloned" Carol carol carol.pem carol.der ./carol.pem; do
    run w ca hold "$word"
    held_code=$code
    stands=$(standing Carol)
    must w ca reinstate Carol --note "next"
    holds "Carol can be called $word" [ "$held_code $stands" = "0 certificateHold $later" ]
done
works "who is alone in a team can be called by it" w ca hold tools --dry-run
holds "that is Bob" grep -q '^would have held Bob ' out
dump >before.sql
refuses 64 "choir" "several in a team are too many" w ca hold choir
holds "and all of them are named, by serial number" \
    sh -c 'grep -q "$0" err && grep -q "$1" err' "$(serial_of Carol)" "$(serial_of Carl)"
refuses 64 "Twin" "so are two of a name" w ca hold Twin
holds "they are told apart by their teams" sh -c 'grep -q left err && grep -q right err'
works "a serial number says which" \
    w ca show "$(query "SELECT lower(hex(serial)) FROM certificates WHERE team = 'left'")" --json
holds "of the two" [ "$(field .team)" = left ]
refuses 66 "Nobody" "a name that nobody has" w ca hold Nobody
refuses 66 "00ff" "a serial number that no certificate has" w ca hold 00ff
refuses 66 "${serial%??}" "the beginning of a serial number is none" w ca hold "${serial%??}"
cp alice.pem Bob
refuses 64 "\"Bob\" is a file, and in the store another certificate; say which by its serial number" \
    "a file named like somebody else" w ca hold Bob
rm Bob
(WRIT_ROOT=$dir/other && export WRIT_ROOT && mkdir other && must writ ca init "Other Corp" --insecure-plain-keys &&
    must writ ca issue Olga --out olga --insecure-plain-key) || exit 1
refuses 66 "olga.pem: this CA has issued no such certificate" "a certificate of another CA" w ca hold olga.pem
head -c 200 alice.pem >cut.pem
refuses 65 "cut.pem: " "half a certificate" w ca hold cut.pem
refuses 64 "Example Corp Root CA is the root: devices trust it by itself" "the root is not revoked" \
    w ca revoke "Example Corp Root CA" --reason keyCompromise
refuses 64 "Example Corp Root CA is the root" "nor held" w ca hold "Example Corp Root CA"
dump >after.sql
holds "nothing of all that changed the store" cmp before.sql after.sql

# --- contents ---

at $born
cp /usr/bin/true app
cp app plain
must w sign app --key alice
cp /usr/bin/true bobs
must w sign bobs --key bob
at $later
works "a content is revoked by one of its files" w ca revoke --content app --note "wipes the disk" --json
holds "by length and root, without the seal" \
    [ "$(field '"\(.content_length) \(.reason)"')" = "$(wc -c <plain) unspecified" ]
root=$(field .content_root)
works "what the CA shows" w ca show --json
holds "is that content, with its name and cause" \
    [ "$(field '.revoked_contents[0] | "\(.name) \(.content_root) \(.note) \(.revoked_at)"')" = \
    "app $root wipes the disk $later" ]
if command -v fsverity >/dev/null; then
    # fsverity's file digest covers the tree's root; its descriptor is all that is around it.
    holds "the root is the one of fs-verity" [ "$(python3 - "$root" "$(wc -c <plain)" <<'PY'
import hashlib, struct, sys
d = struct.pack("<BBBBIQ", 1, 1, 12, 0, 0, int(sys.argv[2])) + bytes.fromhex(sys.argv[1]).ljust(64, b"\0")
print(hashlib.sha256(d.ljust(256, b"\0")).hexdigest())
PY
)" = "$(fsverity digest --compact plain)" ]
fi
refuses 64 "this content is already revoked (unspecified, $later); nothing to do" \
    "the unsigned file is the same content" w ca revoke --content plain --reason privilegeWithdrawn
refuses 64 "--since does not go with --content" "bad content was bad from the start" \
    w ca revoke --content bobs --since $middle --reason superseded
refuses 64 "name a certificate or --content FILE, not both" "one thing at a time" \
    w ca revoke Alice --content app --reason superseded
refuses 64 "name a certificate, or a file with --content" "and not nothing" w ca revoke --reason superseded
refuses 66 "absent" "a file that is not there has no content" w ca revoke --content absent
refuses 66 "a directory" "nor has a directory" w ca revoke --content "$dir"
mkfifo pipe
refuses 66 "a FIFO" "nor has a FIFO" w ca revoke --content pipe
must w publish "$feed" --note "for the devices"
must w source add feed "$feed" --name example
for file in app bobs plain; do
    judged revoked content-revoked 2 "$file is refused, whoever sealed it or nobody" "$file"
done
refuses 64 "say why with --note" "undoing needs a note here too" w ca reinstate --content app
works "it is undone by any of its files" w ca reinstate --content plain --note "it was another one"
refuses 64 "this content is not revoked; nothing to reinstate" "once" \
    w ca reinstate --content app --note "again"
must w ca reinstate Alice --note "found on the train"
must w publish
must w pull
allowed "after the next pull app works again" app
judged unsigned no-seal 6 "and plain is unsigned, no more" plain

# --- intermediates ---

works "an intermediate can be revoked" w ca revoke "Example Corp Code Signing CA" --reason keyCompromise
holds "and it says what that means" grep -q 'is an intermediate: everything issued under it is refused' err
refuses 78 "the intermediate is revoked or held (keyCompromise): what it signs is refused" \
    "nothing more is issued under it" w ca issue Late --insecure-plain-key
holds "and no key is left behind" [ ! -e late.key ]
must w publish
must w pull
judged revoked certificate-revoked 2 "what was issued under it is refused" app
works "it is undone like any other" w ca reinstate "Example Corp Code Signing CA" --note "wrong key"
must w publish
must w pull
allowed "and works again" app

# --- rehearsals ---

must w ca hold Carl
dump >before.sql
remember_state
for command in "revoke Alice --reason superseded" "hold Alice" "reinstate Carl --note x" \
    "revoke --content app" "issue Dry --insecure-plain-key"; do
    # shellcheck disable=SC2086 # the words of a command
    run w ca $command --dry-run
    holds "ca $command --dry-run says what would be" sh -c '[ "$0" -eq 0 ] && grep -q "^would " out' "$code"
done
works "publish too" w publish --dry-run
dump >after.sql
holds "and the store is as it was, to the byte" cmp before.sql after.sql
holds "as are the feed and the rest" keeps_state
run w ca revoke Alice --reason keyCompromise --since 2020-01-01 --dry-run
holds "a rehearsal fails where the command would" [ "$code" -eq 64 ]

# --- who, when and why ---

at 2026-03-11T12:00:00Z
count() {
    query "SELECT count(*) FROM audit"
}
before=$(count)
must w ca hold Alice --note "the audit's note"
must w ca reinstate Alice --note "the other note"
must w ca revoke Alice --reason superseded
must w ca issue Audited --insecure-plain-key --note "for the audit"
must w publish --note "and out"
must w ca revoke --content app
holds "every change has one row" [ "$(count)" -eq $((before + 6)) ]
run w ca show --audit --json
jq -r '.audit[-6:][] | "\(.at) \(.who) \(.action) \(.subject) \(.why)"' out >rows
alice=$(serial_of Alice)
cat >wanted <<END
$now root (uid 0) hold $alice the audit's note
$now root (uid 0) reinstate $alice the other note
$now root (uid 0) revoke $alice null
$now root (uid 0) issue $(serial_of Audited) for the audit
$now root (uid 0) publish feed $(query "SELECT max(version) FROM publications") and out
$now root (uid 0) revoke content app null
END
sed -i "s/root (uid 0)/$(id -un) (uid $(id -u))/" wanted
diff wanted rows | sed 's/^/# /'
holds "which says when, who, what, to whom and why" cmp -s wanted rows
jq -r '.audit[-6:][] | .details // "null" | fromjson | "\(.reason) \(.since // .content_length)"' out >rows
cat >wanted <<END
certificateHold $now
certificateHold $now
superseded $now
null null
null null
unspecified $(stat -c %s plain)
END
diff wanted rows | sed 's/^/# /'
holds "and what was decided, or undone" cmp -s wanted rows
holds "of a content, of which one" [ "$(jq -r '.audit[-1].details | fromjson.content_root' out)" = \
    "$(query "SELECT lower(hex(root)) FROM contents")" ]
if [ "$(id -u)" -eq 0 ]; then
    SUDO_USER=wendy && export SUDO_USER
    must w ca hold Carol
    unset SUDO_USER
    run w ca show --audit --json
    holds "under sudo, the person behind it" [ "$(field '.audit[-1].who')" = "wendy (uid 0)" ]
    must w ca reinstate Carol --note "sudo"
fi
run w ca show --audit
holds "text and JSON have the same rows" [ "$(grep -c '^  - at: ' out)" = "$(count)" ]
run sqlite3 "$(store)" "DELETE FROM audit WHERE id = 1"
holds "a row cannot be deleted" grep -q 'an audit record is never deleted' err

# --- list, show ---

run w ca list
holds "everybody is listed, with a heading" \
    [ "$(wc -l <out)" -eq $(($(query "SELECT count(*) FROM certificates") + 1)) ]
holds "with what is wrong" \
    grep -q "^$alice  *[0-9]*  *Alice  *alice  *developer  *2027-03-01 revoked (superseded)\$" out
run w ca list --json
holds "and the same for programs" \
    [ "$(field '.certificates | length')" -eq "$(query "SELECT count(*) FROM certificates")" ]
holds "with names, numbers and teams" \
    [ "$(field '.certificates[] | select(.name == "Carl") | "\(.team) \(.number) \(.role) \(.state) \(.reason)"')" = \
    "choir $(query "SELECT number FROM certificates WHERE name = 'Carl'") developer held certificateHold" ]
run w ca list --revoked --json
holds "--revoked leaves out the good" \
    [ "$(field '[.certificates[].state] | unique | map(select(. == "good")) | length')" -eq 0 ]
run w ca list --team choir
holds "--team keeps only that team" [ "$(sed 1d out | wc -l)" -eq 2 ]
run w ca list --team nobody
prints "and an empty list is empty" ""
says "which is said" "writ: no certificate fits"
at 2027-03-05T12:00:00Z
run w ca list --team tools --json
holds "an expired certificate is called that" [ "$(field '.certificates[0].state')" = expired ]
works "and can still be revoked: stamped seals outlive certificates" w ca revoke Bob --reason keyCompromise
run w ca show carl.pem --pem
holds "show --pem gives the chain again, as issue wrote it" cmp out carl.pem
refuses 64 "pem wants a certificate" "of somebody" w ca show --pem
synced="what is revoked is on the disk before it is said"
if [ -n "$(command -v strace)" ] && strace -o /dev/null true 2>/dev/null; then
    run env ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=fdatasync,fsync,write \
        writ --at "$now" ca hold carl.pem --note "once more"
    run env ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=fdatasync,fsync,write \
        writ --at "$now" ca revoke carl.pem --reason keyCompromise
    holds "$synced" \
        [ "$(sed -n 's/^[0-9]* *\(fdatasync\).*= 0$/\1/p; s/^[0-9]* *write(1, "revoked .*/said/p' trace |
            head -1)" = fdatasync ]
    holds "(it was said)" grep -q 'write(1, "revoked ' trace
else
    skips "$synced" "strace does not work here"
fi
rm -rf empty && mkdir empty
WRIT_ROOT=$dir/empty
refuses 66 "there is no CA at $dir/empty/var/lib/writ/ca/ca.db; make one with writ ca init NAME" \
    "where there is no CA, that is said" writ ca list
refuses 66 "there is no CA at" "by every command" writ ca revoke Alice --reason superseded
holds "and none is made" [ ! -e empty/var ]
finish
