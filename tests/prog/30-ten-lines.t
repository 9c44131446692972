#!/bin/sh
# Goal of this test: a newcomer can type the ten lines of the README exactly as they stand, one
# after the other, without root and without a server, and each says and exits what it should.
#
# The lines are those of doc/DESIGN.md, chapter 4, without their comments.

. "$(dirname "$0")/lib.sh"

WRIT_PASSPHRASE='correct horse battery staple'
export WRIT_PASSPHRASE

instant='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z'
hash='[0-9a-f]{64}'
serial='[0-9a-f]{32}'
origin='example-corp-[0-9a-f]{8}'

# typed LINE EXIT: as in a shell; then shown FILE, fed with one pattern for each wanted line.
typed() {
    exits "$2" "$1" sh -c "$1"
}

fits_line_by_line() {
    [ "$(wc -l <"$1")" -eq "$(wc -l <patterns)" ] || return 1
    line=0
    while IFS= read -r pattern <&4; do
        line=$((line + 1))
        sed -n "${line}p" "$1" | grep -Exq -- "$pattern" || return 1
    done 4<patterns
}

shows() {
    cat >patterns
    holds "it prints $(wc -l <patterns) lines, as described" fits_line_by_line "$1"
    fits_line_by_line "$1" || sed 's/^/# /' "$1"
}

silent() {
    holds 'and nothing else' [ ! -s "$1" ]
}

typed 'writ ca init "Example Corp"' 0
shows out <<END
CA Example Corp: root and intermediate made, keys encrypted
  root   $hash
  origin $origin
  store  $WRIT_ROOT/var/lib/writ/ca/ca.db
END
silent err
pinned=$(sed -n 's/^  root   //p' out)

typed 'writ ca issue "Alice" --out alice' 0
shows out <<END
issued Alice: serial $serial, number 1, team alice, until $instant
  certificate alice.pem
  key         alice.key
END
silent err
holds 'the key can be read by its owner alone' [ "$(stat -c %a alice.key)" = 600 ]
holds 'the key is encrypted' grep -q 'BEGIN ENCRYPTED PRIVATE KEY' alice.key
number=$(sed -n 's/.*serial \([0-9a-f]*\),.*/\1/p' out)

typed 'cp /usr/bin/jq app && writ sign app --key alice' 0
shows out <<END
sealed app as program by Alice, Example Corp; tail: ELF that ends where its headers say
END
silent err

typed 'writ publish ./feed' 0
shows out <<END
published feed 1 to $dir/feed: table of [0-9]+ bytes, fresh until $instant
END
silent err
holds 'the feed is a bundle, a note and a table' \
    [ "$(find feed -type f | sed 's/[0-9a-f]\{64\}/HASH/' |
    sort | tr '\n' ' ')" = 'feed/bundle.pem feed/feed.note feed/targets/HASH.table ' ]

typed 'writ source add feed ./feed' 0
shows out <<END
added source $origin: feed 1 of $origin
  root   Example Corp Root CA, Example Corp
  pinned $pinned
END
silent err

typed 'writ verify app' 0
shows out <<END
allowed: Alice, Example Corp; feed 1, [0-9]+ s old; network: none
END
silent err

typed 'writ ca revoke alice --reason keyCompromise' 0
shows out <<END
revoked Alice \(serial $number\): keyCompromise, since $instant
END
shows err <<END
writ: others learn it from the next feed or CRL: writ publish, writ ca export
END

typed 'writ publish && writ pull' 0
shows out <<END
published feed 2 to $dir/feed: table of [0-9]+ bytes, fresh until $instant
$origin: feed 2 taken over, fresh until $instant
END
silent err

refused="refused: revoked [0-9]+ s ago \(keyCompromise, since $instant\): Alice, Example Corp, serial \
$number; feed 2, [0-9]+ s old; network: none"
typed 'writ verify app; echo $?' 0
shows out <<END
$refused
2
END
silent err

typed 'writ run ./app --version; echo $?' 0
shows out <<END
126
END
shows err <<END
writ: ./app: $refused
END

finish
