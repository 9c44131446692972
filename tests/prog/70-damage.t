#!/bin/sh
# Goal of this test: whatever happens to the files of a device's state, a revoked program is never
# allowed because of it, everything says in a sentence what is wrong, and pulling again repairs it.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
absent=$(missing openssl sqlite3 jq)
[ -z "$absent" ] || { echo "1..0 # SKIP $absent is not installed"; exit 0; }

make_ca
issue Alice alice
issue Mallory mallory
for who in alice mallory; do
    cp /usr/bin/true $who.app
    must w sign $who.app --key $who
done
must w ca revoke Mallory --reason keyCompromise
forge_start "$dir/forged"
fingerprint=$(sha256 root.der)
mallory=$(query "SELECT lower(hex(serial)) FROM certificates WHERE name = 'Mallory'")
mkdir device
device=$dir/device/var/lib/writ
d() {
    writ --root "$dir/device" --at "$now" "$@"
}

# A feed whose note is signed by a key that an earlier note named, so that every record is needed.
must "$forgefeed" new next.key
feed_of() { # VERSION [LINE]: Mallory is revoked in it
    forge_table <<END
revoke $mallory 1 $(epoch "$now") $(epoch "$now")
END
    feed_version=$1
    shift
    forge_text "$feed_version" "$(epoch "$now")" "$(($(epoch "$now") + 604800))" "$@" | forge_sign
}
feed_of 1 "next-key $("$forgefeed" verifier next.key "$forge_origin")"
must d source add feed "$dir/forged" --name example --fingerprint "$fingerprint"
forge_key=$dir/next.key
feed_of 2
must d pull
feeds=$device/feeds/$fingerprint
table=$(cd "$feeds" && ls ./*.table)
cp -a device sound

# sound_again: all of it as it was, with the same inodes no more, so that it is pulled once.
sound_again() {
    rm -rf device
    cp -a sound device
}

answers() { # the two exit codes of verify
    run d verify alice.app
    alice_code=$code
    alice_line=$(cat out err)
    run d verify mallory.app
    echo "$alice_code $code"
}

holds "before anything happens" [ "$(answers)" = "0 2" ]

spoil() { # FILE HOW
    case $2 in
    missing) rm -f "$1" ;;
    empty) : >"$1" ;;
    half) head -c $(($(wc -c <"$1") / 2)) "$1" >half && cat half >"$1" ;;
    longer) printf 'more' >>"$1" ;;
    noise) head -c 500 /dev/urandom >"$1" ;;
    zeros) head -c 500 /dev/zero >"$1" ;;
    changed) # one bit of one byte in the middle
        flip "$1" $(($(wc -c <"$1") / 2))
        ;;
    directory) rm -f "$1" && mkdir "$1" ;;
    fifo) rm -f "$1" && mkfifo "$1" ;;
    huge) truncate -s 300M "$1" ;;
    esac
}

# what FILE what is damaged about it: name, and what verify may then say of Alice (0 or a fault).
while read -r name file alice_codes hows; do
    for how in $hows; do
        sound_again
        spoil "$device/$(eval echo "$file")" "$how"
        found=$(answers)
        allowed=no
        for code_of_alice in $(echo "$alice_codes" | tr , ' '); do
            case $found in "$code_of_alice 2" | "$code_of_alice 74" | "$code_of_alice 65" | "$code_of_alice 66") allowed=yes ;; esac
        done
        [ $allowed = yes ] || echo "# $name $how: $found"
        holds "$name $how: Mallory's program is not allowed" [ $allowed = yes ]
        run d status
        case $found in
        "0 2") status_codes="0 5" ;;
        *) status_codes="5 65 74" ;;
        esac
        case " $status_codes " in *" $code "*) : ;; *) echo "# status: $code" && cat out err | sed 's/^/# /' ;; esac
        holds "$name $how: status does not call that fresh" \
            sh -c 'case " $0 " in *" $1 "*) exit 0 ;; esac; exit 1' "$status_codes" "$code"
        [ "$name" != bundle ] || continue
        run d pull
        [ "$code" -eq 0 ] || sed 's/^/# /' err
        holds "$name $how: pulling repairs it" [ "$code $(answers)" = "0 0 2" ]
    done
done <<'END'
note feeds/$fingerprint/feed.note 74 empty half longer noise zeros changed
table feeds/$fingerprint/$table 74 missing empty half longer noise zeros changed huge
floor feeds/$fingerprint/floor 0 missing empty half longer noise zeros
intact feeds/$fingerprint/intact 0 missing empty half longer noise changed
etag feeds/$fingerprint/etag 0 missing half longer noise
bundle trust/$fingerprint.bundle 65,74 empty half longer noise zeros changed
END

# --- keys that notes named ---

public=$("$forgefeed" public next.key)
for how in missing half noise zeros changed; do
    sound_again
    spoil "$feeds/keys" $how
    holds "keys $how: what they vouched for is no data" [ "$(answers)" = "74 74" ]
    remember_state "$device"
    case $how in
    missing) words="note: not signed by the key" ;;
    *) words="keys is damaged, so that only the bundle's own keys count: note: not signed by the key" ;;
    esac
    refuses 65 "$words" "keys $how: only the CA can say again which key is its" d pull
    holds "keys $how: nothing changed" keeps_state
done
key_of root root.key
"$forgefeed" bundle root.key root.pem 9000000000 "$forge_origin" "$public" >new.bundle
works "it does so in a new bundle" d trust add new.bundle --fingerprint "$fingerprint"
must d pull
holds "with which all is well" [ "$(answers)" = "0 2" ]

forge_key=$dir/feed.key
for how in missing half noise zeros changed; do
    sound_again
    feed_of 3 # signed by the bundle's own key
    must d pull
    feed_of 4
    spoil "$feeds/keys" $how
    works "keys $how: where the bundle's own key signs, pulling goes on" d pull
    holds "keys $how: and all is well" [ "$(answers)" = "0 2" ]
done

# --- a floor that is damaged together with the note ---

sound_again
forge_key=$dir/next.key
feed_of 2
spoil "$feeds/floor" noise
spoil "$feeds/feed.note" noise
remember_state "$device"
refuses 74 "floor is damaged, and with it what must not go back; remove it to take whatever the feed says now" \
    "when nothing says any more what must not go back, a person decides" d pull
holds "and nothing changed" keeps_state
rm "$feeds/floor"
works "by removing it" d pull
holds "then all is well" [ "$(answers)" = "0 2" ]
sound_again
spoil "$feeds/floor" noise
feed_of 1
refuses 65 "feed: version 1 is older than version 2, which this device has accepted" \
    "a damaged floor alone lets nothing older in: the note that stands says it, too" d pull

# --- what is no file ---

sound_again
for name in feed.note "$table" floor keys etag; do
    for how in directory fifo; do
        sound_again
        spoil "$feeds/$name" $how
        run d verify mallory.app
        holds "a $how as $(echo "$name" | sed 's/.*\.table/table/') hangs nobody and allows nothing" [ "$code" -ne 0 ]
        run timeout 20 writ --root "$dir/device" --at "$now" pull
        holds "nor does it hang a pull" [ "$code" -ne 124 ]
    done
done

# --- the state is somebody else's, or not to be written ---

sound_again
rm -rf "$feeds" && echo x >"$feeds"
run d verify mallory.app
holds "a file in the place of the feed's directory allows nothing" [ "$code" -ge 64 ]
refuses 73 "feeds/$fingerprint" "and cannot be pulled into" d pull
finish
