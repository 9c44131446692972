# Kills and failures at every system call that changes a disk.  To be sourced by a POSIX shell.
#
# A command is run once under strace, which lists its calls; then once for each call and mode, with
# that one call disturbed:
#
#   kill     SIGKILL before the call, as in a power failure or an impatient operator
#   ENOSPC   the call fails: no space left
#   EIO      the call fails: the disk is broken
#
# A call is named (name, n): the n-th call of that name in one process, because that is how strace
# counts (per name, per process).  With several processes, a pair is the n-th call in each of them.
#
#   sweep NAME PREPARE CHECK COMMAND [ARG...]
#
#   PREPARE  a function that makes the state the command starts from, in the current directory (a new
#            one).  It runs once; each run of the command works on a copy of that directory, so the
#            command names its files relative to it, and itself by an absolute path.
#   CHECK    a function that looks at what is left, in the current directory.  It says on its output
#            what is wrong, and returns 1 then.  It knows
#              $sweep_mode    none (undisturbed), kill, ENOSPC or EIO
#              $sweep_status  the exit status of the command; 137 when it was killed
#              $sweep_out     a file with what it printed, and $sweep_err what it complained
#            Before it is asked, a failing command has been held to this: no crash, no hang, and at
#            least one line of complaint.
#
# $sweep_mute is a call that may fail in silence: with several processes the n-th write of a child is
# also the n-th of its parent, which may be the complaint about it.
#
# One line of TAP per sweep and mode; sweep_end prints the plan.  Settings, from the environment:
#
#   WRIT_SWEEP=full        every pair; otherwise a sample: one pair in each mode, each time another
#   WRIT_SWEEP_EVERY=N     a larger sample: every N-th pair
#   WRIT_SWEEP_MODES=...   other modes than "kill ENOSPC EIO"
#   WRIT_SWEEP_ONLY=...    only the sweeps with these names

sweep_calls="write pwrite64 writev pwritev pwritev2 copy_file_range sendfile splice ftruncate
fallocate fsync fdatasync sync_file_range creat openat mkdir mkdirat rename renameat renameat2 link
linkat symlink symlinkat unlink unlinkat rmdir fchmod fchmodat fchown fchownat fsetxattr"
sweep_seconds=60 # a run that takes longer hangs
sweep_n=0
sweep_dir=
sweep_mute=
case ${WRIT_SWEEP:-sample} in
full) sweep_every=1 ;;
*) sweep_every=${WRIT_SWEEP_EVERY:-} ;;
esac

# Why nothing can be swept here; prints nothing when it can.
sweep_why_not()
{
    if ! command -v strace >/dev/null 2>&1; then
        echo "strace is not installed"
    elif ! strace -o /dev/null true 2>/dev/null; then
        echo "this process may not trace another one"
    fi
}

# Makes the working directory; call it once, before the first sweep.
sweep_begin()
{
    sweep_dir=$(mktemp -d "${TMPDIR:-/tmp}/writ-sweep.XXXXXX") || exit 1
    trap 'rm -rf "$sweep_dir"' EXIT
    trap 'exit 1' HUP INT TERM
    sweep_out=$sweep_dir/out
    sweep_err=$sweep_dir/err
    # LeakSanitizer cannot work under strace; the other sanitizers can.
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
    export ASAN_OPTIONS
}

sweep_end()
{
    echo "1..$sweep_n"
}

sweep_result() # ok|"not ok", claim
{
    sweep_n=$((sweep_n + 1))
    echo "$1 $sweep_n - $2"
}

sweep_wanted() # name
{
    [ -z "${WRIT_SWEEP_ONLY:-}" ] && return 0
    case " $WRIT_SWEEP_ONLY " in *" $1 "*) return 0 ;; esac
    return 1
}

# Runs the command on a copy of the prepared state, under strace with these options.
sweep_strace() # strace's options as one word, command...
{
    sweep_options=$1
    shift
    rm -rf "$sweep_dir/run"
    cp -a "$sweep_dir/prepared" "$sweep_dir/run" || exit 1
    # The inner shell's standard error is where it would say "Killed".
    # shellcheck disable=SC2086 # the options are words
    (
        cd "$sweep_dir/run" || exit 1
        timeout -s KILL "$sweep_seconds" strace $sweep_options "$@" \
            >"$sweep_out" 2>"$sweep_err" </dev/null
        exit $?
    ) 2>/dev/null
    sweep_status=$?
}

# From strace's logs, one per process, to the list of pairs.  Opening counts when it may create;
# writing to a pipe, a terminal or the command's own output does not change a disk.
sweep_pairs()
{
    cat /dev/null "$sweep_dir"/log.* | grep -q . || return 1
    for sweep_log in "$sweep_dir"/log.*; do
        awk '
            !/^[a-z0-9_]+\(/ { next }
            { name = $0; sub(/\(.*/, "", name); n[name]++ }
            name == "openat" && !/O_CREAT/ { next }
            /^p?writev?[0-9]*\([12],/ { next }
            { print name, n[name] }' "$sweep_log"
    done | sort -u -k1,1 -k2,2n >"$sweep_dir/pairs"
    [ -s "$sweep_dir/pairs" ]
}

# What is held against every run, then what the check of this sweep says.
sweep_verdict()
{
    if [ "$sweep_mode" = kill ] || [ "$sweep_mode" = none ]; then
        :
    elif [ "$sweep_status" -ge 124 ]; then
        echo "it crashed or hung: status $sweep_status"
        return 1
    elif [ "$sweep_status" -ne 0 ] && ! grep -q . "$sweep_err" &&
        [ "$sweep_call" != "$sweep_mute" ]; then
        echo "it failed with status $sweep_status and said nothing"
        return 1
    fi
    (cd "$sweep_dir/run" && "$sweep_check")
}

sweep_undisturbed() # command...
{
    sweep_mode=none
    rm -f "$sweep_dir"/log.*
    sweep_strace "-ff -o $sweep_dir/log -e signal=none -e trace=$sweep_trace" "$@"
    sweep_pairs || { echo "# it changes nothing"; return 1; }
    [ "$sweep_status" -eq 0 ] && sweep_verdict >"$sweep_dir/why" 2>&1 && return 0
    sed 's/^/# /' "$sweep_err" "$sweep_dir/why"
    return 1
}

# One run with one call disturbed; says what was wrong.
sweep_disturbed() # name, n, command...
{
    sweep_call=$1
    sweep_nth=$2
    shift 2
    case $sweep_mode in
    kill) sweep_how=signal=SIGKILL ;;
    *) sweep_how=error=$sweep_mode ;;
    esac
    sweep_strace "-f -o /dev/null -e signal=none -e trace=$sweep_call \
        -e inject=$sweep_call:$sweep_how:when=$sweep_nth" "$@"
    sweep_verdict >"$sweep_dir/why" 2>&1 && return 0
    echo "# $sweep_call $sweep_nth, status $sweep_status"
    sed 's/^/#   /' "$sweep_dir/why" "$sweep_err"
    return 1
}

# How many pairs lie between two that are tried, and which is the first one.
sweep_choose()
{
    sweep_step=${sweep_every:-$(wc -l <"$sweep_dir/pairs")}
    case $sweep_mode in
    kill) sweep_first=$((sweep_step / 2)) ;;
    ENOSPC) sweep_first=$((sweep_step / 4)) ;;
    *) sweep_first=$((3 * sweep_step / 4)) ;;
    esac
}

# All pairs in one mode.
sweep_in_mode() # command...
{
    sweep_choose
    sweep_i=0
    sweep_runs=0
    sweep_failed=0
    while read -r sweep_a sweep_b; do
        sweep_i=$((sweep_i + 1))
        [ $(((sweep_i - 1) % sweep_step)) -eq "$sweep_first" ] || continue
        sweep_runs=$((sweep_runs + 1))
        sweep_disturbed "$sweep_a" "$sweep_b" "$@" || sweep_failed=$((sweep_failed + 1))
    done <"$sweep_dir/pairs"
    sweep_claim="$sweep_name: $sweep_mode at $sweep_runs of $sweep_i calls leaves all or nothing"
    if [ "$sweep_failed" -eq 0 ]; then
        sweep_result ok "$sweep_claim"
    else
        sweep_result "not ok" "$sweep_claim ($sweep_failed did not)"
    fi
}

sweep() # name, prepare, check, command...
{
    sweep_name=$1
    sweep_prepare=$2
    sweep_check=$3
    shift 3
    sweep_wanted "$sweep_name" || return 0
    # Names that this machine does not have are left out (?).
    sweep_trace=$(printf '%s' "$sweep_calls" | tr ' \n' ',,' | sed 's/\([^,]*\)/?\1/g')
    rm -rf "$sweep_dir/prepared"
    mkdir "$sweep_dir/prepared"
    if ! (cd "$sweep_dir/prepared" && "$sweep_prepare") >"$sweep_dir/why" 2>&1; then
        sed 's/^/# /' "$sweep_dir/why"
        sweep_result "not ok" "$sweep_name: can be prepared"
        return 0
    fi
    if ! sweep_undisturbed "$@"; then
        sweep_result "not ok" "$sweep_name: works undisturbed"
        return 0
    fi
    sweep_result ok "$sweep_name: works undisturbed"
    for sweep_mode in ${WRIT_SWEEP_MODES:-kill ENOSPC EIO}; do
        sweep_in_mode "$@"
    done
}
