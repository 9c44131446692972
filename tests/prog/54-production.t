#!/bin/sh
# Goal of this test: with files as large and as many as Mozilla's in March 2026 (one of 6.1 MB and 35 of
# 175 kB, twice in 24 hours another one), a device pulls in seconds, fetches only what is new, and asks
# without delay.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/crlite.sh"
begin_world 6126299 175383 35
publish deltas=34 timestamp=1774224000000
at 2026-04-08T12:00:00Z

milliseconds() {
    begun=$(date +%s%N)
    run "$@"
    echo "# $1 $(($(($(date +%s%N) - begun)) / 1000000)) ms"
}

milliseconds d source add crlite "$http/v1" --pin "$(cat "$world/pin")"
holds "35 filters come" [ "$code" -eq 0 ]
holds "of 12 MB together" grep -q '^added source crlite: 35 filters of 12.0 MB, built at 2026-04-08T00:00:00Z$' out
holds "each of them once" [ "$(asked 39 | grep -c '^200 /2026')" -eq 35 ]
forget_asked
must d pull
milliseconds d pull
holds "when nothing is new" [ "$code" -eq 0 ]
holds "two small answers say so" [ "$(asked 4 | tail -n 2 | cut -c 1-3 | tr '\n' ' ')" = "304 304 " ]
publish timestamp=1774224000001 since=1775606400000
forget_asked
milliseconds d pull
holds "half a day later" [ "$code" -eq 0 ]
prints "one delta comes" \
    "crlite: 36 filters taken over, built at 2026-04-08T12:00:00Z; 12.2 MB, of which 175.3 kB came"
asked 5 | grep -c '^200 /2026' >n
holds "alone" [ "$(cat n)" -eq 1 ]
milliseconds d source list
prints "all of it can be asked" "crlite  crlite  $http/v1  fresh, built 0 s ago"
must d source remove crlite

# An update that begins in the middle: what is here of the same content is kept, whichever way it came.
must d source add upki "$http/mirror" --cache "$dir/device/var/lib/writ/filters/moz"
forget_asked
milliseconds d pull
holds "a mirror of the same size" [ "$code" -eq 0 ]
holds "is asked for its manifest only" [ "$(asked 1)" = "304 /mirror/manifest.json" ]

finish
