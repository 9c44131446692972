#!/bin/sh
# Goal of this test: the machine's state serves every user, a user's own state is added to it and never
# hides what the machine knows, and a disk that is full or read-only changes nothing.
#
# It runs in a mount namespace of its own, where /var/lib is empty.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq unshare setpriv)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }
if [ "${WRIT_APART:-}" != yes ]; then
    [ "$(id -u)" -eq 0 ] || { echo "1..0 # SKIP only root can mount and become another user"; exit 0; }
    unshare -m true 2>/dev/null || { echo "1..0 # SKIP no mount namespace can be made here"; exit 0; }
    WRIT_APART=yes
    export WRIT_APART
    unshare -m sh "$source_root/tests/prog/71-places.t"
    exit
fi
mount -t tmpfs -o mode=755 none /var/lib || { echo "1..0 # SKIP nothing can be mounted here"; exit 0; }

chmod 755 "$dir"
mkdir ann ca
chown 65534:65534 ann
# ann COMMAND...: as an ordinary user, with a home and a state of its own.
ann() {
    env -u WRIT_ROOT -u XDG_DATA_HOME HOME="$dir/ann" \
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
# root COMMAND...: as root, with the machine's state.
root() {
    env -u WRIT_ROOT "$@"
}
as_ca() {
    writ --root "$dir/ca" --at "$now" "$@"
}
ann_state=$dir/ann/.local/share/writ

now=2026-03-01T12:00:00Z
must as_ca ca init "Example Corp" --insecure-plain-keys
must as_ca ca issue Alice --out alice --insecure-plain-key
must as_ca publish "$dir/feed"
cp /usr/bin/true app
must root writ --at "$now" sign app --key alice
chmod 755 app
fingerprint=$(as_ca ca show --json | jq -r .root_fingerprint)

# --- the machine's state ---

(umask 077 && must root writ --at "$now" source add feed "$dir/feed" --name example --fingerprint "$fingerprint")
works "what root has pulled judges for an ordinary user, whatever root's umask was" \
    ann writ --at "$now" verify app
works "who sees it in status" ann writ --at "$now" status
run ann writ source list
prints "and in the list of sources" "example  feed  $dir/feed"
refuses 77 "the source example is not yours to remove" "but does not remove the machine's source" \
    ann writ source remove example
refuses 64 "the source example needs it" "nor its bundle" ann writ trust remove "$fingerprint"
holds "nothing of this made a state" [ ! -e "$ann_state" ]

# --- a user's pull ---

now=2026-03-02T12:00:00Z
must as_ca publish
works "an ordinary user can pull the machine's source" ann writ --at "$now" pull
holds "into a state of the user's own" [ -e "$ann_state/feeds/$fingerprint/feed.note" ]
run ann writ --at "$now" status --json
holds "which counts, being newer" [ "$(field '.trusted[0].version')" -eq 2 ]
run root writ --at "$now" status --json
holds "for that user" [ "$(field '.trusted[0].version')" -eq 1 ]

now=2026-03-03T12:00:00Z
must as_ca ca revoke Alice --reason keyCompromise
must as_ca publish
must root writ --at "$now" pull
run ann writ --at "$now" verify app
holds "what the machine pulls later is not hidden by it: revoked is revoked" [ "$code" -eq 2 ]
run ann writ --at "$now" status --json
holds "the newest counts" [ "$(field '.trusted[0].version')" -eq 3 ]
echo garbage >"$ann_state/feeds/$fingerprint/feed.note"
run ann writ --at "$now" verify app
holds "damage in the user's own state does not allow" [ "$code" -ge 64 ]
works "and is repaired by pulling" ann writ --at "$now" pull
run ann writ --at "$now" verify app
holds "as it was" [ "$code" -eq 2 ]

# --- a user's own trust ---

must env HOME="$dir/ann" setpriv --reuid 65534 --regid 65534 --clear-groups env -u WRIT_ROOT \
    writ --at "$now" ca init "Ann's" --insecure-plain-keys
must ann writ --at "$now" ca issue Ann --out "$dir/ann/ann" --insecure-plain-key
must ann writ --at "$now" publish "$dir/ann/feed"
cp /usr/bin/true "$dir/ann/own" && chown 65534:65534 "$dir/ann/own"
must ann writ --at "$now" sign "$dir/ann/own" --key "$dir/ann/ann"
works "a user trusts the user's own CA" ann writ --at "$now" source add feed "$dir/ann/feed" --name anns
works "for that user" ann writ --at "$now" verify ann/own
run root writ --at "$now" verify ann/own
holds "and for nobody else" [ "$code" -eq 3 ]
run ann writ source list
holds "own sources and the machine's are listed together" \
    [ "$(cut -d' ' -f1 out | tr '\n' ' ')" = "anns example " ]
works "and pulled together" ann writ --at "$now" pull
works "the own ones can be removed" ann writ source remove anns

# --- two bundles for one root ---

WRIT_ROOT=$dir/ca
key_of root root.key
key_of feed feed.key
ca_certificates
origin=$(query "SELECT origin FROM ca")
WRIT_ROOT=$dir/root
for serial in 9000000007 9000000009; do
    "$forgefeed" bundle root.key root.pem "$serial" "$origin" "$("$forgefeed" public feed.key)" \
        >"bundle.$serial"
    chmod 644 "bundle.$serial"
done
must root writ trust add bundle.9000000009 --fingerprint "$fingerprint"
refuses 65 "a newer bundle for this root is trusted already (serial 9000000009, this one is 9000000007)" \
    "a user does not put an older bundle before the machine's" \
    ann writ trust add bundle.9000000007 --fingerprint "$fingerprint"
holds "and none is kept" [ ! -e "$ann_state/trust/$fingerprint.bundle" ]
works "the same one is no harm" ann writ trust add bundle.9000000009 --fingerprint "$fingerprint"
run ann writ --at "$now" verify app
holds "and judges as before" [ "$code" -eq 2 ]

chmod 700 /var/lib/writ
run ann writ --at "$now" verify app
holds "a machine's state that may not be read is a fault, and no empty one" [ "$code" -eq 77 ]
chmod 755 /var/lib/writ

# --- a full disk ---

mkdir small
mount -t tmpfs -o size=256k,mode=755 none small || exit 1
mkdir -p small/var/lib
cp -a ca/var/lib/writ small/var/lib/writ
rm -rf small/var/lib/writ/feeds
small() {
    writ --root "$dir/small" --at "$now" "$@"
}
must small ca issue Bob --out bob --insecure-plain-key
must small publish "$dir/small-feed"
must small source add feed "$dir/small-feed" --name example
must small publish
fill() {
    dd if=/dev/zero of=small/filler bs=1k 2>/dev/null
    dd if=/dev/zero of=small/filler2 bs=1 count=4096 2>/dev/null
}
fill
remember_state small/var/lib/writ
refuses 74 "example: .*No space left on device" "on a full disk a pull is one sentence" small pull
holds "and the state as it was" keeps_state
run small verify app
holds "which still judges" [ "$code" -eq 2 ]
refuses 74 "no space left\|No space left\|disk is full" "a certificate is not issued" \
    small ca issue Carol --out carol --insecure-plain-key
holds "and its key not left behind" sh -c '! ls carol.* 2>/dev/null'
refuses 74 "no space left\|No space left\|disk is full" "nor revoked" small ca revoke Bob --reason superseded
cp small-feed/feed.note before.note
refuses 74 "no space left\|No space left\|disk is full" "nor a feed published" small publish
holds "the one that stands is the old one" cmp before.note small-feed/feed.note
rm small/filler small/filler2
works "with space again, all of it goes on" small pull
works "issue" small ca issue Carol --out carol --insecure-plain-key
works "revoke" small ca revoke Bob --reason superseded
works "publish" small publish
works "pull" small pull

# A full disk under the feed's directory only.
mkdir tiny
mount -t tmpfs -o size=16k,mode=755 none tiny || exit 1
must small publish "$dir/tiny/feed"
dd if=/dev/zero of=tiny/filler bs=1k 2>/dev/null
cp tiny/feed/feed.note before.note
before=$(sed -n 's/^version //p' before.note)
refuses 74 "No space left on device" "a feed's disk that is full" small publish
holds "keeps its feed" cmp before.note tiny/feed/feed.note
rm tiny/filler
must small publish
holds "and the version that could not be written is not given again" \
    [ "$(sed -n 's/^version //p' tiny/feed/feed.note)" -eq $((before + 2)) ]

# --- a read-only state ---

must small publish "$dir/small-feed"
mount -o remount,bind,ro small || mount -o remount,ro small || exit 1
run small verify app
holds "a read-only state judges" [ "$code" -eq 2 ]
works "says how it is" small status
for command in "pull" "source remove example" "trust remove $fingerprint" "ca hold Carol" "ca issue Dan --out dan --insecure-plain-key" \
    "publish"; do
    # shellcheck disable=SC2086 # the words of a command
    run small $command
    holds "and is not changed by ${command%% -*}, which says why" \
        sh -c '[ "$0" -ge 64 ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] && grep -q "Read-only file system\|needs it" err' "$code"
done
works "its CA can still be listed" small ca list
works "and backed up" small ca backup rescued.db
holds "no key is left of what failed" sh -c '! ls dan.* 2>/dev/null'
cd / && umount "$dir/small" "$dir/tiny"
finish
