#!/bin/sh
# Goal of this test: what is published is exactly what the store says, in files that any web server can
# hand out unchanged, under a version that is never given twice; and it never takes a file away from
# somebody who is fetching it.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
issue Alice alice
issue Bob bob
must w ca revoke Bob --reason superseded

# The version, and the table, that a feed's note names.
version_in() {
    sed -n 's/^version //p' "$1/feed.note"
}
table_in() {
    sed -n 's/^file \(targets[^ ]*\) .*/\1/p' "$1/feed.note"
}
last_version() {
    query "SELECT max(version) FROM publications"
}

# --- where to ---

refuses 64 "say where to: writ publish DIR (it is remembered)" "the first time a directory is wanted" \
    w publish
echo x >file
refuses 73 "file" "a file is none" w publish file
refuses 73 "file/below" "nor what is below one" w publish file/below
mkdir place
cd place || exit 1
works "a directory is made" w publish ../a/feed
cd "$dir" || exit 1
holds "and said, with version and length of the table" grep -q \
    "^published feed [0-9]* to $dir/a/feed: table of [0-9]* bytes, fresh until 2026-03-08T12:00:00Z\$" place/out
holds "it holds note, bundle and table, and nothing else" \
    [ "$(cd a/feed && find . -type f | sort | sed 's/[0-9a-f]\{64\}/HASH/' | tr '\n' ' ')" = \
    "./bundle.pem ./feed.note ./targets/HASH.table " ]
first=$(version_in a/feed)
works "the second time it is remembered, from anywhere" w publish --json
holds "as it was then" [ "$(field .directory)" = "$dir/a/feed" ]
holds "the version goes up by one" [ "$(field .version)" -eq $((first + 1)) ]
for mask in 000 077; do
    (umask $mask && must w publish "$dir/mask-$mask/feed")
    (cd mask-$mask/feed && stat -c '%a %n' . bundle.pem feed.note targets targets/*.table) | sed 's/[0-9a-f]\{64\}/HASH/' >out
    prints "everybody may read it (umask $mask)" "755 .
644 bundle.pem
644 feed.note
755 targets
644 targets/HASH.table"
done
holds "the bundle is the CA's" cmp a/feed/bundle.pem root/var/lib/writ/ca/bundle.pem
mv root/var/lib/writ/ca/bundle.pem kept.pem
must w publish "$dir/a/feed"
openssl asn1parse -in kept.pem -length 300 >kept.txt 2>/dev/null
openssl asn1parse -in a/feed/bundle.pem -length 300 >made.txt 2>/dev/null
holds "one that was lost is made again, the same but for its signature" cmp kept.txt made.txt

# --- what is in it ---

works "two publications of the same store at the same instant" w publish "$dir/twin-a"
must w publish "$dir/twin-b"
holds "have the same table" [ "$(table_in twin-a)" = "$(table_in twin-b)" ]
holds "to the byte" cmp "twin-a/$(table_in twin-a)" "twin-b/$(table_in twin-b)"
grep -v '^version \|^— ' twin-a/feed.note >twin-a.txt
grep -v '^version \|^— ' twin-b/feed.note >twin-b.txt
holds "and notes that differ in version and signature only" cmp twin-a.txt twin-b.txt

f=twin-a
(cd $f && sha256sum "$(table_in .)" | sed 's/ .*//') >hash
holds "the table's name is its SHA-256" [ "$(table_in $f)" = "targets/$(cat hash).table" ]
ca_certificates
cat >wanted <<END
writ-feed/v1 $(query "SELECT origin FROM ca") $(spki_hash root.der)
version $(version_in $f)
as_of 2026-03-01T12:00:00Z
expires 2026-03-08T12:00:00Z
file targets/$(cat hash).table $(wc -c <"$f/$(table_in $f)") $(cat hash)

END
sed '/^— /d' $f/feed.note >text
holds "the note says what man/writ-feed.5 wants, line by line" cmp wanted text

# The signature by other means: the key out of the bundle's DER, the text up to the empty line.
openssl asn1parse -in $f/bundle.pem | sed -n 's/.* l=  32 prim: OCTET STRING *\[HEX DUMP\]://p' >keys
holds "the bundle names one feed key" [ "$(wc -l <keys)" -eq 1 ]
printf '302a300506032b6570032100%s' "$(cat keys)" | sed 's/../\\x&/g' | xargs -0 printf >key.der
sed '$d' $f/feed.note | sed '$d' >signed
tail -n 1 $f/feed.note | sed 's/.* //' | base64 -d >blob
tail -c +5 blob >signature
works "openssl verifies the note with the bundle's key" openssl pkeyutl -verify -pubin -keyform DER \
    -inkey key.der -rawin -in signed -sigfile signature
sed 's/^version .*/version 999/' signed >forged
run openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in forged -sigfile signature
holds "and nothing else" [ "$code" -ne 0 ]
origin=$(query "SELECT origin FROM ca")
holds "the line names the origin" [ "$(tail -n 1 $f/feed.note | cut -d' ' -f1,2)" = "— $origin" ]
{ printf '%s\n\001' "$origin"; tail -c 32 key.der; } | sha256sum | cut -c1-8 >id
holds "and the key's id as C2SP has it" [ "$(head -c 4 blob | od -An -tx1 | tr -d ' \n')" = "$(cat id)" ]
run writ show "$f/$(table_in $f)" --json
holds "the table lists the one that is revoked" \
    [ "$(field '[.objects[0].blocks[].revoked[].reason] | join(" ")')" = superseded ]

# --- expires ---

for life in 0s -1d 31d 1y soon; do
    before=$(last_version)
    refuses 64 "expires" "not for $life" w publish "$dir/a/feed" --expires=$life
    holds "and no version is used up" [ "$(last_version)" -eq "$before" ]
done
for life in 1s:12:00:01 30d:31; do
    works "for ${life%%:*}" w publish "$dir/a/feed" --expires "${life%%:*}"
    holds "to the second" grep -q "^expires 2026-03-.*${life#*:}.*Z\$" a/feed/feed.note
done

# --- versions ---

at 2026-03-02T12:00:00Z
must w publish "$dir/a/feed"
at 2026-03-01T12:00:00Z
before=$(last_version)
refuses 78 "devices refuse a feed that goes back" "a clock that went back" w publish "$dir/a/feed"
holds "uses no version" [ "$(last_version)" -eq "$before" ]
at 2026-03-02T12:00:00Z
rm -rf blocked && mkdir blocked && echo x >blocked/targets
run w publish "$dir/blocked"
holds "what cannot be written is a fault" [ "$code" -eq 73 ]
must w publish "$dir/a/feed"
holds "and its version is not given again" [ "$(version_in a/feed)" -eq $((before + 2)) ]
if strace -o /dev/null true 2>/dev/null; then
    cp -a a/feed killed.before
    strace -f -o /dev/null -e signal=none -e inject=renameat,renameat2,rename:signal=SIGKILL:when=1 \
        writ --at "$now" publish "$dir/a/feed" >out 2>err </dev/null
    holds "a publisher killed before its first file is in place" [ $? -ne 0 ]
    (cd a/feed && find . -type f ! -name '.writ-tmp-*' -exec sha256sum {} + | sort) >after
    (cd killed.before && find . -type f -exec sha256sum {} + | sort) >before.txt
    holds "has changed nothing that is published" cmp before.txt after
    used=$(last_version)
    must w publish "$dir/a/feed"
    holds "and its version is not given again" [ "$(version_in a/feed)" -eq $((used + 1)) ]
    holds "what it left behind is swept away" \
        sh -c '! find a/feed -name ".writ-tmp-*" | grep -q .'
    rm -rf killed.before
else
    skips "a killed publisher" "this process may not trace another one"
fi

# --- another's directory, an old store ---

mkdir other
(WRIT_ROOT=$dir/other && export WRIT_ROOT && must writ --at "$now" ca init "Other Corp" --insecure-plain-keys) || exit 1
other_origin=$(sqlite3 -readonly other/var/lib/writ/ca/ca.db "SELECT origin FROM ca")
find a/feed -type f -exec sha256sum {} + | sort >before.txt
refuses 64 "$dir/a/feed holds the feed of $origin, not of $other_origin" "another CA's feed is not written over" \
    \
    writ --root "$dir/other" --at "$now" publish "$dir/a/feed"
mkdir old && mkdir -p old/var/lib/writ && cp -a root/var/lib/writ/ca old/var/lib/writ/
must w publish "$dir/a/feed"
find a/feed -type f -exec sha256sum {} + | sort >before.txt
refuses 78 "holds version [0-9]* already, and this store is at [0-9]*: it is an old copy" \
    "a copy of the store that has fallen behind is told so" writ --root "$dir/old" --at "$now" publish "$dir/a/feed"
echo garbage >a/garbage && mkdir a/strange && cp a/garbage a/strange/feed.note
refuses 65 "strange/feed.note: note: " "what stands there must be a feed" w publish "$dir/a/strange"
find a/feed -type f -exec sha256sum {} + | sort >after
holds "none of them changed a file" cmp before.txt after

# --- slow pullers ---

rm -rf slow
must w publish "$dir/slow"
one=$(table_in slow)
must w ca hold Alice
must w publish
two=$(table_in slow)
holds "the next one has another table" [ "$one" != "$two" ]
holds "and the previous note's is still there" [ -e "slow/$one" ]
must w ca reinstate Alice --note "for the test"
must w ca revoke Alice --reason superseded
echo mine >slow/targets/notes.txt
echo mine >slow/targets/0123.table
touch slow/targets/.writ-tmp-0123456789abcdef slow/.writ-tmp-0123456789abcdef
must w publish
holds "until the publication after that" [ ! -e "slow/$one" ]
holds "whose previous one stays in turn" [ -e "slow/$two" ]
holds "files that are not ours stay, what killed writers left goes" \
    [ "$(ls -A slow slow/targets | grep -v '^[0-9a-f]\{64\}\.table$' | tr '\n' ' ')" = \
    "slow: bundle.pem feed.note targets  slow/targets: 0123.table notes.txt " ]
must w publish
holds "there are never more than two" [ "$(ls slow/targets | grep -c '^[0-9a-f]\{64\}\.table$')" -le 2 ]

# --- one after the other ---

for i in 1 2 3 4; do
    must w publish
    stat -c %Y slow/feed.note
done >times
holds "notes that follow each other within a second differ in their second: ETags are made of it" \
    [ "$(sort -n -u times | wc -l)" -eq 4 ]

# --- several at once ---

before=$(last_version)
for i in 1 2 3 4 5 6; do
    w publish "$dir/slow" --json >published.$i 2>complained.$i </dev/null &
done
wait
jq .version published.? | sort -n | uniq >versions
cat complained.? >err
holds "six publications at once all succeed" [ "$(wc -l <versions)" -eq 6 ]
holds "with versions of their own, without a gap" [ "$(tail -n 1 versions)" -eq $((before + 6)) ]
holds "the last one stands" [ "$(version_in slow)" -eq $((before + 6)) ]
holds "with its table" [ -e "slow/$(table_in slow)" ]
must w source add feed "$dir/slow" --name slow
works "and can be pulled" w pull

# --- rehearsal, passphrase ---

dump >before.sql
find slow -type f -exec sha256sum {} + | sort >before.txt
works "a rehearsal" w publish "$dir/slow" --dry-run --json
holds "says what would be" [ "$(field '"\(.dry_run) \(.version)"')" = "true $((before + 7))" ]
run w publish "$dir/not/there" --dry-run
holds "and makes no directory" [ ! -e not ]
dump >after.sql
find slow -type f -exec sha256sum {} + | sort >after
holds "and changes neither store nor feed" sh -c 'cmp before.sql after.sql && cmp before.txt after'

mkdir sealed
(WRIT_ROOT=$dir/sealed WRIT_PASSPHRASE=secret && export WRIT_ROOT WRIT_PASSPHRASE && must writ ca init Sealed) || exit 1
refuses 64 "no passphrase for Sealed" "an encrypted feed key wants its passphrase" \
    setsid -w writ --root "$dir/sealed" publish "$dir/sealed-feed"
WRIT_PASSPHRASE=wrong && export WRIT_PASSPHRASE
refuses 77 "the feed key of Sealed: .*wrong passphrase" "the right one" \
    writ --root "$dir/sealed" publish "$dir/sealed-feed"
holds "else nothing is published" [ ! -e sealed-feed/feed.note ]
WRIT_PASSPHRASE=secret
works "with it" writ --root "$dir/sealed" publish "$dir/sealed-feed" --json
holds "version 1 is still there to be given" [ "$(field .version)" -eq 1 ]

# --- who may not ---

if [ "$(id -u)" -eq 0 ] && setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
    chmod 755 "$dir" root
    refuses 77 "ca.db" "who may not read the store publishes nothing" \
        setpriv --reuid 65534 --regid 65534 --clear-groups writ --root "$dir/root" publish "$dir/slow"
else
    skips "who may not read the store publishes nothing" "only root can become another user"
fi
finish
