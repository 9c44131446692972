#!/bin/sh
# Goal of this test: a CA that is lost and restored from a backup gives no number, serial or feed version
# twice, and what the lost one issued after the backup is not taken for covered.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

device=$dir/device
mkdir device
d() {
    writ --root "$device" --at "$now" "$@"
}
seal() {
    cp /usr/bin/true "$1"
    must w sign "$1" --key "$2"
}
# dj OUTCOME WHY EXIT CLAIM FILE: how the device judges it.
dj() {
    dj_wanted="$1 $2 $3"
    dj_claim=$4
    run d verify --json "$5"
    dj_found=$(field '.results[0] | "\(.outcome) \(.why) \(.exit)"')
    [ "$dj_found" = "$dj_wanted" ] || echo "# wanted $dj_wanted, found $dj_found: $(field '.results[0].line')"
    holds "$dj_claim" [ "$dj_found" = "$dj_wanted" ]
}

make_ca
issue Before before
issue Bad bad
seal before.app before
seal bad.app bad
must w publish "$dir/feed"
must d source add feed "$dir/feed" --name example --fingerprint "$(ca_certificates && sha256 root.der)"

# --- the backup ---

at 2026-03-02T12:00:00Z
cp root/var/lib/writ/ca/ca.db unchanged.db
works "a backup is a copy" w ca backup backup.db
holds "private" [ "$(stat -c %a backup.db)" = 600 ]
holds "and says what restoring it does" \
    grep -q 'it will burn a gap of numbers, so that none is used twice' err
run w ca backup other.db --dry-run
holds "a rehearsal makes none" [ ! -e other.db ]
refuses 73 "backup.db" "an older backup is not written over" w ca backup backup.db
refuses 73 "nowhere" "nor a directory made for it" w ca backup nowhere/backup.db
remember_state
run w ca list
mkdir look && mkdir -p look/var/lib/writ/ca && cp backup.db look/var/lib/writ/ca/ca.db
run writ --root "$dir/look" ca show --json
holds "to look at it does not take it into use" \
    [ "$(field '"\(.restored_from_backup) \(.backup_made_at)"')" = "0 2026-03-02T12:00:00Z" ]
holds "byte for byte" cmp backup.db look/var/lib/writ/ca/ca.db

# --- what the CA does after it, and then it is lost ---

at 2026-03-03T12:00:00Z
issue After after
issue Late late
must w ca revoke Bad --reason keyCompromise
must w publish
at 2026-03-04T12:00:00Z
must w publish
must w publish
must d pull
issue Unpublished unpublished
seal after.app after
seal late.app late
seal unpublished.app unpublished
dj allowed sound 0 "before the loss, what was published is allowed" after.app
dj allowed newer-than-feed 0 "what came later is newer than the feed" unpublished.app
dj revoked certificate-revoked 2 "and what is revoked is revoked" bad.app
lost_version=$(sed -n 's/^version //p' feed/feed.note)
query "SELECT lower(hex(serial)), number FROM certificates WHERE number IS NOT NULL" | sort >lost.serials
rm -rf root/var/lib/writ/ca

# --- restored ---

at 2026-03-05T12:00:00Z
mkdir -p root/var/lib/writ/ca
cp backup.db root/var/lib/writ/ca/ca.db
for command in "issue New --insecure-plain-key" "hold Before" "revoke --content before.app"; do
    # shellcheck disable=SC2086 # the words of a command
    refuses 78 "is a backup that is not in use yet; the first change will burn a gap" \
        "a rehearsal does not take it into use (${command%% *})" w ca $command --dry-run
done
holds "not by a byte" cmp backup.db root/var/lib/writ/ca/ca.db
issue New new
run w ca show --json
holds "the restored CA knows that it is one" [ "$(field .restored_from_backup)" -eq 1 ]
run w ca show --audit --json
holds "and has it on record" [ "$(field '[.audit[] | select(.action == "restore")] | length')" -eq 1 ]
number=$(query "SELECT number FROM certificates WHERE name = 'New'")
holds "its next number lies beyond anything the lost one can have given" \
    [ "$number" -gt $((1000000 + $(cut -d'|' -f2 lost.serials | sort -n | tail -n 1))) ]
query "SELECT lower(hex(serial)) FROM certificates WHERE name = 'New'" >new.serial
holds "its serial number is none of the lost ones" \
    sh -c '! grep -q -f new.serial lost.serials'
seal new.app new
works "it publishes again, also where the bundle was lost too" w publish "$dir/feed"
holds "and says what it had forgotten" grep -q '1 revocation was recovered from it' err
run w ca show --audit --json
holds "which is on record" [ "$(field '[.audit[] | select(.action == "recover")] | length')" -eq 1 ]
run w ca show Bad --json
holds "with its reason" [ "$(field .reason)" = keyCompromise ]
holds "and where it comes from" sh -c 'grep -q "recovered from feed" out'
holds "under a version that no device has seen" \
    [ "$(sed -n 's/^version //p' feed/feed.note)" -gt $((lost_version + 1000000)) ]
works "devices that saw the lost CA's feeds take it" d pull
run w show "feed/$(sed -n 's/^file \([^ ]*\).*/\1/p' feed/feed.note)" --json
holds "the table has the gap of both issuers" [ "$(field '[.objects[0].blocks[].gaps] | join(" ")')" = "1 1" ]

dj allowed sound 0 "what was issued before the backup is as good as ever" before.app
dj allowed sound 0 "so is what the restored CA issued" new.app
for lost in after late unpublished; do
    dj not-covered burned-number 4 "a certificate of the lost CA is not covered ($lost)" $lost.app
done
run d verify after.app
holds "which is said in words" grep -q 'backup' out
dj revoked certificate-revoked 2 "what the lost CA had revoked since stays revoked" bad.app
must w ca reinstate Bad --note "it was a mistake all along"
must w publish
must d pull
dj allowed sound 0 "until somebody lifts it" bad.app
must w publish
run w ca show Bad --json
holds "and it is not recovered twice" [ "$(field .revoked)" = false ]

# Where no feed stands there is nothing to recover from, and that is said.
must w ca revoke Bad --reason keyCompromise
rm -rf root/var/lib/writ/ca
mkdir -p root/var/lib/writ/ca
cp backup.db root/var/lib/writ/ca/ca.db
run w publish "$dir/another-feed"
holds "a restored CA that finds no feed says what may be missing" \
    grep -q 'revocations made after the backup are not in this one' err

refuses 66 "Late" "the lost certificates are not in the store" w ca revoke Late --reason superseded
refuses 66 "late.pem: this CA has issued no such certificate" "not by their files either" \
    w ca revoke late.pem --reason superseded

# --- twice, and from the same backup ---

at 2026-03-06T12:00:00Z
used=$(query "SELECT max(number) FROM certificates")
used_version=$(query "SELECT max(version) FROM publications")
query "SELECT lower(hex(serial)), number FROM certificates WHERE number IS NOT NULL" | sort >lost2.serials
rm -rf root/var/lib/writ/ca
mkdir -p root/var/lib/writ/ca
cp backup.db root/var/lib/writ/ca/ca.db
issue Again again
seal again.app again
holds "restored from the same backup once more, numbers lie beyond the first restoration's" \
    [ "$(query "SELECT number FROM certificates WHERE name = 'Again'")" -gt "$used" ]
works "versions too" w publish "$dir/feed"
holds "so that devices go on" [ "$(sed -n 's/^version //p' feed/feed.note)" -gt "$used_version" ]
must d pull
dj allowed sound 0 "what it issues is allowed" again.app
dj not-covered burned-number 4 "what the first restoration issued is not covered" new.app
dj not-covered burned-number 4 "nor what was lost first" after.app
dj allowed sound 0 "what was there before the backup always is" before.app

# --- what is no restoration ---

at 2026-03-07T12:00:00Z
must w ca backup second.db
cp -a root/var/lib/writ/ca/ca.db plain-copy.db
must w publish
cp plain-copy.db root/var/lib/writ/ca/ca.db
rm -f root/var/lib/writ/ca/ca.db-wal root/var/lib/writ/ca/ca.db-shm
refuses 78 "holds version [0-9]* already, and this store is at [0-9]*: it is an old copy" \
    "a store that was copied by hand is found out by its own feed" w publish
cp second.db root/var/lib/writ/ca/ca.db
at 2026-03-07T11:59:59Z
refuses 78 "before the backup\|backup" "a clock from before the backup was made is refused" \
    w ca issue Early --insecure-plain-key
holds "and no key is left" [ ! -e early.key ]
cp second.db root/var/lib/writ/ca/ca.db
echo journal >root/var/lib/writ/ca/ca.db-wal
at 2026-03-08T12:00:00Z
refuses 78 "beside the backup .* lies the journal of another store" "the journal of the lost store is not played in" w ca list
rm root/var/lib/writ/ca/ca.db-wal
works "without it the backup is taken into use" w publish
# A feed whose table is gone would make the CA forget: nothing is published.
rm -rf root/var/lib/writ/ca
mkdir -p root/var/lib/writ/ca
cp backup.db root/var/lib/writ/ca/ca.db
at 2026-03-30T12:00:00Z
rm feed/targets/*
refuses 65 "cannot be read; what it had revoked would be forgotten" \
    "nor does it forget for want of a table" w publish "$dir/feed"
finish
