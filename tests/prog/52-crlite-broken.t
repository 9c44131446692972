#!/bin/sh
# Goal of this test: connections break, servers ask for patience, pulls are killed and come in crowds;
# what had come comes no second time, and whoever asks the device meanwhile gets an answer.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/crlite.sh"
begin_world 1500000 1000 3
pin=$(cat "$world/pin")
full=20260322-0-default.filter
bytes=$(wc -c <"$world/www/mirror/$full")
hash=$(sha256 "$world/www/mirror/$full")
part=$files/.writ-part-$hash

# The start of a pull that is slow enough to be disturbed; returns when some of the filter has come.
begin_slowly() {
    extra 'location /attachments/ { limit_rate 150k; }'
    writ --root "$dir/device" --at "$now" source add crlite "$http/v1" --pin "$pin" >out 2>err </dev/null &
    puller=$!
    tries=0
    while [ "$(stat -c %s "$part" 2>/dev/null || echo 0)" -lt 50000 ]; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || { cat err; echo "Bail out! nothing comes"; exit 1; }
        sleep 0.01
    done
}
ended() {
    code=0
    wait $puller 2>/dev/null || code=$?
}
resumed() { # the line about the filter in the log, as "STATUS RANGE ETAG"
    asked 5 | awk -v name="/$full" '$2 == name { $2 = ""; gsub(/  /, " "); sub(/ *$/, ""); print }'
}

# --- the server goes away ---

begin_slowly
stop_world
ended
holds "a server that goes away is no success" [ "$code" -eq 69 ]
holds "one sentence says how far it came" grep -q "$full broke the connection off after [0-9]* bytes" err
had=$(stat -c %s "$part")
etag=$(sed 1d "$part.etag")
holds "what has come is kept" [ "$had" -ge 50000 ]
holds "with the ETag it came with" [ "$(head -n 1 "$part.etag")" = "$http/attachments/security-state-workspace/cert-revocations/$full" ]
holds "and nothing of it counts" sh -c '[ ! -e "$0/pulled" ] && [ ! -e "$0/revocation/index.bin" ]' "$device/filters/crlite"
: >"$world/extra.conf"
start_world
works "the next try goes on" d source add crlite "$http/v1" --pin "$pin"
holds "where it ended, if nothing has changed (206)" [ "$(resumed)" = "206 bytes=$had- $etag" ]
holds "and only the rest came" [ "$(wc -c <"$files/$full")" -eq "$bytes" ]
holds "nothing is left of it" [ -z "$(find "$files" -name '.writ-part*')" ]
works "all is well" d status
echo some >"$files/.writ-part-$(printf '%064d' 7)"
must d pull
holds "what came of a file that nobody wants any more goes" [ -z "$(find "$files" -name '.writ-part*')" ]

# --- the pull is killed ---

must d source remove crlite
begin_slowly
kill -9 $puller
ended
: >"$world/extra.conf"
reload_world
# writ-fetch ends with its caller, but not at the same instant.
had=
until [ "$had" = "$(stat -c %s "$part")" ]; do
    had=$(stat -c %s "$part")
    sleep 0.05
done
works "after a kill" d source add crlite "$http/v1" --pin "$pin"
holds "it goes on all the same, on the chance that nothing has changed" [ "$(resumed)" = "206 bytes=$had-" ]
holds "and the hash says that it has not" cmp -s "$files/$full" "$world/www/mirror/$full"

# --- parts that are of no use ---

again() { # CLAIM: the source is added once more
    must d source remove crlite
    mkdir -p "$files"
    eval "$2"
    forget_asked
    works "$1" d source add crlite "$http/v1" --pin "$pin"
    holds "and what is there is the filter" cmp -s "$files/$full" "$world/www/mirror/$full"
}
attachment=$world/www/attachments/security-state-workspace/cert-revocations/$full
again "a part that was spoiled" 'head -c 1000 /dev/zero >"$part"'
holds "is thrown away after its hash (206, then 200)" [ "$(resumed | tr '\n' ';')" = "206 bytes=1000-;200;" ]
again "a part that is the whole" 'cp "$attachment" "$part"'
holds "needs nothing more" [ -z "$(resumed)" ]
again "a part that is too long" '{ cat "$attachment"; echo; } >"$part"'
holds "is not gone on with" [ "$(resumed)" = "200" ]
again "a part of what has changed since" 'head -c 1000 "$attachment" >"$part"; printf "%s\n%s" "$http/attachments/security-state-workspace/cert-revocations/$full" "\"other\"" >"$part.etag"'
holds "is asked for under a condition (If-Range), and comes whole" [ "$(resumed)" = '200 bytes=1000- "other"' ]
echo precious >precious
again "a part that leads elsewhere" 'ln -s "$dir/precious" "$part"; ln -s "$dir/precious" "$part.etag"'
holds "leads nowhere" [ "$(cat precious)" = precious ]
again "a part with another name" 'head -c 1000 "$attachment" >mine; ln mine "$part"'
holds "is not written to" [ "$(wc -c <mine)" -eq 1000 ]
again "a part that is a FIFO" 'mkfifo "$part"'

# --- servers that ask for patience ---

changeset='location ~ ^(/v1/buckets/.*)/changeset$ { %s try_files $1/$which.json =404; }'
# shellcheck disable=SC2059 # a format
extra "$(printf "$changeset" 'add_header Backoff 600 always;')"
publish timestamp=1774224000001
works "a server that asks for patience is still believed" d pull
run d pull
holds "but is not asked again so soon" [ "$code" -eq 69 ]
says "as it says" "writ: crlite: $http/v1 asked not to be asked again before 2026-03-24T00:10:00Z"
forget_asked
run d pull crlite
holds "by nobody" [ "$(asked | wc -l)" -eq 0 ]
at 2026-03-24T00:09:59Z
exits 69 "until then" d pull
at 2026-03-24T00:10:00Z
works "from then on it is" d pull
at 2026-03-24T00:30:00Z
extra 'location ~ changeset$ { add_header Retry-After 120 always; return 503; }'
refuses 69 "answered with status 503 and asks to retry after 120" "a server that is busy" d pull
refuses 69 "asked not to be asked again before 2026-03-24T00:32:00Z" "is left alone as long as it says" d pull
at 2026-03-24T00:40:00Z
# shellcheck disable=SC2059
extra "$(printf "$changeset" 'add_header Backoff 999999999 always;')"
must d pull
refuses 69 "before 2026-03-25T00:40:00Z" "nobody is left alone for more than a day" d pull
echo "9999999999 $http/v1" >"$device/filters/crlite/wait"
extra ''
works "what a wrong clock has noted does not count" d pull
echo "garbage" >"$device/filters/crlite/wait"
works "nor does what makes no sense" d pull
works "a rehearsal asks, too" d pull --dry-run

# shellcheck disable=SC2059
extra "$(printf "$changeset" 'add_header Alert "{\"message\": \"this service ends\"}" always;')"
works "a server that has something to say" d pull
holds "is heard" grep -q '^writ: crlite: the server says: {"message": "this service ends"}$' err
run d source show crlite
holds "and remembered" grep -q '^server says: {"message": "this service ends"}$' out
run d status --json
holds "also by status" [ "$(field '.sources[0].server_says')" = '{"message": "this service ends"}' ]
extra ''
must d pull
run d source show crlite
holds "until it has nothing to say any more" sh -c '! grep -q "server says" out'

# --- several at once ---

publish deltas=2 timestamp=1774224000010
pids=
for i in 1 2 3 4; do
    d pull >out.$i 2>err.$i </dev/null &
    pids="$pids $!"
done
failed=0
for pid in $pids; do
    wait "$pid" || failed=$((failed + 1))
done
holds "four pulls at once all end well" [ "$failed" -eq 0 ]
holds "one of them takes over" [ "$(cat out.* | grep -c 'taken over')" -eq 1 ]
holds "the others find that it stands" [ "$(cat out.* | grep -c 'stand already')" -eq 3 ]
works "all is well after them" d status

# --- kills at every rename ---

if ! strace -o /dev/null true 2>/dev/null; then
    skips "a pull that is killed" "strace cannot be used here"
    finish
fi
cp -a device before
publish timestamp=1774224000011
n=1
dead=0
bad=
while :; do
    rm -rf device && cp -a before device
    # The copy has other inodes: its files are known by their hashes.
    status=0
    ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o strace.log -e trace=rename,renameat,renameat2 -e inject=rename,renameat,renameat2:signal=KILL:when=$n \
        writ --root "$dir/device" --at "$now" pull >out 2>err </dev/null || status=$?
    [ "$status" -eq 137 ] || break
    dead=$((dead + 1))
    run d source list
    grep -q 'fresh, built' out || bad="$bad $n:$(cat out)"
    d pull >out 2>err || bad="$bad $n: $(cat err)"
    [ "$(find "$files" -name '.writ-*' | wc -l)" -eq 0 ] || bad="$bad $n: leftovers"
    n=$((n + 1))
done
holds "a pull that is not killed ends well ($dead renames were)" [ "$status" -eq 0 ]
holds "there were some" [ "$dead" -ge 8 ]
holds "whichever was the last, the device can be asked, and the next pull ends well and clean" [ -z "$bad" ]
[ -z "$bad" ] || echo "# $bad"

finish
