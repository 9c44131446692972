# tests/prog/lib.sh - what every program test begins with
#
# Sourced by tests/prog/*.t, and by tests/*.t that run writ (they set up=.. before).  Puts the programs of the build first on the PATH, goes to a new
# directory that is removed at the end, and gives the caller no state: HOME, WRIT_ROOT and the like
# point below that directory.  Tests print TAP for prove.
#
#   WRIT_BUILD   the build directory, seen from the source tree; default: build
#
#   source_root  the source tree       build  the build directory       dir  the new directory

set -u

source_root=$(cd "$(dirname "$0")/${up:-../..}" && pwd)
build=${WRIT_BUILD:-build}
case $build in /*) ;; *) build=$source_root/$build ;; esac
[ -x "$build/prog/writ/writ" ] || {
    echo "Bail out! $build has no writ: set WRIT_BUILD"
    exit 1
}
PATH=$build/prog/writ:$PATH
dir=$(mktemp -d "${TMPDIR:-/tmp}/writ-prog.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1

mkdir home root
HOME=$dir/home
WRIT_ROOT=$dir/root
LC_ALL=C
export PATH HOME WRIT_ROOT LC_ALL
unset WRIT_PASSPHRASE XDG_DATA_HOME CDPATH

claims=0
broken=0

# holds CLAIM COMMAND...: the command exits with 0.
holds() {
    claim=$1
    shift
    claims=$((claims + 1))
    if "$@"; then
        echo "ok $claims - $claim"
    else
        broken=$((broken + 1))
        echo "not ok $claims - $claim"
        echo "#   failed: $*"
        [ ! -s err ] || sed 's/^/#   /' err
    fi
}

# run COMMAND...: its standard output and error are in the files out and err, its exit code in $code.
run() {
    code=0
    "$@" >out 2>err </dev/null || code=$?
}

# exits CODE CLAIM COMMAND...: it exits with this code (out, err and $code as after run).
exits() {
    wanted_code=$1
    claim=$2
    shift 2
    run "$@"
    holds "$claim" [ "$code" -eq "$wanted_code" ]
}

# says CLAIM LINE: standard error of the last run is exactly this line.  prints: standard output.
says() {
    holds "$1" [ "$(cat err)" = "$2" ]
}
prints() {
    holds "$1" [ "$(cat out)" = "$2" ]
}

# flip FILE OFFSET [MASK]: some bits of one byte become others; which, does not depend on what is there.
flip() {
    flipped=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059 # made here
    printf "\\$(printf %o $((flipped ^ ${3:-1})))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# missing COMMAND...: the first of these that is not installed, for a skip.
missing() {
    for command; do
        command -v "$command" >/dev/null 2>&1 || {
            echo "$command"
            return
        }
    done
}

# The end of every test.
finish() {
    echo "1..$claims"
    [ "$broken" -eq 0 ]
    exit
}
