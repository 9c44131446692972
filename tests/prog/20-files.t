#!/bin/sh
# Goal of this test: a file is replaced or created whole, or left as it was, whatever happens: killed
# at any system call, a full or read-only disk, a file system that cannot do what ext4 can, and
# several writers at once.
#
# WRIT_BUILD names the build directory (default: build).
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${WRIT_BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
probe=$build/tests/helpers/io_probe
dir=$(mktemp -d) && cd "$dir" || exit 1
trap 'cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
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
        sed 's/^/# /' err 2>/dev/null
    fi
}

skip() # claim, reason
{
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}

says() # words
{
    grep -q "$1" err
}

# How many temporary files there are.
temps()
{
    find . -name '.writ-tmp-*' | wc -l
}

head -c 100000 /dev/zero | tr '\0' o >old
head -c 3000000 /dev/zero | tr '\0' n >new
can_trace=true
strace -o /dev/null true 2>/dev/null || can_trace=false

# ---- a read-only or missing directory ----

mkdir shut && cp old shut/f && chmod 555 shut
if [ "$(id -u)" -eq 0 ]; then
    as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
    chmod 755 . && chmod 644 old new
else
    as_user=
fi
$as_user "$probe" replace new shut/f 644 2>err
[ $? -eq 77 ] && says "^permission: cannot make a temporary file beside shut/f" && cmp -s old shut/f
result $? "a directory that may not be written leaves the file as it was"
chmod 755 shut

"$probe" replace new missing/f 644 2>err
[ $? -eq 73 ] && says "^cannot-create: cannot write missing/f: No such file"
result $? "a directory that is not there cannot hold a file"

# One of our own for the superuser, who could ruin the system's.
claim="a device is not replaced by a file"
if [ "$(id -u)" -ne 0 ]; then
    device=/dev/full
elif mknod device c 1 7 2>/dev/null; then
    device=device
else
    device=
fi
if [ -n "$device" ]; then
    "$probe" replace new $device 644 2>err
    [ $? -eq 73 ] && says "$device is a character device; only a regular file is replaced" &&
        [ -c $device ]
    result $? "$claim"
else
    skip "$claim" "no device can be made here"
fi

# ---- a full, small or read-only disk ----

claim="on a full disk the old content stays, and nothing else"
if unshare -m true 2>err; then
    mkdir small
    cat >in_small <<'END'
probe=$1
mount -t tmpfs -o size=256k,nr_inodes=8 tmpfs small || exit 100
cp old small/f
"$probe" replace new small/f 644
[ $? -eq 74 ] || exit 1
cmp old small/f && [ "$(ls -A small)" = f ] || exit 2
"$probe" create new small/g 644
[ $? -eq 74 ] && [ "$(ls -A small)" = f ] || exit 3
for i in 1 2 3 4 5 6; do : >small/$i; done 2>/dev/null
"$probe" replace old small/f 644 && exit 4
cmp old small/f || exit 5
mount -o remount,ro small || exit 100
"$probe" replace old small/f 644
[ $? -eq 73 ] || exit 6
"$probe" create old small/new 644
[ $? -eq 73 ] && cmp old small/f || exit 7
END
    unshare -m sh in_small "$probe" 2>err
    status=$?
    if [ "$status" -eq 100 ]; then
        skip "$claim" "no tmpfs can be mounted here"
        skip "the sentences name the cause" "no tmpfs can be mounted here"
    else
        result "$status" "$claim"
        says "io: cannot write small/f: No space left on device" &&
            says "io: cannot write small/g: No space left on device" &&
            says "cannot-create: cannot make a temporary file beside small/f: Read-only file system"
        result $? "the sentences name the cause"
    fi
else
    skip "$claim" "no mount namespace can be made here"
    skip "the sentences name the cause" "no mount namespace can be made here"
fi

# ---- file systems that can do less ----

# In a shell of its own, whose standard error is where it would say "Killed".
inject() # what, command...
{
    what=$1
    shift
    (
        strace -f -o trace -e "inject=$what" "$@" 2>err
        exit $?
    ) 2>/dev/null
}

if $can_trace; then
    inject renameat2:error=EINVAL "$probe" create new fresh 600 && cmp -s new fresh && [ "$(stat -c %h fresh)" -eq 1 ] && [ "$(temps)" -eq 0 ] &&
        grep -q INJECTED trace
    result $? "a file is created where RENAME_NOREPLACE is unknown"

    inject renameat2:error=EINVAL "$probe" create old fresh 600
    [ $? -eq 73 ] && says "fresh exists already" && cmp -s new fresh && [ "$(temps)" -eq 0 ]
    result $? "and one that exists is not overwritten there"

    # content on the disk, then the name, then the name on the disk
    cp old f
    strace -o trace -e trace=fsync,renameat "$probe" replace new f 644 2>err &&
        [ "$(sed -n 's/(.* = 0$//p' trace | tr '\n' ' ')" = "fsync renameat fsync " ]
    result $? "content and name are on the disk, in this order"

    cp old f
    inject flock:error=ENOLCK "$probe" replace new f 644 && cmp -s new f &&
        grep -q INJECTED trace
    result $? "a file is replaced where there are no locks"

    touch .writ-tmp-0123456789abcdef
    inject flock:error=ENOLCK "$probe" sweep . && [ "$(temps)" -eq 1 ]
    result $? "where there are no locks nothing is swept away"
    rm -f .writ-tmp-*

    cp old f
    inject copy_file_range:error=EXDEV "$probe" replace-like new f && cmp -s new f
    result $? "a file is copied where the kernel cannot do it by itself"

    cp old f
    inject copy_file_range:error=ENOSPC "$probe" replace-like new f
    [ $? -eq 74 ] && says "cannot copy new: No space left on device" && cmp -s old f &&
        [ "$(temps)" -eq 0 ]
    result $? "a disk that fills up while copying is said to be full"

    inject fsync:error=EIO:when=1 "$probe" replace new f 644
    [ $? -eq 74 ] && says "cannot write f to the disk: Input/output error" && cmp -s old f &&
        [ "$(temps)" -eq 0 ]
    result $? "content that does not reach the disk does not replace the old"

    inject fsync:error=EIO:when=2 "$probe" replace new f 644
    [ $? -eq 74 ] && says "f has its new content, but may lose it" && cmp -s new f
    result $? "a directory that does not reach the disk is said to be the danger it is"

    inject fsync:error=EINVAL:when=2 "$probe" replace old f 644 && cmp -s old f
    result $? "a directory that cannot be synced at all is no fault"

    claim="an attribute that the new file cannot have is named, and the old one stays"
    cp old f
    if setfattr -n user.origin -v here f 2>/dev/null; then
        inject fsetxattr:error=EOPNOTSUPP "$probe" replace-like new f
        [ $? -eq 74 ] && cmp -s old f && [ "$(temps)" -eq 0 ] &&
            says "io: cannot keep the attribute user.origin of f: Operation not supported"
        result $? "$claim"
    else
        skip "$claim" "no user attributes here"
    fi

    # Every system call of a replacement, those of the C library's start included.
    cp old f
    strace -f -o log "$probe" replace new f 644 2>err
    awk '{ name = $2; sub(/\(.*/, "", name) }
         name ~ /^[a-z0-9_]+$/ && name != "exit_group" { print name, ++count[name] }' log >calls
    wrong=0
    killed=0
    while read -r name when; do
        cp old f
        inject "$name:signal=SIGKILL:when=$when" "$probe" replace new f 644
        [ $? -eq 137 ] && killed=$((killed + 1))
        cmp -s old f || cmp -s new f || wrong=$((wrong + 1))
        [ "$(temps)" -le 1 ] || wrong=$((wrong + 1))
        "$probe" sweep . && [ "$(temps)" -eq 0 ] || wrong=$((wrong + 1))
    done <calls
    echo "# killed at $killed of $(wc -l <calls) system calls" >err
    [ "$wrong" -eq 0 ] && [ "$killed" -gt 20 ]
    result $? "SIGKILL at any system call leaves the old file or the new one, and at most what a sweep removes"
else
    skip "injected failures and kills" "this process may not trace another one"
fi

# ---- several at once ----

head -c 200000 /dev/zero | tr '\0' a >left
head -c 200000 /dev/zero | tr '\0' b >right
cp left f
i=0
while [ $i -lt 40 ]; do
    "$probe" replace left f 644 &
    "$probe" replace right f 644 &
    "$probe" sweep . &
    cat f >seen
    cmp -s left seen || cmp -s right seen || : >torn
    i=$((i + 1))
    wait
done 2>err
[ ! -e torn ] && { cmp -s left f || cmp -s right f; } && [ "$(temps)" -eq 0 ] && [ ! -s err ]
result $? "of several writers and sweepers at once one wins, and no reader sees a mixture"

for i in 1 2 3 4 5 6 7 8; do
    "$probe" create left only 600 2>>errors && echo "$i" >>winners &
done
wait
[ "$(wc -l <winners)" -eq 1 ] && [ "$(grep -c 'only exists already' errors)" -eq 7 ] && cmp -s left only
result $? "of several creators at once one wins, and the others are told"

echo "1..$n"
