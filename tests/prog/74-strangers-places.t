#!/bin/sh
# Goal of this test: whoever may write in the directory where writ works, or may choose a name that
# it is given, gains nothing by it: no other file is overwritten or made, no revocation is kept from
# being made, no memory is used up, and no passphrase reaches the network's side.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"

begin_journey
printf '%s\n' secretsecret >passphrase
WRIT_PASSPHRASE=secretsecret must w ca issue Carol --out carol

# ------------------------------------------------------- another file under the name, meanwhile

# What must not be overwritten, and a program with a seal.
echo 'root:x:0:0' >victim
chmod 600 victim
cp /usr/bin/true sealed
must w sign sealed --key alice

# meanwhile PROGRAM CHANGE...: signs PROGRAM with a key whose passphrase is given only when CHANGE
# was made; $code is what sign ends with.
mkfifo typed
meanwhile() {
    program=$1
    shift
    writ --at "$now" sign "$program" --key carol --passphrase-fd 0 <typed >out 2>err &
    signer=$!
    exec 9>typed
    while ! ls -l "/proc/$signer/fd" 2>/dev/null | grep -q "/$program\$" &&
        kill -0 "$signer" 2>/dev/null; do sleep 0.01; done
    "$@"
    cat passphrase >&9
    exec 9>&-
    code=0
    wait "$signer" || code=$?
}

swap_for_link() {
    rm app
    ln -s victim app
}

swap_for_file() {
    rm app
    echo 'somebody else'"'"'s' >app
}

append() {
    echo more >>app
}

put_back_mtime() {
    touch -r app app.time
    printf 'X' | dd of=app bs=1 seek=100 conv=notrunc status=none
    touch -r app.time app
}

cp /usr/bin/true app
meanwhile app swap_for_link
holds 'a link put in the place of the program leads sign nowhere' [ "$(cat victim)" = 'root:x:0:0' ]
holds 'and it says that the program changed' grep -q 'app changed while it was worked on' err
holds 'which is no success' [ "$code" -eq 69 ]
holds 'the mode of what the link leads to is what it was' [ "$(stat -c %a victim)" = 600 ]
rm -f app

cp /usr/bin/true app
meanwhile app swap_for_file
holds 'a file put in the place of the program stays' [ "$(cat app)" = "somebody else's" ]
holds 'with a sentence about it' [ "$code" -eq 69 ]
rm -f app

cp /usr/bin/true app
meanwhile app append
holds 'what is appended meanwhile is not lost' [ "$(tail -c 5 app)" = more ]
holds 'and no seal is put behind it' [ "$code" -eq 69 ]

cp /usr/bin/true app
meanwhile app put_back_mtime
holds 'a byte changed meanwhile is seen though the time was put back' [ "$code" -ge 64 ]

cp /usr/bin/true app
meanwhile app true
holds 'a program that nobody touches is sealed' [ "$code" -eq 0 ]
judged allowed newer-than-feed 0 'and allowed' app
ln -s app link
exits 0 'through a link that was there all the time, too' w sign link --key bob --replace
holds 'which stays' [ -L link ]

# ------------------------------------------------------------------- links in the place of a seal

cp /usr/bin/true app2
ln -s elsewhere app2.writ
refuses 73 'a symbolic link' 'a link that leads nowhere makes no file there' \
    w sign app2 --key alice --attach detached
holds 'as there is none' [ ! -e elsewhere ]
ln -sf victim app2.writ
refuses 73 'a symbolic link' 'nor is one replaced that a link in the place of the seal leads to' \
    w sign app2 --key alice --attach detached --replace
holds 'as it is what it was' [ "$(cat victim)" = 'root:x:0:0' ]

# ------------------------------------------------------------------------- links in what is published

# damage FILE: the feed's FILE leads over the CA's store, and publishing does not go there.
damage() {
    cp "$(store)" store.before
    mv "$feed/$1" kept
    ln -s "$(store)" "$feed/$1"
    refuses 73 'a symbolic link' "a link at $1 in the feed's directory is not followed" w publish
    exits 0 "the store is a store after a link at $1" w ca list
    rm "$feed/$1"
    mv kept "$feed/$1"
}

damage bundle.pem
publish
mkdir taken
mv "$feed/targets" kept
ln -s "$dir/taken" "$feed/targets"
refuses 73 'a symbolic link' 'a link at targets is not followed' w publish
holds 'nothing was written where it leads' [ -z "$(ls taken)" ]
rm "$feed/targets"
mv kept "$feed/targets"
exits 0 'the next publication is an ordinary one' w publish

# ------------------------------------------------------------------------- names that get in the way

serial=$(w ca list --json | jq -r '.certificates[] | select(.name == "Alice").serial')
refuses 64 'reads as a serial number' 'nobody is called like another certificate'"'"'s serial' \
    w ca issue "$serial" --out mallory --insecure-plain-key
exits 0 '(a request for that name can be made)' \
    w identity new "$(echo "$serial" | tr a-f A-F)" --out mallory --insecure-plain-key
refuses 64 'reads as a serial number' 'not by a request either' w ca issue mallory.csr
exits 0 'who is known by another name can be' w ca issue mallory.csr --name Mallory
exits 0 'so that a serial number is enough to revoke' w ca revoke "$serial" --reason superseded

# The 40th byte is in the middle of a letter, and the other is no text at all.
long=$(printf '%039d' 0)é
printf 'one' >"$long"
exits 0 'a content is revoked whatever its file is called' w ca revoke --content "$long"
raw=$(printf 'bad\377\033[2Jname')
printf 'two' >"$raw"
exits 0 'bytes that are no text included' w ca revoke --content "$raw"
exits 0 'and both can be listed' w ca show --json --audit
holds 'with names that can be shown' \
    [ "$(field '.revoked_contents[] | select(.content_length == 3).name' | sort | tail -1)" = \
    'bad\xff\x1b[2Jname' ]
exits 0 'and reinstated' w ca reinstate --content "$raw" --note 'a test'

# ------------------------------------------------------------------- files that crowd an index

# 66 scripts of the same length, sealed in the index: more than are read without looking which.
mkdir crowd
i=10
while [ "$i" -lt 76 ]; do
    printf '#!/bin/sh\necho %s\n' "$i" >"crowd/$i"
    i=$((i + 1))
done
exits 0 'any number of files of one length can be sealed in the index' \
    w sign crowd/* --key bob --attach index
exits 0 'each of them is allowed' w verify crowd/*
holds 'by its seal' [ "$(grep -c ': allowed: Bob' out)" -eq 66 ]
printf '#!/bin/sh\necho 99\n' >crowd/other
judged unsigned no-seal 6 'another of that length is unsigned, and no fault' crowd/other
index=$(state_dir)/seals/$(wc -c <crowd/10)
for name in "$index"/*; do break; done
head -c 100 "$name" >cut
cp cut "$name"
run w verify --json crowd/[0-9]*
holds 'one bad seal condemns one file' [ "$(field '[.results[] | select(.exit != 0)] | length')" -eq 1 ]

# ------------------------------------------------------------------------------------- memory

# 100 GB that cost nothing to make: before a copy in memory was bounded this filled it.
printf '#!/bin/sh\necho ran\n' >sparse
truncate -s 100G sparse
chmod 755 sparse
refuses 125 'up to 1073741824' 'a script is not copied to memory without end' writ run ./sparse
rm sparse

# -------------------------------------------------------------------------------- the passphrase

# A server that keeps whoever asks until it has looked at its environment.
cat >curious.py <<'END'
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1)
s.settimeout(20)
print(s.getsockname()[1], flush=True)
c, _ = s.accept()
c.recv(100)
found = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if open(f"/proc/{pid}/comm").read() == "writ-fetch\n":
            found.append(open(f"/proc/{pid}/environ", "rb").read())
    except OSError:
        pass
marked = [e for e in found if b"HOSTILE_MARK=%s" % sys.argv[1].encode() in e]
with open("curious.out", "w") as f:
    f.write(f"{len(marked)} {sum(b'secretsecret' in e for e in marked)}\n")
c.close()
END
python3 curious.py "$dir" >port &
curious=$!
while [ ! -s port ]; do sleep 0.01; done
HOSTILE_MARK=$dir WRIT_PASSPHRASE=secretsecret writ pull --from "http://127.0.0.1:$(cat port)" \
    >out 2>err </dev/null
wait "$curious"
holds 'writ-fetch is given the environment, and in it no passphrase' [ "$(cat curious.out)" = '1 0' ]

# ---------------------------------------------------------------------- whom nobody waits for

# fetchers: how many writ-fetch run with our mark.
fetchers() {
    count=0
    for status in /proc/[0-9]*/comm; do
        [ "$(cat "$status" 2>/dev/null)" = writ-fetch ] || continue
        grep -q -a "HOSTILE_MARK=$dir" "${status%comm}environ" 2>/dev/null && count=$((count + 1))
    done
    echo "$count"
}
cat >silent.py <<'END'
import socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1)
s.settimeout(20)
print(s.getsockname()[1], flush=True)
c, _ = s.accept()
print("asked", flush=True)
sys.stdin.read()
END
mkfifo hold
python3 silent.py <hold >silent &
silent=$!
exec 9>hold
while [ ! -s silent ]; do sleep 0.01; done
HOSTILE_MARK=$dir writ pull --from "http://127.0.0.1:$(head -1 silent)" >out 2>err </dev/null &
puller=$!
while ! grep -q asked silent && kill -0 "$puller" 2>/dev/null; do sleep 0.01; done
holds '(a pull waits for a silent server)' [ "$(fetchers)" -eq 1 ]
kill -9 "$puller"
wait "$puller" 2>/dev/null
tries=0
while [ "$(fetchers)" -gt 0 ] && [ "$tries" -lt 10 ]; do
    sleep 0.01
    tries=$((tries + 1))
done
holds 'killed, it leaves no writ-fetch behind' [ "$(fetchers)" -eq 0 ]
exec 9>&-
wait "$silent"

finish
