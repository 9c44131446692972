#!/bin/sh
# Goal of this test: nothing is trusted that a person has not compared, or that the person's own CA has
# not written; a newer bundle holds, an older one is refused; and a source that does not work leaves
# nothing behind.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq python3 strace)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

device=$dir/device/var/lib/writ
d() {
    writ --root "$dir/device" --at "$now" "$@"
}
new_device() {
    rm -rf "$dir/device"
    mkdir "$dir/device"
}
# No file has been made, but for the lock that is taken before anything is fetched.
nothing_kept() {
    [ "$(find "$device" -type f ! -name lock 2>/dev/null)" = "" ]
}

make_ca
issue Alice alice
cp /usr/bin/true app
must w sign app --key alice
must w publish "$feed"
forge_start "$dir/forged"
key_of root root.key
fingerprint=$(sha256 root.der)
wrong=$(echo "$fingerprint" | tr '0-9a-f' '1-9a-f0')
bundle=$feed/bundle.pem
public=$("$forgefeed" public feed.key)

# --- trust add ---

new_device
refuses 64 "fingerprint" "a bundle is not trusted without a fingerprint" d trust add "$bundle"
refuses 65 "the bundle's root has another fingerprint: $fingerprint" "nor with another one" \
    d trust add "$bundle" --fingerprint "$wrong"
last=$(echo "$wrong" | cut -c64)
refuses 65 "the bundle's root has another fingerprint: $fingerprint" "nor when the last digit is another" \
    d trust add "$bundle" --fingerprint "${fingerprint%?}$last"
for given in "${fingerprint%?}" "${fingerprint}0" "$(echo "$fingerprint" | cut -c1-16)" nonsense; do
    refuses 64 "fingerprint: wanted 64 hexadecimal digits" "nor with part of it, or more (${#given})" \
        d trust add "$bundle" --fingerprint "$given"
done
works "a rehearsal" d trust add "$bundle" --fingerprint "$fingerprint" --dry-run
holds "nothing of this was kept" nothing_kept
coloned=$(echo "$fingerprint" | tr 'a-f' 'A-F' | sed 's/../&:/g; s/:$//')
works "the fingerprint may be written as openssl writes it" d trust add "$bundle" --fingerprint "$coloned"
holds "and that is what openssl says it is" \
    [ "$(openssl x509 -in root.pem -noout -fingerprint -sha256 | sed 's/.*=//')" = "$coloned" ]
holds "the bundle is kept by it" [ "$(cd "$device" && find . -type f)" = "./trust/$fingerprint.bundle" ]
run d trust list
prints "it is listed" "$(echo "$fingerprint" | cut -c1-16)  code  Example Corp Root CA, Example Corp ($forge_origin)"
run d trust show --json
holds "and shown: root, origin, profile, purpose, keys" \
    [ "$(field '"\(.fingerprint) \(.root) \(.origin) \(.profile) \(.purpose) \(.feed_keys)"')" = \
    "$fingerprint Example Corp Root CA, Example Corp $forge_origin code codeSigning 1" ]
run d trust show "$(echo "$fingerprint" | cut -c1-8)" --pem
holds "eight digits are enough to name it, and the root can be had" cmp out root.pem
run d trust show --bundle
cp out again.pem
works "so can the bundle" writ show again.pem --json
refuses 64 "is no fingerprint; wanted at least 8 hexadecimal digits" "fewer digits name nothing" \
    d trust show abc
refuses 66 "no trusted bundle has the fingerprint" "other digits neither" \
    d trust show "$(echo "$wrong" | cut -c1-8)"
run d verify app
holds "a trusted CA that was never pulled from covers nothing" [ "$code" -eq 4 ]
run d status
holds "which status says" sh -c '[ "$0" -eq 5 ] && grep -q "state: never-pulled" out' "$code"

# --- bundles that are not what they should be ---

openssl asn1parse -in "$bundle" -noout -out bundle.der
head -c 300 bundle.der >cut.bundle
: >empty.bundle
head -c 1000 /dev/urandom >noise.bundle
cat "$bundle" "$bundle" >two.bundle
cp root.pem certificate.bundle
head -c 200000 /dev/zero >huge.bundle
{ cat bundle.der; printf '\0'; } >trailing.bundle
python3 - <<'PY'
data = open("bundle.der", "rb").read()
open("signature.bundle", "wb").write(data[:-4] + bytes([data[-4] ^ 1]) + data[-3:])
i = data.index(b"example-corp-")
open("origin.bundle", "wb").write(data[:i] + b"EXAMPLE-corp-" + data[i + 13:])
PY
new_device
while read -r which words; do
    refuses 65 "$words" "not a bundle: $which" d trust add $which.bundle --fingerprint "$fingerprint"
done <<'END'
cut cut.bundle: .
empty empty.bundle: .
noise noise.bundle: .
two two.bundle: more than one bundle
certificate certificate.bundle: no PEM block "WRIT BUNDLE" in it
huge huge.bundle has 200000 bytes, more than the 131072
trailing trailing.bundle: .
signature signature.bundle: bundle: the bundle is not signed by its root's key
origin origin.bundle: bundle: the bundle is not signed by its root's key
END
mkdir other
(WRIT_ROOT=$dir/other && export WRIT_ROOT && must writ --at "$now" ca init Other --insecure-plain-keys && key_of root other.key) || exit 1
"$forgefeed" bundle other.key root.pem 9000000000 "$forge_origin" "$public" >stranger.bundle
refuses 65 "the bundle is not signed by its root's key" "a bundle for this root by another CA's key" \
    d trust add stranger.bundle --fingerprint "$fingerprint"
refuses 66 "absent" "a bundle that is not there" d trust add absent --fingerprint "$fingerprint"
refuses 66 "a directory" "a directory" d trust add "$feed" --fingerprint "$fingerprint"
holds "none of them was kept" nothing_kept

# --- newer, older ---

for serial in 5 7 9; do
    "$forgefeed" bundle root.key root.pem $serial "$forge_origin" "$public" >serial-$serial.bundle
done
must d trust add serial-7.bundle --fingerprint "$fingerprint"
remember_state "$device"
refuses 65 "a newer bundle for this root is trusted already (serial 7, this one is 5)" "an older bundle is refused" \
    \
    d trust add serial-5.bundle --fingerprint "$fingerprint"
holds "and changes nothing" keeps_state
works "the same one is no harm" d trust add serial-7.bundle --fingerprint "$fingerprint"
works "a newer one replaces it" d trust add serial-9.bundle --fingerprint "$fingerprint"
run d trust show --json
holds "and holds" [ "$(field .serial)" -eq 9 ]
head -c 100 serial-9.bundle >"$device/trust/$fingerprint.bundle"
works "one that was damaged on the disk is replaced" d trust add serial-7.bundle --fingerprint "$fingerprint"

# A thief of the feed's key can name a key of his own; the next bundle ends that.
must "$forgefeed" new thief.key
must "$forgefeed" new second.key
cp serial-9.bundle forged/bundle.pem
forge 100
must d source add feed "$dir/forged" --name example
forge 101 "$(epoch "$now")" $(($(epoch "$now") + 604800)) "next-key $("$forgefeed" verifier thief.key "$forge_origin")"
must d pull
forge_key=$dir/thief.key
forge 102
works "a note may name a next key" d pull
"$forgefeed" bundle root.key root.pem 11 "$forge_origin" "$("$forgefeed" public second.key)" >serial-11.bundle
works "a newer bundle names other keys" d trust add serial-11.bundle --fingerprint "$fingerprint"
run d verify app
holds "what the old keys signed is no data any more" [ "$code" -eq 74 ]
forge 103
refuses 65 "note: not signed by the key" "the key that a note had named is not taken any more" d pull
forge_key=$dir/feed.key
forge 103
refuses 65 "note: not signed by the key" "nor the first one" d pull
forge_key=$dir/second.key
forge 103
works "the new one is" d pull
works "and all is well" d verify app

# The same by source add, from a place that has the newer bundle.
"$forgefeed" bundle root.key root.pem 12 "$forge_origin" "$public" >forged/bundle.pem
forge_key=$dir/second.key
forge 104 "$(epoch "$now")" $(($(epoch "$now") + 604800)) "next-key $("$forgefeed" verifier thief.key "$forge_origin")"
must d pull
forge_key=$dir/feed.key
forge 105
# Killed before any of its renames, what stands is good, or is after a pull.
cp -a "$device" device.before
kill_at=1
broken_by=
while :; do
    rm -rf "$device"
    cp -a device.before "$device"
    strace -f -o /dev/null -e inject=renameat,renameat2:signal=KILL:when=$kill_at \
        writ --root "$dir/device" --at "$now" source add feed "$dir/forged" --name again \
        >killed.out 2>&1 && break
    { d verify app || { d pull example && d verify app; }; } >killed.out 2>&1 || broken_by="$broken_by $kill_at"
    kill_at=$((kill_at + 1))
done
holds "source add with a newer bundle can be killed at any rename ($((kill_at - 1)))" [ "$kill_at" -gt 6 ]
holds "and a pull is enough to go on" [ -z "$broken_by" ]
[ -z "$broken_by" ] || echo "# not when killed at$broken_by"
rm -rf "$device"
cp -a device.before "$device"
works "a source may bring a newer bundle of a root that is trusted" \
    d source add feed "$dir/forged" --name again
works "which judges" d verify app
forge_key=$dir/thief.key
forge 106
refuses 65 "again: note: not signed by the key" "and ends the keys that notes named" d pull again
"$forgefeed" bundle root.key root.pem 8 "$forge_origin" "$public" >forged/bundle.pem
forge_key=$dir/feed.key
forge 107
remember_state "$device"
refuses 65 "a newer bundle for this root is trusted already (serial 12, this one is 8)" \
    "a source with an older bundle is refused" d source add feed "$dir/forged" --name old
holds "before anything of it is taken" keeps_state

# --- trust remove ---

refuses 64 "the source again needs it; remove that first (writ source remove again)" \
    "a bundle in use stays" d trust remove "$fingerprint"
works "one of two sources of a feed is removed" d source remove again
works "and the feed stays, for the other" d verify app
must d source remove example
works "then the bundle can go" d trust remove "$fingerprint"
run d verify app
holds "and the CA is nobody again" [ "$code" -eq 3 ]
run d trust list
holds "which the list says" grep -q 'no CA is trusted yet' err
forge 90
refuses 65 "feed: version 90 is older than version 105" "what was accepted is remembered all the same" \
    d source add feed "$dir/forged" --fingerprint "$fingerprint"
holds "and a bundle is not trusted for the sake of a source that fails" \
    [ ! -e "$device/trust/$fingerprint.bundle" ]

# --- source add ---

new_device
refuses 64 "Example Corp Root CA, Example Corp is not trusted yet; compare its fingerprint with its owner, then add --fingerprint $fingerprint" \
    "a CA that nobody has compared is refused, and its fingerprint shown" d source add feed "$feed"
refuses 65 "the bundle's root has another fingerprint: $fingerprint" "with a wrong one too" \
    d source add feed "$feed" --fingerprint "$wrong"
holds "nothing of it is kept" nothing_kept
works "the CA's own folder is trusted by the CA's own user" w source add feed "$feed"
holds "under the name of its feed" grep -q "^added source $forge_origin: " out
holds "and the fingerprint is shown" grep -q "^  pinned $fingerprint\$" out
must w source remove "$forge_origin"
must w trust remove "$fingerprint"
serve_tree "$dir"
refuses 64 "is not trusted yet" "the same over http is not: anybody may answer there" \
    w source add feed "$url/tree/feed"
(WRIT_ROOT=$dir/other && export WRIT_ROOT && must writ --at "$now" publish "$dir/other-feed") || exit 1
refuses 64 "Other Root CA, Other is not trusted yet" "nor is another CA's folder" \
    w source add feed "$dir/other-feed"

new_device
refuses 66 "nowhere: wanted an http or https URL, or a folder that is there" "a folder that is not there" \
    d source add feed nowhere
mkdir empty
refuses 66 "bundle.pem" "a folder without a bundle" d source add feed empty
refuses 66 "is not there (status 404)" "nor a server without one" d source add feed "$url/tree/nothing"
refuses 64 "wants feed, crlite, upki or crl, found .ftp." "another kind of source" d source add ftp "$feed"
mkdir 'space '
refuses 64 "a location has at most 2048 printable characters, and does not end in a space" \
    "a place that its file could not say" d source add feed 'space ' --fingerprint "$fingerprint"
for name in 'Two Words' ../up .hidden UPPER ''; do
    refuses 64 "name" "a source is not called \"$name\"" \
        d source add feed "$feed" --fingerprint "$fingerprint" --name "$name"
done
works "a rehearsal" d source add feed "$feed" --fingerprint "$fingerprint" --dry-run
holds "says what would be" grep -q '^would add source ' out
holds "and keeps nothing" nothing_kept
cp -a forged broken
"$forgefeed" bundle root.key root.pem 20 "$forge_origin" "$public" >broken/bundle.pem
echo garbage >broken/feed.note
refuses 65 "note: " "a source whose first pull fails is not added" \
    d source add feed broken --fingerprint "$fingerprint"
holds "nor its CA trusted" nothing_kept
works "a source can be named" d source add feed "$feed" --fingerprint "$fingerprint" --name example
remember_state "$device"
refuses 73 "there is a source called example already" "once" d source add feed "$feed" --name example
works "another name for the same feed is another source" d source add feed "$feed" --name mirror
run d source list
prints "both are listed" "example  feed  $feed
mirror  feed  $feed"
run d source show mirror --json
holds "and shown" \
    [ "$(field '"\(.name) \(.kind) \(.location) \(.root_fingerprint)"')" = "mirror feed $feed $fingerprint" ]
works "a rehearsal of removing" d source remove mirror --dry-run
works "is none: it can still be removed" d source remove mirror
refuses 66 "there is no source called mirror" "once" d source remove mirror
holds "and then all is as before" keeps_state

# Whatever a folder is called, and however long its path is.
deep=$(printf 'd%.0s' $(seq 200))
for folder in 'semi ; colon' 'ha # sh' 'two  spaces' 'a = b' 'c: d' '[e]' "$deep/$deep/$deep/$deep"; do
    mkdir -p "$folder"
    cp -R "$feed/." "$folder"
    works "a folder called $(echo "$folder" | cut -c1-20) is a source" \
        d source add feed "$folder" --name odd
    works "which can be pulled" d pull odd
    run d source list
    holds "and is listed" grep -q -F "odd  feed  $dir/$folder" out
    works "and removed" d source remove odd
done

# A source's file that somebody wrote by hand.
conf=$device/sources/example.conf
cp "$conf" kept.conf
while IFS='|' read -r change words; do
    sed "$change" kept.conf >"$conf"
    refuses 78 "example.conf: $words" "sources/example.conf: $words" d pull
done <<'END'
s/^kind.*/kind = ftp/|kind is "ftp", wanted feed, crlite, upki or crl
s/^location.*/location = feed/|location is "feed", wanted a URL or an absolute path
s/^bundle.*/bundle = 12/|bundle is no fingerprint of 64 hexadecimal digits
s/^kind.*/colour = red/|line 1: unknown "colour"; wanted kind, location, bundle, root, issuers, channel, cache or mirror
s/^kind.*/what/|line 1: wanted NAME = VALUE
s/^kind.*/kind =/|line 1: wanted NAME = VALUE
s/^kind.*/[feed]/|line 1: wanted NAME = VALUE
2s/.*/kind = feed/|line 2: kind stands twice
s/^kind.*/kind = feedfeedfeedfeed/|line 1: kind wants printable text of at most 15 bytes
s/^kind.*/kind = \x1b[2J/|line 1: kind wants printable text of at most 15 bytes
1d|kind is "", wanted feed
END
sed 's/^/ \t/; s/ = /=/; s/$/ \r/; 1i # a comment\n\n ; another' kept.conf >"$conf"
works "spaces, empty lines and comments do not count" d pull
cp kept.conf "$conf"
mv "$device/trust/$fingerprint.bundle" kept.bundle
refuses 66 "example: no trusted bundle has the fingerprint $fingerprint" "a source whose bundle is gone" \
    d pull
mv kept.bundle "$device/trust/$fingerprint.bundle"
works "and with it all is well" d pull
finish
