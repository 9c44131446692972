#!/bin/sh
# Goal of this test: whichever byte of a sealed program, of its detached seal or of a stamped one is
# changed, the verdict is never "allowed".
#
# Two bits of every byte are flipped, one at a time, and some bytes are set to 0 and to 255; ./setup
# sweep tries all of the 255 other values of each.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

begin_journey
issue 'Clock' tsa --tsa
publish
pull
tiny_program tiny
cp tiny plain

# none_survives CLAIM FILE [SEAL]
none_survives() {
    claim=$1
    shift
    exits 0 "$claim" helper mutate "${WRIT_MUTATE:-some}" "$now" "$@"
    sed 's/^/# /' out | tail -n 20
}

must w sign tiny --key alice
holds 'a sealed program can be smaller than 2.5 kB' [ "$(stat -c %s tiny)" -lt 2560 ]
none_survives 'no changed byte of a sealed program is allowed' tiny

cp plain detached
must w sign detached --key alice --attach detached
none_survives 'nor one of the seal beside a program' detached detached.writ

cp plain stamped
must w sign stamped --key alice
must w seal extract stamped --out parts
helper forgeseal signature parts/sig.der >value
helper forgeseal tstinfo "$now" 1 value >info
stamp_with tsa info token
helper forgeseal seal parts/codedirectory parts/sig.der token >seal
helper forgeseal tail plain seal >stamped
allowed 'a stamped program is allowed' stamped
none_survives 'but not with a changed byte in the seal, in its timestamp neither' plain seal

# The same through the real thing, at some of the places.
size=$(stat -c %s tiny)
survivors=
i=0
while [ "$i" -lt "$size" ]; do
    cp tiny changed
    flip changed "$i"
    run w verify changed
    case $code in
    3 | 6) ;;
    *) survivors="$survivors $i:$code" ;;
    esac
    i=$((i + 37))
done
holds 'writ verify says 3 or 6 wherever one bit was changed' [ -z "$survivors" ]
[ -z "$survivors" ] || echo "# $survivors"

finish
