#!/bin/sh
# Goal of this test: filters come from a mirror as upki's do, into upki's cache directory, so that both
# programs share one download: writ reads what upki has brought, and leaves what upki can read.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/crlite.sh"
begin_world
files=$cache/revocation
full=20260322-0-default.filter

# --- a mirror ---

works "a mirror is added" d source add upki "$http/mirror/" --cache "$cache"
cat >wanted <<END
added source upki: 4 filters of 5.9 kB, built at 2026-03-23T12:00:00Z
  shared $cache
END
holds "which says where its files are" cmp -s wanted out
says "and that nobody signs them" "writ: upki: nobody signs what a mirror says: it is as good as its owner"
cat >wanted <<'END'
200 /mirror/manifest.json
200 /mirror/20260322-0-default.filter
200 /mirror/20260322-1-default.filter.delta
200 /mirror/20260322-2-default.filter.delta
200 /mirror/20260322-3-default.filter.delta
END
asked 5 >asked.log
holds "the manifest was asked for, and then its files" cmp -s wanted asked.log
holds "the manifest is kept as it came" cmp -s "$files/manifest.json" "$world/www/mirror/manifest.json"
holds "nothing else is in the cache" \
    [ "$(ls -A "$files" | tr '\n' ' ')" = ".writ-lock 20260322-0-default.filter 20260322-1-default.filter.delta 20260322-2-default.filter.delta 20260322-3-default.filter.delta index.bin manifest.json " ]
printf 'kind = upki\nlocation = %s/mirror/\ncache = %s\n' "$http" "$cache" >wanted
holds "the source is remembered as writ-source(5) says" cmp -s wanted "$device/sources/upki.conf"
forget_asked
remember_state "$device"
works "a pull" d pull
prints "finds that everything stands" \
    "upki: 4 filters stand already, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 0 bytes came"
holds "as one answer said, not modified" [ "$(asked 1)" = "304 /mirror/manifest.json" ]
holds "and nothing is written" keeps_state
run d source show upki --json
holds "it is shown for programs" [ "$(field '"\(.kind) \(.signed) \(.state) \(.cache) \(.mirrors | length)"')" = \
    "upki false fresh $cache 0" ]

# --- changes ---

mirror deltas=2 generated=1774224001
works "a shorter list" d pull
prints "is taken over" "upki: 3 filters taken over, built at 2026-03-23T00:00:00Z; 4.9 kB, of which 0 bytes came"
holds "the file it does not name stays for a while" [ -e "$files/20260322-3-default.filter.delta" ]
mirror deltas=1 generated=1774224002
must d pull
holds "and goes with the list after" [ ! -e "$files/20260322-3-default.filter.delta" ]
mirror generated=1774224003 key=filters
works "the older name of the list is read" d pull
echo keep >"$files/notes.txt"
echo old >"$files/old.filter"
mirror generated=1774224004
must d pull
holds "what is not a filter's name is left alone" [ -e "$files/notes.txt" ]
holds "what upki would remove is removed" [ ! -e "$files/old.filter" ]
flip "$files/$full" 1000
run d source list
holds "a file that was changed is seen" grep -q "damaged: $full is not the file that was pulled" out
forget_asked
must d pull
holds "and fetched again, alone" [ "$(asked 2 | tail -n 1)" = "200 /mirror/$full" ]
works "after which all is well" d status

# --- upki updates by itself ---

# As upki does it: new files, then the index, then the manifest, each by a rename.
upki_update() { # FILE...: what the list is then
    python3 - "$world/www/mirror" "$files" "$@" <<'PY'
import hashlib, json, os, struct, sys
source, files, *names = sys.argv[1:]
logs, table = {}, []
for i, name in enumerate(names):
    content = open(os.path.join(source, name), "rb").read()
    with open(os.path.join(files, "tmp"), "wb") as f:
        f.write(content)
    os.rename(f.name, os.path.join(files, name))
    table.append({"filename": name, "size": len(content), "hash": hashlib.sha256(content).hexdigest()})
    for k in range(struct.unpack(">H", content[2:4])[0]):
        at = 4 + 48 * k
        logs.setdefault(content[at:at + 32], []).append((i, *struct.unpack(">QQ", content[at + 32:at + 48])))
index = b"upkiidx0" + struct.pack(">BI", len(names), len(logs)) + b"".join(n.encode().ljust(32, b"\0") for n in names)
at, entries = len(index) + 42 * len(logs), b""
for log in sorted(logs):
    index += log + struct.pack(">QH", at + len(entries), len(logs[log]))
    entries += b"".join(struct.pack(">BQQ", *e) for e in logs[log])
for name, content in ("index.bin", index + entries), ("manifest.json", json.dumps(
        {"generated_at": 1774224500, "comment": "", "files": table}).encode()):
    with open(os.path.join(files, "tmp"), "wb") as f:
        f.write(content)
    os.rename(f.name, os.path.join(files, name))
PY
}
upki_update "$full" 20260322-1-default.filter.delta
run d source list
prints "what upki has brought counts at once, as old as what it covers" \
    "upki  upki  $http/mirror/  fresh, built 36 h ago"
run d source show upki --json
holds "with the files that its index lists, in the older form too" [ "$(field .filters)" -eq 2 ]
forget_asked
works "the next pull" d pull
prints "goes on from there" "upki: 4 filters taken over, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 0 bytes came"
holds "and asks for the manifest anew, since the one it knew is gone" [ "$(asked 2 | tail -n 1)" = "200 /mirror/manifest.json" ]
holds "the index is in the newer form again" [ "$(head -c 8 "$files/index.bin")" = upkiidx1 ]

# A cache that upki has filled and writ has never seen.
rm -rf device cache && mkdir -p device "$files"
upki_update "$full" 20260322-1-default.filter.delta 20260322-2-default.filter.delta
forget_asked
must d source add upki "$http/mirror" --cache "$cache"
asked 2 >asked.log
printf '200 /mirror/manifest.json\n200 /mirror/20260322-3-default.filter.delta\n' >wanted
holds "of a cache that upki has filled only the rest comes" cmp -s wanted asked.log
works "the source is removed" d source remove upki
prints "and upki's cache stays" "removed upki; what is in upki's cache stays"
holds "leaves upki's cache to upki" [ -e "$files/$full" ]
run d source list
holds "which is not asked any more" [ ! -s out ]
works "two sources may share a cache" d source add upki "$http/mirror" --cache "$cache" --name one
must d source add upki "$http/mirror" --cache "$cache" --name two
mirror deltas=2 generated=1774224600
must d pull one
run d status
holds "a pull of one is seen by the other" [ "$code" -eq 0 ]
must d source remove one
must d source remove two

# --- several mirrors ---

mirror generated=1774224700
add_upki --mirror "$http/second" --mirror "$http/third"
cp -r "$world/www/mirror" "$world/www/third"
mv "$world/www/mirror" "$world/www/kept"
works "when a mirror has nothing the next one is asked" d pull
grep -c 'the next mirror is asked$' err >n
holds "which is said, once for each" [ "$(cat n)" -eq 2 ]
prints "and the last one will do" \
    "upki: 4 filters stand already, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 0 bytes came"
mv "$world/www/third" "$world/www/fourth"
run d pull
holds "when none has anything" [ "$code" -eq 66 ]
holds "it is the last one's fault that counts" [ "$(tail -n 1 err)" = "writ: upki: $http/third/manifest.json is not there (status 404)" ]
mv "$world/www/kept" "$world/www/mirror"
cp -r "$world/www/mirror" "$world/www/second"
mirror generated=1774224800
rm "$files/20260322-1-default.filter.delta"
rm "$world/www/mirror/20260322-1-default.filter.delta"
forget_asked
works "a mirror that lacks a file" d pull
asked 4 >asked.log
holds "is passed over for one that has it" grep -qx '200 /second/20260322-1-default.filter.delta' asked.log
refuses 64 "wanted https" "a mirror over http is none" d source add upki "$http/mirror" --name x --mirror http://example.com/
works "--from asks nobody else" sh -c '! writ --root "$0" --at "$1" pull --from "$2" 2>err' "$dir/device" "$now" "$http/nothing"
holds "and says so" [ "$(cat err)" = "writ: upki: $http/nothing/manifest.json is not there (status 404)" ]
must d source remove upki

# --- folders ---

cp -r "$world/www/second" folder
works "a folder is a mirror, for machines without a network" d source add upki ./folder --cache elsewhere
holds "by its absolute path" grep -q "^location = $dir/folder\$" "$device/sources/upki.conf"
holds "as is the cache" grep -q "^cache = $dir/elsewhere\$" "$device/sources/upki.conf"
works "or this time, from a stick" d pull --from "$dir/folder"
refuses 66 "no-folder: wanted an http or https URL, or a folder that is there" "which must be there" \
    d source add upki ./no-folder --name y
must d source remove upki
must d source add upki ./folder
holds "by default the cache is upki's own" [ -e "device/var/cache/upki/revocation/$full" ]
must d source remove upki

# --- what is refused ---

rm -rf cache "$world/www/mirror" && cp -r "$world/www/second" "$world/www/mirror"
mirror deltas=2 generated=1774224000
add_upki
n=1774225000
bad() { # CODE WORDS CLAIM PYTHON: what is done to the manifest
    n=$((n + 1))
    mirror generated=$n edit="$4"
    cp -a cache cache.before
    pulls_nothing "$1" "^writ: upki: $2" "$3"
    diff -r cache cache.before >/dev/null || { broken=$((broken + 1)); echo "# the cache changed"; }
    rm -rf cache.before
}
bad 65 '"../x" is no name for a filter' "a name that leads elsewhere" 'files[0]["filename"] = "../x"'
bad 65 '"/etc/passwd" is no name' "an absolute name" 'files[0]["filename"] = "/etc/passwd"'
bad 65 '".." is no name' "a name that is a directory" 'files[0]["filename"] = ".."'
bad 65 '"" is no name' "an empty name" 'files[0]["filename"] = ""'
bad 65 '".writ-lock" is no name' "a hidden name" 'files[0]["filename"] = ".writ-lock"'
bad 65 '"manifest.json" is no name' "the manifest's own name" 'files[0]["filename"] = "manifest.json"'
bad 65 '".* is no name for a filter: wanted 1 to 32' "a name the index has no room for" 'files[0]["filename"] = "x" * 33'
bad 65 "two filters are named $full" "a name twice" 'files[1]["filename"] = files[0]["filename"]'
bad 65 "20260322-3-default.filter.delta: its SHA-256 is not the one announced" "another hash" 'files[3]["hash"] = "00" * 32'
bad 65 "20260322-3-default.filter.delta: has 997 bytes, wanted 998" "another size" 'files[3]["size"] += 1'
bad 65 "$full: a size of 300000000 bytes" "a size over the ceiling" 'files[0]["size"] = 300000000'
bad 65 "$full: a size of 0 bytes" "no size" 'files[0]["size"] = 0'
bad 65 "filters of .* bytes together, the ceiling is 536870912" "too much of it" '[f.update(size=268435456) for f in files]'
bad 65 "more than 512 filters" "too many files" 'files[:] = [dict(files[0], filename="f%d" % i) for i in range(513)]'
bad 65 "no filter at all" "an empty list" 'files.clear()'
bad 65 "manifest: wanted one list" "no list" 'del manifest["files"]'
bad 65 "manifest: wanted one list" "two lists" 'manifest["filters"] = files'
bad 65 "manifest: file 1 has not filename, hash and size" "a file without a hash" 'del files[1]["hash"]'
bad 65 "manifest: generated_at is no time" "a time that is none" 'manifest["generated_at"] = "today"'
bad 65 "manifest: made at 2026-03-22T23:59:59Z, before the one that is here (2026-03-23T00:00:00Z)" "an older list" \
    'manifest["generated_at"] = 1774223999'
bad 65 "manifest: made at 2126-03-25T00:00:00Z, more than a day from now" \
    "a list of the future, after which no other would be newer" 'manifest["generated_at"] = 4930070400'
bad 65 "byte [0-9]*: manifest nests deeper" "lists in lists" 'manifest["x"] = eval("[" * 20 + "]" * 20)'
printf '\004\000broken' >"$world/www/mirror/x.filter"
bad 65 "x.filter: " "a file that is no filter, as announced" \
    "files.append({'filename': 'x.filter', 'size': 8, 'hash': '$(sha256 "$world/www/mirror/x.filter")'})"
head -c 1100000 /dev/zero >"$world/www/mirror/manifest.json"
pulls_nothing 65 "announces more than the 1048576 bytes" "a manifest over the ceiling"
echo '<html>' >"$world/www/mirror/manifest.json"
pulls_nothing 65 "manifest is not JSON" "a page instead of one"
mirror generated=1774226000
extra 'location /mirror/ { add_header Retry-After 300 always; return 429; }'
refuses 69 "status 429 and asks to retry after 300" "a mirror that is busy" d pull
extra ''
refuses 69 "asked not to be asked again before 2026-03-24T00:05:00Z" "is left alone" d pull
at 2026-03-24T00:05:00Z
works "after that, what is good is taken over" d pull
prints "whole" "upki: 4 filters taken over, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 997 bytes came"

# --- for every user ---

(umask 077 && must d source add upki "$http/mirror" --cache "$dir/other/cache" --name umasked)
holds "whatever the umask was, everybody may read what came" \
    [ -z "$(find other "$device/filters/umasked" ! -name '*lock' ! -perm 755 ! -perm 644)" ]
must d source remove umasked
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null 2>&1; then
    mkdir person && chown 65534:65534 person
    as_person() {
        env -u WRIT_ROOT -u XDG_DATA_HOME -u XDG_CACHE_HOME HOME="$dir/person" \
            setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    }
    works "a person pulls into a state and a cache of his own" \
        as_person writ --at "$now" source add upki "$http/mirror"
    holds "which is upki's" [ -e "person/.cache/upki/revocation/$full" ]
    works "and can be asked" as_person writ --at "$now" source list
    holds "by him" grep -q '^upki  upki  .*  fresh, built 12 h ago$' out
    works "pulling again" as_person writ --at "$now" pull
    run as_person writ --at "$now" source add upki "$http/mirror" --cache "$dir/other/cache" --name two
    holds "but not into a directory of somebody else's" [ "$code" -ge 73 ]
    holds "of which nothing is kept" [ ! -e person/.local/share/writ/sources/two.conf ]
else
    skips "a person pulls into a state and a cache of his own" "only root can become another user"
fi

# --- a cache that somebody else can write to ---

echo precious >precious
for name in index.bin manifest.json; do
    rm "$files/$name"
    ln -s "$dir/precious" "$files/$name"
    mirror deltas=3 generated=$((1774227000 + ${#name}))
    run d pull
    holds "a link in place of $name is not followed" [ "$(cat precious)" = precious ]
    holds "and said" grep -q "$name is a symbolic link" err
    rm "$files/$name"
done
works "without them all goes on" d pull
chmod 000 "$files/$full"
if [ "$(id -u)" -ne 0 ]; then
    run d source list
    holds "a file that may not be read is said" grep -q 'Permission denied' out
fi
chmod 644 "$files/$full"

finish
