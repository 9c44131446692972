#!/bin/sh
# Goal of this test: a feed that is new and good is taken over whole; one that is anything else gets
# one sentence, and not a byte on the device changes.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq python3)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
issue Alice alice
cp /usr/bin/true app
must w sign app --key alice
forge_start "$dir/forged"
fingerprint=$(sha256 root.der)
device=$dir/device/var/lib/writ
mkdir device

d() {
    writ --root "$dir/device" --at "$now" "$@"
}

# pulls_nothing CODE WORDS CLAIM: a pull of this device fails so, and leaves it as it was.
pulls_nothing() {
    remember_state "$device"
    run d pull
    if [ "$code" -eq "$1" ] && one_sentence && grep -q -e "^writ: example: .*$2" err && keeps_state; then
        holds "$3" true
    else
        echo "# exit $code, wanted $1 and \"$2\""
        holds "$3" false
    fi
}

# --- a first pull ---

forge 10
works "a source is added by its root's fingerprint" \
    d source add feed "$dir/forged" --name example --fingerprint "$fingerprint"
holds "and the root is pinned" grep -q "^  pinned $fingerprint\$" out
holds "the pull belongs to it" grep -q "^added source example: feed 10 of $forge_origin\$" out
holds "what is there is the feed" \
    [ "$(cd "$device" && find . -type f ! -name lock | sed "s/$fingerprint/FP/; s/[0-9a-f]\{64\}/HASH/" | sort | tr '\n' ' ')" = \
    "./feeds/FP/HASH.table ./feeds/FP/etag ./feeds/FP/feed.note ./feeds/FP/floor ./feeds/FP/intact ./sources/example.conf ./trust/FP.bundle " ]
holds "note and table as they were published" sh -c \
    'cmp forged/feed.note "$0/feed.note" && cmp "forged/targets/$1.table" "$0/$1.table"' "$device/feeds/$fingerprint" "$forge_hash"
holds "readable by everybody" [ "$(find "$device" -type f ! -name lock ! -perm 644)" = "" ]
works "a program is judged by it" d verify app

remember_state "$device"
works "the same feed again" d pull
holds "stands already" grep -q "^example: feed 10 stands already, fresh until 2026-03-08T12:00:00Z\$" out
holds "and nothing is written" keeps_state

forge 11
works "a newer one" d pull --json
holds "is taken over" \
    [ "$(field '.sources[0] | "\(.source) \(.changed) \(.version) \(.as_of) \(.expires) \(.table_bytes)"')" = \
    "example true 11 2026-03-01T12:00:00Z 2026-03-08T12:00:00Z $forge_bytes" ]
forge 12
works "a rehearsal" d pull --dry-run
holds "says what would be" grep -q '^example: feed 12 would be taken over' out
run d status --json
holds "and takes nothing over" [ "$(field '.trusted[0].version')" -eq 11 ]
must d pull
at 2026-03-02T12:00:00Z
forge 13
must d pull
holds "the table before is gone" [ "$(ls "$device/feeds/$fingerprint" | grep -c '\.table$')" -eq 1 ]

# --- notes that are not taken ---

good() {
    forge_table "$(epoch "$now")" </dev/null
}
from=$(epoch "$now")
until=$((from + 604800))
forge 20
cp forged/feed.note good.note

sed 's/^version 20/version 21/' good.note >forged/feed.note
pulls_nothing 65 "note: the signature by the feed's key does not verify" "a note that was changed"
sed 's/^expires 2026-03-09/expires 2026-03-10/' good.note >forged/feed.note
pulls_nothing 65 "note: the signature by the feed's key does not verify" "in its expiry"
must "$forgefeed" new stranger.key
forge_text 20 "$from" "$until" | "$forgefeed" sign stranger.key "$forge_origin" >forged/feed.note
pulls_nothing 65 "note: not signed by the key that the bundle names for $forge_origin" "a note by a stranger's key"
{ sed '/^— /d' good.note; grep '^— ' forged/feed.note; } >two.note
cp two.note forged/feed.note
pulls_nothing 65 "note: not signed by the key" "over a text that was honest once"
forge_text 20 "$from" "$until" | "$forgefeed" sign feed.key other-name >forged/feed.note
pulls_nothing 65 "note: not signed by the key" "a note by the right key under another name"
forge_text 20 "$from" "$until" | sed "s/^writ-feed.v1 $forge_origin/writ-feed\/v1 other-origin/" | forge_sign
pulls_nothing 65 "note: of other-origin, wanted $forge_origin" "a note of another origin"
forge_text 20 "$from" "$until" | sed "s/$forge_root/$forge_intermediate/" | forge_sign
pulls_nothing 65 "note: speaks for another root" "a note for another root"

for n in 0 1 60 300; do
    head -c $n good.note >forged/feed.note
    pulls_nothing 65 "note: " "a note that is cut after $n bytes"
done
head -c -1 good.note >forged/feed.note
pulls_nothing 65 "note: signature line" "or at its very end"
sed '/^— /d' good.note >forged/feed.note
pulls_nothing 65 "note: no signature" "a note without a signature"
sed 's/$/\r/' good.note >forged/feed.note
pulls_nothing 65 "note: " "a note with the line ends of another system"
head -c 70000 /dev/zero | tr '\0' 'x' >forged/feed.note
pulls_nothing 65 "feed.note has 70000 bytes, more than the 65536" "a note over the ceiling"
rm forged/feed.note
pulls_nothing 66 "forged/feed.note: No such file or directory" "no note at all"
mkdir forged/feed.note
pulls_nothing 66 "forged/feed.note is a directory" "a directory in its place"
rmdir forged/feed.note
mkfifo forged/feed.note
pulls_nothing 66 "forged/feed.note is a FIFO" "a FIFO in its place"
rm forged/feed.note

# Texts that the feed's key has signed and that are wrong all the same.
while IFS='|' read -r words change claim; do
    forge_text 20 "$from" "$until" | sed "$change" | forge_sign
    pulls_nothing 65 "$words" "signed, but wrong: $claim"
done <<'END'
feed: version is not a number|s/^version .*/version 020/|a version with a zero before it
feed: version is not a number|s/^version .*/version -1/|a negative version
feed: version is not a number|s/^version .*/version 9223372036854775808/|a version beyond the ceiling
feed: wanted a line that begins with version|/^version /{h;d;};/^as_of /{G;}|lines in another order
feed: as_of is not a time like|s/^as_of .*/as_of 2026-02-30T12:00:00Z/|a day that does not exist
feed: expires is not after as_of|s/^expires .*/expires 2026-03-02T12:00:00Z/|expired when it was made
feed: expires 36531 days after as_of, at most 30 days are allowed|s/^expires 2026/expires 2126/|an expiry in 100 years
feed: expires 31 days after as_of, at most 30 days are allowed|s/^expires .*/expires 2026-04-02T12:00:00Z/|an expiry in 31 days
feed: 0 tables, exactly one was wanted|/^file /d|no table
feed: 2 tables, exactly one was wanted|/^file /p|two tables
feed: 0 tables, exactly one was wanted|s/\.table /.ribbon /|only another kind of file
feed: wanted .file targets/HASH.KIND LENGTH HASH|s/ targets./ ..\/targets\//|a path that leads elsewhere
feed: wanted .file targets/HASH.KIND LENGTH HASH|/^file/{s,targets/0,targets/z,;s,targets/[1-9a-f],targets/0,;s,targets/z,targets/1,}|a name that is not its hash's
9 trailing bytes after the feed|s/^file .*/&\nand more/|a line that nobody knows
feed: wanted a line that begins with writ-feed/v1|s/v1/v2/|another version of the format
END
forge_hash=$(echo "$forge_hash" | sed 's/^./x/')
good
forge_text 20 "$((from - 800000))" "$((from - 10))" | forge_sign
pulls_nothing 65 "feed: version 20 expired at 2026-03-02T11:59:50Z" "a feed that has expired"
forge_text 20 "$((from + 86401))" "$((from + 600000))" | forge_sign
pulls_nothing 65 "feed: as_of 2026-03-03T12:00:01Z lies more than a day ahead of this machine's clock" \
    "a feed from more than a day ahead"
forge 12
pulls_nothing 65 "feed: version 12 is older than version 13, which this device has accepted" "an older version"
good
forge_text 13 "$from" "$((until - 1))" | forge_sign
pulls_nothing 65 "feed: version 13 with other contents than the version 13 that this device has accepted" \
    "the same version with other contents"
forge 14 "$((from - 1))" "$until"
pulls_nothing 65 "feed: as_of goes back behind what this device has accepted" "a newer version of older data"

# --- tables that are not taken ---

forge 20
target=forged/targets/$forge_hash.table
cp "$target" good.table
rm "$target"
pulls_nothing 66 "targets/$forge_hash.table: No such file or directory" "no table"
head -c -8 good.table >"$target"
pulls_nothing 65 "table: has $((forge_bytes - 8)) bytes, the note says $forge_bytes" "a table that is cut"
{ cat good.table; echo; } >"$target"
pulls_nothing 65 "table: has $((forge_bytes + 1)) bytes, the note says $forge_bytes" "a table with a byte too many"
: >"$target"
pulls_nothing 65 "table: has 0 bytes, the note says $forge_bytes" "an empty table"
tr '\000' '\001' <good.table >"$target"
pulls_nothing 65 "table: its SHA-256 is not the note's" "a table of other bytes"
cp good.table "$target"
forge_text 20 "$from" "$until" | sed "s/ $forge_bytes / 268435457 /" | forge_sign
pulls_nothing 65 "table: of 268435457 bytes, the ceiling is 268435456" "a table over the ceiling"

# tabled WORDS CLAIM: the table described on standard input, signed like any other, is refused.
tabled() {
    "$table_probe" build "$from" >wrong.table || exit 1
    forge_target wrong.table
    forge_text 20 "$from" "$until" | forge_sign
    pulls_nothing 65 "$1" "$2"
}
echo "this is no table" >wrong.table
forge_target wrong.table
forge_text 20 "$from" "$until" | forge_sign
pulls_nothing 65 "table magic\|not a writ table" "a signed table that is none"
head -c 3000 /dev/urandom >wrong.table
forge_target wrong.table
forge_text 20 "$from" "$until" | forge_sign
pulls_nothing 65 "not a writ table: the magic is missing" "nor noise"
(WRIT_ROOT=$dir/foreign && export WRIT_ROOT && mkdir foreign && must writ --at "$now" ca init Foreign --insecure-plain-keys &&
    sqlite3 foreign/var/lib/writ/ca/ca.db "SELECT writefile('foreign.der', der) FROM certificates WHERE role = 1;
        SELECT writefile('below.der', der) FROM certificates WHERE role = 2" >/dev/null) || exit 1
openssl x509 -in alice.pem -outform DER -out leaf.der
tabled "block [0-9]: it speaks about an issuer that does not stand under this feed's root" \
    "a feed that speaks about another CA's root" <<END
list numbered $from 2 $dir/root.der
list numbered $from 2 foreign.der
END
tabled "it speaks about an issuer that does not stand under this feed's root" "or about its intermediate" <<END
list numbered $from 2 $dir/root.der
list numbered $from 2 below.der foreign.der
END
tabled "it speaks about an issuer that does not stand under this feed's root" \
    "also when it claims that ours is above it" <<END
list numbered $from 2 below.der $dir/root.der
END
tabled "the issuer is not a CA" "a developer issues nothing" <<END
list numbered $from 2 leaf.der $dir/intermediate.der $dir/root.der
END
tabled "only the root may revoke contents" "contents are the root's to revoke" <<END
contents $from $dir/intermediate.der $dir/root.der
END
"$table_probe" build $((from - 1)) >wrong.table <<END || exit 1
list numbered $from 2 $dir/root.der
END
forge_target wrong.table
forge_text 20 "$from" "$until" | forge_sign
pulls_nothing 65 "table: its as_of is not the note's" "a table of another instant than its note"
forge 20
works "and after all that the good one is still taken" d pull

# --- over http ---

if command -v python3 >/dev/null; then
    serve_tree "$dir"
    forge 30
    must d source remove example
    works "a source on a server" d source add feed "$url/tree/forged" --name example
    : >"$served"
    works "what is on the server still" d pull
    holds "stands already" grep -q 'feed 30 stands already' out
    holds "which the server said, and nothing was fetched again" \
        [ "$(cat "$served")" = "304 forged/feed.note" ]
    : >"$served"
    forge 31
    works "what is new there" d pull
    holds "is fetched, note and table" [ "$(sed 's/[0-9a-f]\{64\}/HASH/' "$served" | tr '\n' ' ')" = \
        "200 forged/feed.note 200 forged/targets/HASH.table " ]
    works "and judges" d verify app

    # served END BEHAVIOUR: from now on the source is the same folder with one file gone wrong.
    gone_wrong() {
        sed -i "s,^location = .*,location = $url/tree:$1=$2/forged," "$device/sources/example.conf"
    }
    forge 32
    while read -r end behaviour exit words; do
        gone_wrong "$end" "$behaviour"
        pulls_nothing "$exit" "$words" "a server whose $end is $behaviour"
    done <<'END'
feed.note 302 78 redirects to http://127.0.0.1:[0-9]*/echo, which is not followed
feed.note 404 66 is not there (status 404)
feed.note 500 69 answered with status 500
feed.note 403 77 is not given to us (status 403)
feed.note endless 65 65536
feed.note truncated 69 .
feed.note garbage 65 .
feed.note html 65 note: no empty line
feed.note gzip 65 .
feed.note close 69 .
.table 302 78 redirects to
.table 404 66 is not there (status 404)
.table 500 69 answered with status 500
.table endless 65 .
.table truncated 69 .
.table html 65 table: .*the note
.table empty 65 table: .*the note says
.table reset-midway 69 .
END
    # One that says nothing is waited for, but not for ever: in the background, on devices of their own.
    for end in feed.note .table; do
        gone_wrong $end silent
        cp -a device "hanging$end"
        state "$dir/hanging$end/var/lib/writ" >"hanging$end.before"
        (
            begun=$(date +%s)
            writ --root "$dir/hanging$end" --at "$now" pull >"hanging$end.out" 2>"hanging$end.err" </dev/null
            echo "$? $(($(date +%s) - begun))" >"hanging$end.end.new"
            mv "hanging$end.end.new" "hanging$end.end"
        ) &
    done
    sed -i "s,^location = .*,location = $url/tree/forged," "$device/sources/example.conf"
    works "and when it is well again the feed is taken" d pull

    # An ETag belongs to the server it came from.
    mkdir elsewhere
    cp -a forged elsewhere/
    forge 33
    must d pull
    : >"$served"
    works "another place, this time" d pull --from "$url/tree/forged/"
    holds "is asked for its own" [ "$(cat "$served")" = "200 forged/feed.note" ]
    refuses 65 "feed: version 32 is older than version 33" "and its older feed is refused" \
        d pull --from "$url/tree/elsewhere/forged"
    refuses 69 "example: .*127.0.0.1" "nobody at home" d pull --from http://127.0.0.1:1/
    sed -i "s,^location = .*,location = $dir/forged," "$device/sources/example.conf"
fi

# --- the clock ---

at 2026-03-02T00:00:01Z
forge 40 "$(epoch 2026-03-03T00:00:00Z)"
works "a feed from less than a day ahead is taken" d pull
cp -a device lagging
ahead=$(($(date +%s) + 43200))
forge 45 "$ahead"
must writ --root "$dir/lagging" pull
run writ --root "$dir/lagging" verify app --json
holds "for a clock that lags behind it, its time is the time" \
    [ "$(field '.results[0].judged_at')" = "$(instant "$ahead")" ]
run writ --root "$dir/lagging" --at 2026-03-02T00:00:00Z verify app --json
holds "unless another was asked for" [ "$(field '.results[0].judged_at')" = 2026-03-02T00:00:00Z ]
at 2026-03-03T00:00:00Z

# --- what a device has accepted stays accepted ---

forge 50
must d pull
works "a source is removed" d source remove example
holds "which says what is kept" grep -q 'what its feed must not go back behind is remembered' out
run d verify app
holds "without it nothing is covered" [ "$code" -eq 4 ]
holds "the floor is kept, and the trust" \
    sh -c 'test -e "$0/feeds/$1/floor" && test -e "$0/trust/$1.bundle" && ! test -e "$0/feeds/$1/feed.note"' \
    "$device" "$fingerprint"
forge 49
remember_state "$device"
refuses 65 "feed: version 49 is older than version 50" "added again, an older feed is refused" \
    d source add feed "$dir/forged" --name example
holds "and the source is not kept" keeps_state
forge 51
works "a newer one is taken" d source add feed "$dir/forged" --name example

# --- the next key ---

must "$forgefeed" new next.key
must "$forgefeed" new third.key
forge_key=$dir/next.key
forge 60
pulls_nothing 65 "note: not signed by the key" "a key that was never named"
forge_key=$dir/feed.key
forge 60 "$(epoch "$now")" $(($(epoch "$now") + 604800)) "next-key $("$forgefeed" verifier next.key "$forge_origin")"
works "a note that names the next key" d pull
run writ show "$dir/forged/feed.note" --json
holds "says so" [ "$(field '.objects[0].names_next_key')" = true ]
works "and judges" d verify app
forge_key=$dir/next.key
forge 61
works "that key may sign the next one" d pull
works "which judges, too" d verify app
forge_key=$dir/feed.key
forge 62
works "the first one may still sign" d pull
forge_key=$dir/third.key
forge 63
pulls_nothing 65 "note: not signed by the key" "another one still not"
forge_key=$dir/next.key
forge 63 "$(epoch "$now")" $(($(epoch "$now") + 604800)) "next-key $("$forgefeed" verifier third.key "$forge_origin")"
works "the second names a third" d pull
forge_key=$dir/third.key
forge 64
works "which signs" d pull
works "and judges" d verify app
forge 65 "$(epoch "$now")" $(($(epoch "$now") + 604800)) "next-key $("$forgefeed" verifier next.key "$forge_origin" | sed 's/+[0-9a-f]*+/+00000000+/')"
remember_state "$device"
run d pull
holds "a next key whose id is not its own is refused, not remembered" \
    sh -c '[ "$0" -eq 65 ] && grep -q "note: the id of its next key is not the key.s" err' "$code"
holds "and changes nothing" keeps_state
forge 65 "$(epoch "$now")" $(($(epoch "$now") + 604800)) "next-key $("$forgefeed" verifier next.key somebody)"
pulls_nothing 65 "note: its next key is of somebody, wanted $forge_origin" "nor is one of another feed"
forge 66
"$forgefeed" cosign stranger.key "a-witness" <forged/feed.note >cosigned && cp cosigned forged/feed.note
works "a signature by somebody else is no harm" d pull

# --- several sources ---

must writ --root "$dir/foreign" --at "$now" publish "$dir/foreign-feed"
must d source add feed "$dir/foreign-feed" --name another --fingerprint "$(sha256 foreign.der)"
forge 70
must writ --root "$dir/foreign" --at "$now" publish
cp foreign-feed/feed.note kept.note
echo garbage >foreign-feed/feed.note
run d pull --json
holds "with two sources, one bad, the fault is the exit code" [ "$code" -eq 65 ]
holds "the good one is taken over" \
    [ "$(field '.sources[1] | "\(.source) \(.changed) \(.version)"')" = "example true 70" ]
holds "and the bad one is named, in JSON too" \
    [ "$(field '.sources[0] | "\(.source) \(.fault.class)"')" = "another bad-input" ]
forge 71
run d pull example
holds "one can be asked for alone" \
    sh -c '[ "$0" -eq 0 ] && grep -q "^example: feed 71 taken over" out' "$code"
refuses 66 "there is no source called nobody" "by its name" d pull nobody
refuses 64 "from goes with one source; say which" "from elsewhere one at a time" d pull --from "$dir/forged"
forge 72
works "from a stick, say" d pull example --from "$dir/forged"
cp kept.note foreign-feed/feed.note
works "and all is well" d pull
mkdir nothing
refuses 78 "there is no source; see writ source add" "without sources there is nothing to pull" \
    writ --root "$dir/nothing" pull

# --- several at once ---

forge 80
for i in 1 2 3 4 5 6; do
    d pull example >pulled.$i 2>complained.$i </dev/null || echo "$i" >>failed
done &
for i in 7 8 9; do
    d pull example >pulled.$i 2>complained.$i </dev/null || echo "$i" >>failed
done
wait_for=$!
wait "$wait_for"
cat complained.? >err
holds "nine pulls, two at a time, all succeed" [ ! -e failed ]
holds "one of them took it over" [ "$(cat pulled.? | grep -c 'feed 80 taken over')" -eq 1 ]

# A publisher and three devices' worth of pulls on one device, over http: never a torn state.
if [ -n "$servers" ]; then
    sed -i "s,^location = .*,location = $url/tree/live," "$device/sources/example.conf"
    now=
    rm -rf live
    must writ publish "$dir/live" # version 1 by the real CA; the device has accepted 80
    sed -i "s/^version .*/version 0/" "$device/feeds/$fingerprint/floor"
    rm -f failed
    (
        i=0
        while [ $i -lt 12 ]; do
            writ publish >/dev/null 2>>publisher.err </dev/null || echo publish >>failed
            i=$((i + 1))
        done
        : >published.all
    ) &
    publisher=$!
    for puller in 1 2 3; do
        (
            while :; do
                last=no
                [ ! -e published.all ] || last=yes
                writ --root "$dir/device" pull example >/dev/null 2>>puller.err </dev/null || echo "pull" >>failed
                writ --root "$dir/device" verify app >/dev/null 2>>puller.err </dev/null || echo "verify" >>failed
                [ $last = no ] || break
            done
        ) &
        pullers="${pullers:-} $!"
    done
    # shellcheck disable=SC2086 # a list of processes
    wait $publisher $pullers
    cat publisher.err puller.err >err
    sort failed 2>/dev/null | uniq -c | sed 's/^/# /'
    holds "while a CA publishes, pulls and judgements never meet a torn feed" [ ! -e failed ]
    run writ --root "$dir/device" status --json
    holds "and the last feed is what the device ends with" \
        [ "$(field ".trusted[] | select(.root_fingerprint == \"$fingerprint\") | .version")" = \
        "$(sed -n 's/^version //p' live/feed.note)" ]

    for end in feed.note .table; do
        tries=0
        while [ ! -e "hanging$end.end" ] && [ $tries -lt 600 ]; do
            sleep 0.1
            tries=$((tries + 1))
        done
        cp "hanging$end.err" err
        cp "hanging$end.out" out
        read -r code took <"hanging$end.end"
        holds "a server that says nothing to $end is given up, in a sentence" \
            sh -c '[ "$0" -eq 69 ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ]' "$code"
        holds "within the half minute ($end)" [ "$took" -lt 30 ]
        state "$dir/hanging$end/var/lib/writ" >"hanging$end.after"
        holds "and leaves the device as it was ($end)" cmp "hanging$end.before" "hanging$end.after"
    done
fi
finish
