#!/bin/sh
# Goal of this test: a jail is what it says on every kernel: what the kernel has is used, what should
# have been there and fails is a fault before a stranger's byte is read, and nothing survives the
# program.  (What a jailed child can and cannot do is in tests/unit/prog/jail_test.c.)
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
        cat out err 2>/dev/null | sed 's/^/# /'
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

answers()
{
    [ "$(cat out)" = "hello from inside" ]
}

run() # command...
{
    "$@" >out 2>err </dev/null
}

# In a shell of its own, whose standard error is where it would say "Killed".
inject() # what, command...
{
    what=$1
    shift
    (
        strace -f -o trace -e "inject=$what" "$@" >out 2>err </dev/null
        exit $?
    ) 2>/dev/null
}

run "$probe" jail && answers
result $? "a jailed child answers"

as_user=
if [ "$(id -u)" -eq 0 ]; then
    as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
    chmod 755 .
fi
run $as_user "$probe" jail && answers
result $? "an ordinary user's jailed child answers"

cat >openssl.cnf <<'END'
openssl_conf = all
[all]
alg_section = algorithms
[algorithms]
default_properties = provider=none
END
OPENSSL_CONF=$dir/openssl.cnf run "$probe" jail && answers
result $? "what openssl.cnf says does not matter"

# A jail whose child waits for input that never comes; its process is $parent, and $child once it is
# locked up.
mkfifo never && chmod 644 never
wait_in_jail() # command...
{
    "$@" "$probe" jail-wait <never >out 2>err &
    parent=$!
    exec 9>never
    child=
    while [ -z "$child" ] && kill -0 "$parent" 2>/dev/null; do
        child=$(cat "/proc/$parent/task/$parent/children" 2>/dev/null)
        child=${child%% *}
        grep -q '^Seccomp:.*2' "/proc/${child:-self}/status" 2>/dev/null || child=
    done
}

# The kernel gives the files in /proc of such a process to the superuser.
# shellcheck disable=SC2086 # words
wait_in_jail $as_user
[ "$(stat -c %u "/proc/$child/status")" -eq 0 ]
result $? "a jailed child cannot be looked into by its own user"
exec 9>&-
wait "$parent"

wait_in_jail env
kill -9 "$parent"
wait "$parent" 2>/dev/null
tries=0
while [ -d "/proc/$child" ] && [ $tries -lt 1000 ] && ! grep -q '^State:.*Z' "/proc/$child/status"; do
    tries=$((tries + 1))
    sleep 0.01
done 2>/dev/null
[ -n "$child" ] && [ $tries -lt 1000 ]
result $? "the child of a killed program dies with it"
exec 9>&-

if ! strace -o /dev/null true 2>/dev/null; then
    skip "other kernels" "this process may not trace another one"
    echo "1..$n"
    exit 0
fi

inject landlock_create_ruleset:error=ENOSYS "$probe" jail-strength &&
    grep -q '^seccomp 1, landlock 0$' out
result $? "a kernel without Landlock is seen to have none"

inject landlock_create_ruleset:error=ENOSYS "$probe" jail && answers &&
    grep -q 'SECCOMP_SET_MODE_FILTER.* = 0' trace && ! grep -q landlock_restrict_self trace
result $? "and seccomp alone holds the child there"

inject seccomp:error=ENOSYS "$probe" jail
[ $? -eq 78 ] && says "^configuration: this kernel has no seccomp" && ! grep -Eq 'clone3?\(|fork\(' trace
result $? "a kernel without seccomp is a fault, and no child is started"

inject seccomp:error=ENOSYS "$probe" jail-unjailed && answers &&
    { ! grep -q 'landlock.*VERSION) = [1-9]' trace || grep -q 'landlock_restrict_self.* = 0' trace; }
result $? "whoever insists goes without, and keeps the other walls"

# A wall that should have been there and is not.
while read -r call error words; do
    inject "$call:error=$error" "$probe" jail
    [ $? -eq 78 ] && says "^configuration: .*$words" && ! answers
    result $? "$call that fails with $error is a fault before anything is read"
done <<'END'
landlock_restrict_self EPERM cannot set up the jail's Landlock: Operation not permitted
capset EPERM cannot set up the jail's capabilities
close_range ENOSYS cannot set up the jail's descriptors
prctl EINVAL cannot set up the jail's process attributes
rt_sigprocmask EINVAL cannot set up the jail's signals
END

inject pidfd_open:error=ENOSYS "$probe" jail
[ $? -eq 78 ] && says "^configuration: cannot watch a jailed child (pidfd_open, Linux 5.3)" &&
    ! answers
result $? "a kernel without pidfd_open is a fault"

inject pipe2:error=EMFILE "$probe" jail
[ $? -eq 1 ] && says "cannot make a pipe: Too many open files"
result $? "no descriptors, no jail"

inject "/^(clone|fork)$:error=EAGAIN" "$probe" jail
[ $? -eq 1 ] && says "cannot start a jailed child: Resource temporarily unavailable"
result $? "no processes, no jail"

strace -f -e trace=%network,execve -o trace "$probe" jail >out 2>err </dev/null && answers &&
    ! grep -v -e 'execve("[^"]*io_probe"' -e ' +++ exited' -e ' --- SIG' trace
result $? "neither parent nor child connects or executes anything"

echo "1..$n"
