#!/bin/sh
# Every sweep there is: each file tests/sweep/*.sweep adds its rows.  See inject.sh for what a sweep
# is and for the settings.
#
#   tests/sweep/run.sh [full|sample] [NAME...]
#
# WRIT_BUILD names the build directory (default: build).
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${WRIT_BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac

case ${1:-} in
full | sample)
    WRIT_SWEEP=$1
    shift
    ;;
esac
[ $# -eq 0 ] || WRIT_SWEEP_ONLY=$*

# shellcheck source=tests/sweep/inject.sh
. "$root/tests/sweep/inject.sh"

why=$(sweep_why_not)
if [ -n "$why" ]; then
    echo "1..0 # SKIP $why"
    exit 0
fi
sweep_begin
for rows in "$root"/tests/sweep/*.sweep; do
    # shellcheck disable=SC1090 # they are all there is
    . "$rows"
done
sweep_end
