#!/bin/sh
# Goal of this test: a timestamp from a pinned authority moves a seal back to the instant it was
# made at, against the end of its certificate and against a revocation; any other timestamp, and any
# other answer of an authority, helps nobody.
#
# The first part asks a real authority (openssl ts behind tests/helpers/tsa.py) at the clock's time.
# The second makes its tokens itself, at instants of its own.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT

# ------------------------------------------------------------------- an authority that is asked

now=
begin_journey
issue 'Clock' clock --tsa
publish
pull
step_in() (cd "$1" && shift && "$@")
mkdir foreign
step_in foreign elsewhere theirs make_ca 'Other Corp'
step_in foreign elsewhere theirs issue 'Other Clock' other-clock --tsa
cp foreign/other-clock.* .

python3 "$source_root/tests/helpers/tsa.py" port "$dir" 2>tsa.err &
server=$!
i=0
while [ ! -e port ] && [ "$i" -lt 1000 ]; do
    sleep 0.01
    i=$((i + 1))
done
[ -e port ] || {
    echo 'Bail out! no authority'
    exit 1
}
url=http://127.0.0.1:$(cat port)

cp /bin/true app
exits 0 'sign asks the authority' writ sign app --key alice --tsa "$url/clock/good"
prints 'and says that it did' \
    'sealed app as program by Alice, Example Corp, stamped; tail: ELF that ends where its headers say'
allowed 'the stamped program is allowed' app
holds 'the timestamp counts' \
    [ "$(field '.results[0].seals[0].entries[0].timestamp.state')" = counts ]
holds 'its accuracy is counted in' \
    [ "$(field '.results[0].seals[0].entries[0].timestamp |
    (.instant | fromdate) - (.time | fromdate) == .accuracy_seconds')" = true ]
holds 'who gave it is told' [ "$(field '.results[0].seals[0].entries[0].timestamp.path[0] |
    "\(.subject), \(.status)"')" = 'Clock, Example Corp, good' ]
must writ seal extract app --out parts
holds 'extract gives it out' [ -s parts/timestamp.der ]
helper forgeseal signature parts/sig.der >value
writ trust show --pem >root.pem
exits 0 'openssl ts verifies it' openssl ts -verify -in parts/timestamp.der -token_in -data value \
    -CAfile root.pem
run writ show --json parts/timestamp.der
holds 'show shows it' [ "$(field '.objects[0] | "\(.object) \(.imprint_hash)"')" = \
    'timestamp sha256' ]
holds 'of this very signature' [ "$(field '.objects[0].imprint')" = \
    "$(sha256sum <value | cut -d ' ' -f 1)" ]
run writ show --json app
holds 'and inside its seal' \
    [ "$(field '.objects[0].entries[0].timestamp.certificates | length')" -ge 1 ]

printf '#!/bin/sh\n' >script
exits 0 'a detached seal can be stamped' writ sign script --key alice --tsa "$url/clock/good"
allowed 'and is allowed' script

# wrong CODE CLAIM NAME/BEHAVIOUR WORDS: sign fails so, in a sentence with these words, and changes
# nothing.
wrong() {
    cp /bin/true untouched
    exits "$1" "$2" writ sign untouched --key alice --tsa "$url/$3"
    holds "and says: $4" grep -q -- "$4" err
    holds 'in one line' [ "$(wc -l <err)" -eq 1 ]
    holds 'and the file is what it was' cmp -s untouched /bin/true
    holds 'with nothing beside it' [ ! -e untouched.writ ]
}
wrong 69 'an authority that refuses is believed' clock/refuse \
    'refused (status 2): we are closed on Sundays'
wrong 65 'garbage is no answer' clock/garbage 'timestamp: '
wrong 65 'half an answer is none' clock/cut 'timestamp: '
wrong 65 'an empty answer is none' clock/empty 'timestamp: '
wrong 65 'an answer to another hash is none' clock/hash 'the timestamp is of another signature'
wrong 65 'an answer to another nonce is none' clock/nonce 'answer is to another request (nonce)'
wrong 65 'an older answer is none' clock/before 'the timestamp is of another signature'
wrong 65 'a page is no answer' clock/html 'timestamp: .*text/html'
wrong 65 'a megabyte is no answer' clock/large 'timestamp: .*69632'
wrong 69 'a connection that is closed is no answer' clock/close 'timestamp: '
wrong 64 "another CA's authority is not pinned here" other-clock/good \
    'would not be accepted: .*not from a pinned authority'

cp /bin/true untouched
exits 69 'nobody at the port is no authority' writ sign untouched --key alice \
    --tsa http://127.0.0.1:9/
holds 'and the file is what it was' cmp -s untouched /bin/true
exits 64 'a URL of another kind is refused' writ sign untouched --key alice --tsa ftp://127.0.0.1/
holds 'and the file is what it was' cmp -s untouched /bin/true
cp /bin/true second
exits 65 'of several files none is sealed when one cannot be stamped' \
    writ sign untouched second --key alice --tsa "$url/clock/garbage"
holds 'not the first either' cmp -s untouched /bin/true

# A machine that trusts nobody can still have a seal stamped; what it is worth is decided elsewhere.
seal_elsewhere() {
    cp /bin/true "$1"
    elsewhere builder must writ sign "$1" --key alice --tsa "$url/$2"
}
seal_elsewhere unpinned other-clock/good
judged untrusted timestamp 3 'a timestamp from an authority that is not pinned refuses' unpinned
seal_elsewhere fine clock/good
allowed 'and one from the pinned authority does not' fine
kill "$server"
server=

# ---------------------------------------------------------------------- instants of our own

rm -rf "$WRIT_ROOT" "$feed" ./*.pem ./*.key builder
mkdir "$WRIT_ROOT"
at 2026-03-01T12:00:00Z
make_ca
issue Alice alice --life 10d
issue Bob bob
issue Clock clock --tsa --life 20d
publish
add_source

# sealed_at FILE KEY: /bin/true, sealed at $now on a machine that trusts nobody.
sealed_at() {
    rm -rf "$1" "$1.parts"
    cp /bin/true "$1"
    elsewhere builder must w sign "$1" --key "$2"
    must w seal extract "$1" --out "$1.parts"
}

# stamped_at FILE AUTHORITY INSTANT [ACCURACY]: gives it a token of that instant.
stamped_at() {
    helper forgeseal signature "$1.parts/sig.der" >value
    helper forgeseal tstinfo "$3" "${4:-0}" value >info
    stamp_with "$2" info token
    helper forgeseal seal "$1.parts/codedirectory" "$1.parts/sig.der" token >seal
    helper forgeseal tail /bin/true seal >"$1"
}

sealed_at plain alice
sealed_at app alice
stamped_at app clock "$now"
allowed 'a token of ours is a token' app
holds 'it counts' [ "$(field '.results[0].seals[0].entries[0].timestamp.state')" = counts ]

# The end of the signer's certificate.
at 2026-03-11T12:00:00Z
publish
pull
allowed 'to its last second the certificate needs no timestamp' plain
at 2026-03-11T12:00:01Z
judged untrusted dates 3 'after it a seal without timestamp is refused' plain
allowed 'and one stamped before is allowed' app
at 2026-04-05T12:00:00Z
publish
pull
allowed "also when the authority's own certificate has ended" app
stamped_at app clock 2026-03-11T12:00:00Z
allowed 'a stamp of the last second is early enough' app
stamped_at app clock 2026-03-11T12:00:00Z 1
judged untrusted dates 3 'its inaccuracy counts against it' app
stamped_at app clock 2026-03-11T12:00:01Z
judged untrusted dates 3 'a stamp after the end is late' app
# The signer's own word for when it was is not believed (signingTime).
at 2026-03-05T12:00:00Z
sealed_at forged alice
at 2026-04-05T12:00:00Z
judged untrusted dates 3 'a signing time before the end proves nothing' forged
holds 'though it is shown' [ "$(field '.results[0].seals[0].entries[0].signing_time_claimed')" = \
    2026-03-05T12:00:00Z ]

# The authority's own dates.
sealed_at app bob
stamped_at app clock 2026-03-21T12:00:00Z
allowed "a stamp of the last second of the authority's certificate counts" app
stamped_at app clock 2026-03-21T12:00:01Z
judged untrusted timestamp 3 'one after it refuses the seal' app
holds 'and the line says why' [ "$(field '.results[0].reason')" = \
    'timestamp: the certificate of Clock, Example Corp ended at 2026-03-21T12:00:00Z, before 2026-03-21T12:00:01Z' ]
stamped_at app clock 2026-03-01T11:59:59Z
judged untrusted timestamp 3 'so does one before its first' app

# The future.
at 2026-03-15T12:00:00Z
stamped_at app clock 2026-03-15T12:05:00Z
allowed 'a clock that is five minutes ahead may be right' app
stamped_at app clock 2026-03-15T12:05:01Z
judged untrusted timestamp 3 'one further ahead is not' app
holds 'and the line says when' grep -q 'the timestamp is from the future (2026-03-15T12:05:01Z)' out
at 2026-04-05T12:00:00Z

# Of something else, or of nothing.
stamped_at app clock 2026-03-15T12:00:00Z
cp app good
sealed_at other bob
helper forgeseal seal other.parts/codedirectory other.parts/sig.der token >seal
helper forgeseal tail /bin/true seal >other
judged untrusted timestamp 3 'the timestamp of another signature refuses the seal' other
holds 'and the line says so' grep -q 'the timestamp is of another signature' out
stamped_at app bob 2026-03-15T12:00:00Z
judged untrusted timestamp 3 'a stamp made with a developer certificate refuses the seal' app
helper forgeseal seal app.parts/codedirectory app.parts/sig.der app.parts/sig.der >seal
helper forgeseal tail /bin/true seal >app
judged untrusted timestamp 3 'a signature in the place of a timestamp refuses the seal' app
echo nonsense >token
helper forgeseal seal app.parts/codedirectory app.parts/sig.der token >seal
helper forgeseal tail /bin/true seal >app
judged untrusted timestamp 3 'nonsense in the place of a timestamp refuses the seal' app

# An authority that this device's feed does not know yet: sound, and not counted.
issue 'New Clock' new-clock --tsa
sealed_at app bob
stamped_at app new-clock "$now"
allowed 'a stamp by an authority newer than the feed is not needed while the certificate lasts' app
holds 'and does not count' \
    [ "$(field '.results[0].seals[0].entries[0].timestamp.state')" = not-counted ]
publish
pull
allowed 'once the feed covers it' app
holds 'it counts' [ "$(field '.results[0].seals[0].entries[0].timestamp.state')" = counts ]

# -------------------------------------------------------------------- stamped before, stamped after

# revoked PREFIX: that certificate is revoked so at $now, and the device knows.  afresh: a CA again.
afresh() {
    rm -rf "$WRIT_ROOT" "$feed" ./*.pem ./*.key builder
    mkdir "$WRIT_ROOT"
    at 2026-03-01T12:00:00Z
    make_ca
    issue Alice alice --life 10d
    issue Clock clock --tsa
    publish
    add_source
    sealed_at before alice
    stamped_at before clock 2026-03-03T11:59:59Z
    sealed_at on alice
    stamped_at on clock 2026-03-03T12:00:00Z
    sealed_at plain alice
    at 2026-03-04T12:00:00Z
}
revoked() {
    must w ca revoke "$@"
    publish
    pull
}

for reason in keyCompromise unspecified; do
    afresh
    revoked alice --reason "$reason" --since 2026-03-03T12:00:00Z --note 'laptop stolen'
    allowed "$reason: what was stamped before --since is allowed" before
    holds 'though its certificate is shown as revoked' \
        [ "$(field '.results[0].seals[0].entries[0].path[0].status')" = revoked ]
    judged revoked certificate-revoked 2 "$reason: what was stamped at --since is refused" on
    holds 'and the line has both instants' grep -q \
        "($reason, since 2026-03-03T12:00:00Z; stamped 2026-03-03T12:00:00Z)" out
    judged revoked certificate-revoked 2 "$reason: what was not stamped is refused" plain
    at 2026-03-11T12:00:01Z
    judged revoked certificate-revoked 2 'it stays revoked after its certificate has ended' on
    judged revoked certificate-revoked 2 'stamped or not' plain
    afresh
    revoked alice --reason "$reason"
    judged revoked certificate-revoked 2 "$reason without --since refuses all" before
done
for reason in superseded cessationOfOperation affiliationChanged; do
    afresh
    revoked alice --reason "$reason"
    allowed "$reason: what was stamped before is allowed" on
    judged revoked certificate-revoked 2 "$reason: what was not stamped is refused" plain
done
afresh
revoked alice --reason privilegeWithdrawn
judged revoked certificate-revoked 2 'privilegeWithdrawn refuses what was stamped before' before
afresh
must w ca hold alice --note 'where is she'
publish
pull
judged revoked certificate-revoked 2 'a hold refuses what was stamped before' before
must w ca reinstate alice --note 'here'
publish
pull
allowed 'until it is lifted' before

# The authority itself.
for reason in superseded cessationOfOperation affiliationChanged; do
    afresh
    revoked clock --reason "$reason" --since 2026-03-03T12:00:00Z --note 'a new one'
    at 2026-03-12T12:00:00Z
    publish
    pull
    allowed "$reason: what the authority stamped before its end counts" before
    judged untrusted timestamp 3 "$reason: what it stamped after does not" on
done
afresh
revoked clock --reason keyCompromise --since 2026-03-03T12:00:00Z --note 'stolen'
judged untrusted timestamp 3 'a stolen authority stamps nothing, at any time' before
holds 'and the line says so' grep -q \
    "the timestamp's certificate of Clock, Example Corp is revoked (keyCompromise)" out
allowed 'a seal without its stamp is judged as ever' plain

finish
