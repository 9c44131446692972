#!/bin/sh
# Goal of this test: what a seal says can be checked without writ: the signature with openssl, the
# content's root with fsverity, and both against what writ says.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

# As in the README; -attime where the clock must not decide.
checks() {
    where=$1
    shift
    openssl cms -verify -binary -inform DER -in "$where/sig.der" -content "$where/codedirectory" \
        -purpose any -CAfile root.pem -out verified "$@"
}

# ------------------------------------------------------------------------ at the clock's own time

now=
begin_journey
cp /bin/true app
must w sign app --key alice
must w seal extract app --out parts
w trust show --pem >root.pem
exits 0 'openssl verifies the signature' checks parts
holds 'and gives out the very code directory' cmp -s verified parts/codedirectory
exits 0 'writ agrees' w verify app
must w sign app --key alice --replace --attach detached
must w seal extract app --out detached
exits 0 'of a detached seal too' checks detached

# ---------------------------------------------------------------------- every byte of it is signed

length=$(stat -c %s parts/codedirectory)
survivors=
i=0
while [ "$i" -lt "$length" ]; do
    cp parts/codedirectory parts/changed
    flip parts/changed "$i"
    if openssl cms -verify -binary -inform DER -in parts/sig.der -content parts/changed \
        -purpose any -CAfile root.pem -out verified 2>/dev/null; then
        survivors="$survivors $i"
    fi
    i=$((i + 8))
done
holds 'with one byte of the code directory changed openssl refuses it' [ -z "$survivors" ]
holds 'several were tried' [ "$i" -gt 64 ]

mv root.pem ours.pem
for step in make_ca publish add_source; do elsewhere other-ca "$step"; done
elsewhere other-ca writ trust show --pem >root.pem
exits 4 "with another CA's root openssl refuses it" checks parts
cp ours.pem root.pem

# -------------------------------------------------------------------------- after the certificate

rm -rf "$WRIT_ROOT" "$feed" app app.writ parts
mkdir "$WRIT_ROOT"
at 2026-03-01T12:00:00Z
make_ca
issue Alice short --life 1d
publish
add_source
cp /bin/true app
must w sign app --key short
must w seal extract app --out parts
w trust show --pem >root.pem
exits 4 'once the certificate has ended openssl refuses it' checks parts
holds 'because it has' grep -q 'certificate has expired' err
exits 0 'with -attime in its days it verifies' checks parts -attime \
    "$(date -d 2026-03-01T18:00:00Z +%s)"
at 2026-03-02T12:00:00Z
allowed 'writ allows it to the last second' app
at 2026-03-02T12:00:01Z
judged untrusted dates 3 'and no longer' app

# ------------------------------------------------------------------------------------ the content

at 2026-03-01T12:00:00Z
# root_of FILE: the tree root in the descriptor that fsverity hashes (struct fsverity_descriptor).
root_of() {
    rm -f descriptor
    fsverity digest --hash-alg=sha256 --block-size=4096 --out-descriptor=descriptor "$1" \
        >/dev/null &&
        od -v -An -tx1 -j 16 -N 32 descriptor | tr -d ' \n'
}
for size in 0 1 4095 4096 4097 524288 524289 3000000; do
    if ! command -v fsverity >/dev/null 2>&1; then
        skips "the root of $size bytes is that of fs-verity" 'fsverity is not installed'
        continue
    fi
    head -c "$size" /dev/zero | tr '\0' 'x' >content
    rm -f content.writ
    must w sign content --key short
    run w show --json content
    holds "the root of $size bytes is that of fs-verity" \
        [ "$(root_of content)" = "$(field '.objects[0].entries[0].content_root')" ]
done

finish
