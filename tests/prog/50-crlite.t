#!/bin/sh
# Goal of this test: Mozilla's filters come to a device from a server that speaks as Mozilla's does, and
# only what has changed comes again.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/crlite.sh"
begin_world
pin=$(cat "$world/pin")

# --- a source is added ---

works "a source is added by the root of its signers" d source add crlite "$http/v1" --pin "$pin"
cat >wanted <<END
added source crlite: 4 filters of 5.9 kB, built at 2026-03-23T12:00:00Z
  pinned $pin
END
holds "which says what came" cmp -s wanted out
cat >wanted <<'END'
200 cert-revocations/changeset?_expected=0
200 /chains/leaf
200 onecrl/changeset?_expected=0
200 /v1/
200 /20260322-0-default.filter
200 /20260322-1-default.filter.delta
200 /20260322-2-default.filter.delta
200 /20260322-3-default.filter.delta
END
asked 8 >asked.log
holds "each thing was asked for once, the filters in their order" cmp -s wanted asked.log
(cd "$device" && find . -type f ! -name '*lock' | sort) >found
cat >wanted <<END
./filters/crlite/cert-revocations.json
./filters/crlite/cert-revocations.meta
./filters/crlite/chain
./filters/crlite/onecrl
./filters/crlite/onecrl.json
./filters/crlite/onecrl.meta
./filters/crlite/pulled
./filters/crlite/revocation/20260322-0-default.filter
./filters/crlite/revocation/20260322-1-default.filter.delta
./filters/crlite/revocation/20260322-2-default.filter.delta
./filters/crlite/revocation/20260322-3-default.filter.delta
./filters/crlite/revocation/index.bin
./filters/crlite/revocation/manifest.json
./floors/$pin
./sources/crlite.conf
END
holds "what is on the disk is what writ-filters(5) says" cmp -s wanted found
holds "the filters as they were published" sh -c \
    'for f in "$0"/*filter*; do cmp -s "$f" "$1/www/mirror/$(basename "$f")" || exit 1; done' "$files" "$world"
holds "readable by everybody" [ -z "$(find "$device" -type f ! -name '*lock' ! -perm 644)" ]
holds "the message is what was signed" sh -c \
    'python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print(len(d[\"data\"]), d[\"last_modified\"])" "$0/filters/crlite/cert-revocations.json" | grep -qx "6 1774224000000"' "$device"
printf 'kind = crlite\nlocation = %s/v1\nchannel = default\nroot = %s\n' "$http" "$pin" >wanted
holds "the source is remembered as writ-source(5) says" cmp -s wanted "$device/sources/crlite.conf"
jq -r '.files[] | "\(.filename) \(.size) \(.hash)"' "$files/manifest.json" >manifest
(cd "$files" && for f in 20260322-0-default.filter *.delta; do echo "$f $(wc -c <"$f") $(sha256 "$f")"; done) >found
holds "the manifest beside the filters is one that upki could read" cmp -s manifest found
holds "and so is the index" [ "$(head -c 8 "$files/index.bin")" = upkiidx1 ]

# --- pulling again ---

remember_state "$device/filters/crlite/revocation"
works "a pull" d pull
prints "finds that everything stands" \
    "crlite: 4 filters stand already, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 0 bytes came"
holds "and touches no filter" keeps_state
asked 10 | tail -n 2 >asked.log
cat >wanted <<'END'
200 cert-revocations/changeset?_expected=0&_since=%221774224000000%22
200 onecrl/changeset?_expected=0&_since=%221774224000000%22
END
holds "only changes were asked for, and the chain that is here did again" cmp -s wanted asked.log
forget_asked
remember_state "$device"
must d pull
asked 2 >asked.log
sed 's/^200/304/' wanted >wanted.304
holds "the next time nothing was modified, in two answers" cmp -s wanted.304 asked.log
holds "and nothing at all is written" keeps_state

# --- something new ---

publish deltas=2 timestamp=1774224000001
works "a shorter chain" d pull
prints "is taken over" \
    "crlite: 3 filters taken over, built at 2026-03-23T00:00:00Z; 4.9 kB, of which 0 bytes came"
holds "the file it does not name stays for those who have just read the index before" \
    [ -e "$files/20260322-3-default.filter.delta" ]
publish timestamp=1774224000002 since=1774224000001
forget_asked
works "a new delta" d pull --json
holds "is taken over" [ "$(field '.sources[0] | "\(.source) \(.changed) \(.as_of) \(.stale) \(.filters) \(.onecrl)"')" = \
    "crlite true 2026-03-23T12:00:00Z false 4 true" ]
rm "$files/20260322-1-default.filter.delta"
forget_asked
works "a file that was lost" d pull
prints "comes again, alone" \
    "crlite: 4 filters taken over, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 997 bytes came"
asked 4 | grep '^200 /2026' >asked.log
holds "by its name" [ "$(cat asked.log)" = "200 /20260322-1-default.filter.delta" ]
flip "$files/20260322-0-default.filter" 1000
run d source list
holds "a file that was changed is seen" grep -q 'damaged: 20260322-0-default.filter is not the file that was pulled' out
run d status
holds "by status too, with exit code 5" [ "$code" -eq 5 ]
must d pull
works "and mended by the next pull" d status

# What changed since is applied to what is here: a record that is gone, one that is new.
python3 - "$world" <<'PY'
import json, sys
world = json.load(open(sys.argv[1] + "/world.json"))
print(next(r["id"] for r in world["records"] if "-3-default" in r["attachment"]["filename"]), file=open("gone", "w"))
PY
publish deltas=2 timestamp=1774224000003 since=9999999999999 "gone=$(cat gone)"
works "a removal among the changes" d pull
prints "takes a filter away" \
    "crlite: 3 filters taken over, built at 2026-03-23T00:00:00Z; 4.9 kB, of which 0 bytes came"

# --- changes that do not fit what is here ---

publish timestamp=1774224000004 since=9999999999999
forget_asked
works "changes that leave a record out" d pull
asked 6 >asked.log
holds "are given up for the whole" grep -qx '200 cert-revocations/changeset?_expected=0' asked.log
prints "which is taken over" \
    "crlite: 4 filters taken over, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 0 bytes came"
echo broken >"$device/filters/crlite/cert-revocations.json"
works "a message that is damaged here" d pull
holds "is asked for again" grep -q 'stand already' out
rm "$device/filters/crlite/cert-revocations.meta"
works "as is one without its note" d pull
echo broken >"$device/filters/crlite/pulled"
run d source list
holds "a damaged record is seen" grep -q 'damaged: pulled: ' out
works "and written again by the next pull" d pull
works "after which all is well" d status
rm "$device/filters/crlite/revocation/index.bin"
must d pull
works "an index that was lost is made again" d status
echo broken >"$device/filters/crlite/onecrl"
run d source list
holds "a damaged OneCRL is seen" grep -q 'damaged: onecrl' out
must d pull
works "and made again" d status

# --- chains ---

publish sign=fresh timestamp=1774224000005
forget_asked
works "a signer with a new certificate" d pull
asked 3 >asked.log
holds "has its chain fetched, once" [ "$(grep -c '/chains/fresh' asked.log)" -eq 1 ]
publish sign=leaf chain=fresh timestamp=1774224000006
cp "$world/www/chains/leaf" "$world/www/chains/fresh"
forget_asked
works "a chain that was replaced at its URL" d pull
holds "is fetched again" [ "$(asked 3 | grep -c '/chains/fresh')" -ge 1 ]

# --- what is shown ---

publish timestamp=1774224000007
must d pull
run d source list
prints "the list says how old the filters are" "crlite  crlite  $http/v1  fresh, built 12 h ago"
run d source show crlite --json
holds "show says it for programs" [ "$(field '"\(.name) \(.kind) \(.channel) \(.root_fingerprint) \(.signed) \(.state) \(.as_of) \(.age_seconds) \(.filters) \(.onecrl)"')" = \
    "crlite crlite default $pin true fresh 2026-03-23T12:00:00Z 43200 4 true" ]
run d status --json
holds "as does status" [ "$(field '.sources[0] | "\(.name) \(.kind) \(.state) \(.age_seconds)"')" = "crlite crlite fresh 43200" ]
at 2026-04-02T12:00:00Z
works "ten days after it was built it is fresh" d status
at 2026-04-02T12:00:01Z
exits 5 "a second later status says stale" d status
run d source list
prints "as does the list" "crlite  crlite  $http/v1  stale, built 10 days ago"
works "a pull that finds nothing newer" d pull
says "says so" "writ: crlite: stale: its filters were built 10 days ago"
at 2026-03-24T00:00:00Z

# --- rehearsals, channels, names ---

publish deltas=1 timestamp=1774224000008
remember_state "$device"
works "a rehearsal" d pull --dry-run
prints "says what would be" \
    "crlite: 2 filters would be taken over, built at 2026-03-22T12:00:00Z; 3.9 kB, of which 0 bytes came"
holds "and changes nothing" keeps_state
publish timestamp=1774224000008
works "the other channel is another source" d source add crlite "$http/v1/" --pin "$pin" --channel compat --name some-reasons
holds "of other filters" [ "$(ls "$device/filters/some-reasons/revocation" | grep -c compat)" -eq 2 ]
refuses 73 "there is a source called crlite already" "a name is given once" d source add crlite "$http/v1" --pin "$pin"
works "a source that is added as a rehearsal" d source add crlite "$http/v1" --pin "$pin" --name rehearsed --dry-run
holds "is not kept" [ ! -e "$device/sources/rehearsed.conf" ]
holds "nor anything of it" [ -z "$(find "$device/filters/rehearsed" -type f ! -name lock 2>/dev/null)" ]
works "one source is pulled by its name" d pull some-reasons
works "or from elsewhere this time" d pull crlite --from "$http/v1/"
refuses 64 "location is \"./folder\", wanted a URL" "which cannot be a folder" d pull crlite --from ./folder

# --- removing, and what must not go back ---

must d source remove some-reasons
works "a source is removed" d source remove crlite
prints "and says what is kept" "removed crlite; what Mozilla's collections must not go back behind is remembered"
holds "its filters are gone" [ -z "$(find "$device/filters" -type f ! -name '*lock')" ]
publish timestamp=1774224000007
refuses 65 "cert-revocations: timestamp 1774224000007 is older than 1774224000008, which this device has accepted" \
    "added again, under whatever name, an older collection is refused" d source add crlite "$http/v1" --pin "$pin" --name again
holds "and the source is not kept" [ ! -e "$device/sources/again.conf" ]
echo broken >"$device/floors/$pin"
publish timestamp=1774224000009
refuses 74 "floors/$pin is damaged" "what must not go back and cannot be read is a person's business" \
    d source add crlite "$http/v1" --pin "$pin"
rm "$device/floors/$pin"
works "who can take it away" d source add crlite "$http/v1" --pin "$pin"

# --- jitter ---

begun=$(date +%s)
works "a pull can wait first" d pull --jitter 1s
holds "but no longer than it was told" [ $(($(date +%s) - begun)) -le 5 ]
refuses 64 "jitter" "for a time that is one" d pull --jitter soon

finish
