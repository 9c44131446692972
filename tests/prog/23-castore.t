#!/bin/sh
# Goal of this test: a CA's store loses nothing to writers that work at once, to a full disk, to a
# read-only place and to a killed writer, and says in one sentence what is wrong.  (What it refuses
# is in tests/unit/prog/castore*_test.c; kills and failures at every call are in tests/sweep.)
#
# WRIT_BUILD names the build directory (default: build).
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${WRIT_BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
dir=$(mktemp -d) && cd "$dir" || exit 1
trap 'cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
# A place that every user can reach.
chmod 755 "$dir"
cp "$build/tests/helpers/castore_driver" driver || exit 1
castore=$dir/driver
# LeakSanitizer cannot work under strace.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
n=0

result() # status, claim
{
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        cat out err 2>/dev/null | sed 's/^/# /'
    fi
}

skip() # claim, reason
{
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}

run() # arguments of the driver
{
    "$castore" "$@" >out 2>err </dev/null
}

# The command fails with this status and these words, in one line.
refuses() # status, words, arguments of the driver
{
    wanted=$1
    words=$2
    shift 2
    run "$@"
    status=$?
    [ "$status" -eq "$wanted" ] && grep -q "$words" err && [ "$(wc -l <err)" -eq 1 ] && return 0
    echo "status $status, wanted $wanted and \"$words\"" >>err
    return 1
}

# A number of the store's sums: issued, revoked, next, versions, audit, restored.
sum() # store, which
{
    "$castore" check "$1" 2>>err | sed "s/.*$2 \([0-9]*\).*/\1/"
}

# Every certificate that was announced is in the store.
announced() # store, files...
{
    store=$1
    shift
    "$castore" list "$store" | cut -d' ' -f1,2 | sort >there
    cat "$@" | sed -n 's/^issued //p' | sort >said
    comm -23 said there >missing
    [ ! -s missing ]
}

# --- many at once ---

"$castore" create ca || exit 1
for i in 1 2 3 4 5 6; do
    "$castore" issue ca "Dev $i" 15 >issued.$i 2>err.$i || echo "writer $i failed" >>failed &
done
wait
cat err.* >err
[ ! -e failed ] && [ "$(sum ca issued)" = 90 ] && [ "$(sum ca next)" = 91 ] && announced ca issued.*
result $? "six writers at once issue 90 certificates, numbered without a gap"

for i in 1 2 3 4; do
    (
        for k in 1 2 3 4; do
            "$castore" issue ca "Mix $i.$k" >>mixed.$i && "$castore" revoke ca "Mix $i.$k" superseded &&
                "$castore" publish ca >>version.$i && "$castore" reinstate ca "Mix $i.$k" &&
                "$castore" revoke ca "Mix $i.$k" keyCompromise && "$castore" check ca &&
                "$castore" backup ca copy.$i.$k && "$castore" check copy.$i.$k || echo "$i.$k" >>failed
        done
    ) >/dev/null 2>err.$i &
done
wait
cat err.* >err
# 1 for the birth, 106 issued, 32 revocations, 16 reinstatements, 2 for each of 16 versions
[ ! -e failed ] && [ "$(sum ca issued)" = 106 ] && [ "$(sum ca revoked)" = 16 ] &&
    [ "$(sum ca audit)" = 187 ] && announced ca mixed.*
result $? "writers, readers and backups at once lose nothing, and every change has its record"

[ "$(cat version.* | sort | uniq | wc -l)" -eq 16 ]
result $? "no feed version is given twice"

run backup ca restored
for i in 1 2 3 4; do
    "$castore" issue restored "After $i" >after.$i 2>err.$i || echo "after $i" >>failed &
done
wait
cat err.* >err
[ ! -e failed ] && [ "$(sum restored restored)" = 1 ] && announced restored after.*
result $? "a backup that four take into use at once burns one gap"

# --- one keeps the others out ---

mkfifo gate
"$castore" hold ca <gate >held 2>err &
holder=$!
exec 9>gate
while ! grep -qs held held && kill -0 "$holder" 2>/dev/null; do :; done

claim="a writer that is kept out for too long says so"
if strace -o /dev/null true 2>/dev/null; then
    # It waits in the tenths of seconds that it sleeps; here every sleep is over at once.
    strace -f -o /dev/null -e inject=nanosleep,clock_nanosleep:retval=0 \
        "$castore" issue ca Late >out 2>err </dev/null
    [ $? -eq 69 ] && grep -q "another command keeps the CA store ca; waited 10 s" err
    result $? "$claim"
else
    skip "$claim" "this process may not trace another one"
fi
run list ca && [ "$(wc -l <out)" -eq 108 ]
result $? "a reader is not kept out"

"$castore" issue ca Patient >waited 2>err 9>&- &
writer=$!
exec 9>&-
wait "$holder" && wait "$writer" && announced ca waited
result $? "a writer that waits comes in when the other is done"

# --- killed ---

"$castore" hold ca <gate >held 2>err &
holder=$!
exec 9>gate
while ! grep -qs held held && kill -0 "$holder" 2>/dev/null; do :; done
before=$(sum ca audit)
kill -9 "$holder"
wait "$holder" 2>/dev/null
exec 9>&-
[ -s ca-wal ]
result $? "a killed writer leaves its journal"
cp ca unplayed && cp ca-wal unplayed-wal
run issue ca Next && [ "$(sum ca audit)" -eq $((before + 1)) ] && [ ! -e ca-wal ]
result $? "what it had committed is there, and the next writer goes on"

# --- places ---

# In a mount namespace of its own; as a user, in one where it is root.
apart=
for how in "unshare -m" "unshare -rm"; do
    if $how true 2>/dev/null; then
        apart=$how
        break
    fi
done

if [ -z "$apart" ]; then
    skip "places that are full or read-only" "no mount namespace can be made here"
else
    mkdir place
    cat >inside.sh <<'INSIDE'
castore=$1
finish() # status, claim
{
    if [ "$1" -eq 0 ]; then echo "yes $2"; else echo "no $2"; sed 's/^/# /' out err; fi
}
run() { "$castore" "$@" >out 2>err </dev/null; }
refuses() # status, words, arguments
{
    wanted=$1 words=$2
    shift 2
    run "$@"
    status=$?
    [ "$status" -eq "$wanted" ] && grep -q "$words" err && [ "$(wc -l <err)" -eq 1 ] && return 0
    echo "status $status, wanted $wanted and \"$words\"" >>err
    return 1
}

mount -t tmpfs -o size=512k,mode=755 none place || exit 1
"$castore" create place/ca && "$castore" issue place/ca Alice 3 >/dev/null || exit 1
"$castore" list place/ca >before
dd if=/dev/zero of=place/filler bs=4k 2>/dev/null
refuses 74 "No space left\|no space left" issue place/ca Bob
finish $? "a full disk is one sentence"
"$castore" list place/ca >after && cmp before after
finish $? "on a full disk the store can still be read, and nothing changed"
refuses 74 "no space left" create place/other
finish $? "no store is born on a full disk"
refuses 74 "no space left\|No space left" backup place/ca place/copy
finish $? "no backup is made on a full disk"
ls -A place | grep -v -x -e ca -e ca-shm -e ca-wal -e filler >out
[ $? -eq 1 ]
finish $? "and nothing is left behind"
rm place/filler
run issue place/ca Bob && grep -q '^issued 4 ' out && run check place/ca
finish $? "with space again it goes on, with the next number"

"$castore" list place/ca >before
mount -o remount,bind,ro place || exit 1
run list place/ca && cmp before out
finish $? "a store in a read-only place is listed"
run backup place/ca rescued && run check rescued && grep -q 'backup$' out
finish $? "and can be backed up to another"
refuses 77 "cannot be written: Read-only file system" issue place/ca Carol
finish $? "but not changed, and says why"
refuses 73 "Read-only file system" create place/other
finish $? "nor is one born there"
mount -o remount,bind,rw place && cp unplayed place/u && cp unplayed-wal place/u-wal &&
    mount -o remount,bind,ro place || exit 1
refuses 73 "has a journal that was not played in" list place/u
finish $? "an unplayed journal in a read-only place is not passed over"
INSIDE
    $apart sh inside.sh "$castore" >verdicts 2>&1
    while read -r verdict claim; do
        case $verdict in
        yes) result 0 "$claim" ;;
        no)
            cp verdicts out
            : >err
            result 1 "$claim"
            ;;
        esac
    done <verdicts
    grep -q "yes an unplayed journal" verdicts || {
        cp verdicts out
        : >err
        result 1 "all places were visited"
    }
fi

# --- other users ---

# As somebody who does not own the store.
other=
if [ "$(id -u)" -ne 0 ]; then
    skip "other users" "only root can become one"
elif setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
    other="setpriv --reuid 65534 --regid 65534 --clear-groups"
    $other "$castore" list ca >out 2>err </dev/null
    [ $? -eq 77 ] && grep -q "Permission denied" err
    result $? "another user does not read the store"
    chmod 644 ca
    $other "$castore" list ca >out 2>err </dev/null && "$castore" list ca | cmp - out
    result $? "one who may read it, but not write beside it, lists it"
    $other "$castore" issue ca Mallory >out 2>err </dev/null
    [ $? -eq 77 ] && grep -q "cannot be written: Permission denied" err
    result $? "and changes nothing"
    [ ! -e ca-wal ] && [ ! -e ca-shm ]
    result $? "and leaves nothing beside it"
else
    skip "other users" "setpriv does not work here"
fi
echo "1..$n"
