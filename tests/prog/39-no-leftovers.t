#!/bin/sh
# Goal of this test: when sealing fails, whatever the reason, the file is what it was, byte for
# byte, and nothing else lies about.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

begin_journey
issue Carol carol --life 1d
issue Dave dave
must w ca revoke dave --reason keyCompromise
issue Eve eve
must w ca hold eve --note 'where is she'
publish
pull
at 2026-04-01T12:00:00Z
issue Frank frank
at 2026-03-02T12:00:00Z
must env WRIT_PASSPHRASE='a good passphrase' writ --at "$now" ca issue Grace --out grace
cp alice.pem mixed.pem
cp bob.key mixed.key
cp alice.pem keyless.pem
cp alice.key certless.key
cp /bin/true broken.key
cp alice.pem broken.pem

mkdir work
everything() {
    find work -printf '%P %m %U %G %s %i\n' | sort
    find work -type f -exec sha256sum {} + | sort
}

# unchanged EXIT CLAIM WORDS COMMAND...: it fails so, with a sentence, and changes nothing.
unchanged() {
    what=$2
    words=$3
    exit=$1
    shift 3
    everything >before
    exits "$exit" "$what" "$@"
    everything >after
    holds '  it changes nothing and leaves nothing behind' cmp -s before after
    cmp -s before after || diff before after | sed 's/^/# /'
    holds "  it says: $words" grep -q -- "$words" err
    holds '  in one line' [ "$(wc -l <err)" -eq 1 ]
}

cp /bin/true work/app
cp /bin/true work/sealed
printf '#!/bin/sh\n' >work/script
must w sign work/sealed --key alice
: >work/empty

# ------------------------------------------------------------------------------- who may not sign

for form in 'work/app' 'work/script' 'work/app --attach detached' 'work/app --attach index' \
    'work/sealed --replace' 'work/sealed --replace --attach detached' 'work/app work/script'; do
    # shellcheck disable=SC2086 # words
    {
        unchanged 64 "$form: an expired certificate" 'ended at 2026-03-02T12:00:00Z' \
            writ --at 2026-03-02T12:00:01Z sign $form --key carol
        unchanged 64 "$form: a certificate that is not valid yet" 'begins at 2026-04-01T12:00:00Z' \
            w sign $form --key frank
        unchanged 64 "$form: a revoked certificate" 'would not be accepted: .*keyCompromise' \
            w sign $form --key dave
        unchanged 64 "$form: a certificate on hold" 'would not be accepted: .*certificateHold' \
            w sign $form --key eve
    }
done
holds 'nothing came into the index' [ ! -e "$WRIT_ROOT/var/lib/writ/seals" ]
holds 'a certificate that ends in this second still signs' \
    writ --at 2026-03-02T12:00:00Z sign -q work/app --key carol --dry-run

unchanged 77 'a wrong passphrase' 'wrong passphrase' \
    env WRIT_PASSPHRASE=wrong writ --at "$now" sign work/app --key grace
unchanged 64 'no passphrase' 'no passphrase for grace.key' w sign work/app --key grace
unchanged 66 'no key' 'keyless.key' w sign work/app --key keyless
unchanged 66 'no certificate' 'certless.pem' w sign work/app --key certless
unchanged 64 "another's key" 'key' w sign work/app --key mixed
unchanged 65 'a key that is none' 'broken.key' w sign work/app --key broken
unchanged 64 'an authority that stamps' 'code' w sign work/app --key "$(
    must w ca issue Clock --out clock --tsa --insecure-plain-key && echo clock
)"
unchanged 65 'a certificate that is none' 'app' w sign work/app --key alice --cert work/app
unchanged 66 'nobody of that name' 'mallory' w sign work/app --key mallory

# ---------------------------------------------------------------------------- what is not sealed

unchanged 73 'a sealed file' 'is sealed already' w sign work/sealed --key alice
unchanged 64 'a tail on a script' 'cannot have a tail' w sign work/script --key alice --attach tail
unchanged 64 'a kind that does not fit' 'does not fit' w sign work/app --key alice --kind data
unchanged 66 'of several files one that is not there' 'nowhere' \
    w sign work/app work/script work/nowhere --key alice
unchanged 73 'of several files one that is sealed' 'is sealed already' \
    w sign work/app work/script work/sealed --key alice
unchanged 69 'an authority that is not there' 'timestamp' \
    w sign work/app --key alice --tsa http://127.0.0.1:9/
unchanged 64 'two files of one identifier' 'identifier' \
    w sign work/app work/script --key alice --identifier both
unchanged 64 'no key at all' '--key' w sign work/app
unchanged 65 'what is no seal' 'seal: wanted SEQUENCE' w seal attach work/app work/sealed
w seal extract work/sealed --out parts >must.out 2>&1
unchanged 65 "another file's seal" 'of another content' w seal attach work/script parts/seal.der
unchanged 66 'no seal to take off' 'has no seal' w seal strip work/app
mkdir work/app.writ
unchanged 73 'a directory where the seal should be' 'app.writ' \
    w sign work/app --key alice --attach detached --replace
rmdir work/app.writ

# --------------------------------------------------------------------- where nothing can be written

# sealings: every way of writing that there is, each of which has to fail so.
sealings() {
    for form in 'sign work/app --key alice' 'sign work/script --key alice' \
        'sign work/app --key alice --attach detached' 'sign work/sealed --key bob --replace' \
        'seal strip work/sealed' 'seal attach work/sealed parts/seal.der --replace' \
        'seal attach work/sealed parts/seal.der --to detached' 'seal extract work/sealed --out work'
    do
        # shellcheck disable=SC2086 # words
        unchanged "$1" "$2: $form" "$3" $4 writ --at "$now" $form
    done
}

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    # The rest of this test in a mount namespace of its own.
    cat >full.sh <<'END'
mount -t tmpfs -o size=96k none small && cp -a work/. small/ && mount --bind small work &&
    head -c 1000000 /dev/zero >work/filler 2>/dev/null
exec "$@"
END
    mkdir small
    full() {
        unshare -m sh full.sh "$@"
    }
    # What is inside is looked at inside.
    cat >inside.sh <<'END'
everything() {
    find work -printf '%P %m %U %G %s\n' | sort
    find work -type f -exec sha256sum {} + | sort
}
everything >before
"$@"
code=$?
everything >after
cmp -s before after || echo "changed: $(diff before after)" >&2
exit $code
END
    for form in 'sign work/app --key alice' 'sign work/script --key alice' \
        'sign work/app --key alice --attach detached' 'sign work/sealed --key bob --replace' \
        'seal strip work/sealed' 'seal attach work/sealed parts/seal.der --replace' \
        'seal attach work/sealed parts/seal.der --to detached' 'seal extract work/sealed --out work'
    do
        # shellcheck disable=SC2086 # words
        run full sh inside.sh writ --at "$now" $form
        holds "a full disk: $form fails" [ "$code" -eq 74 ]
        holds '  it says: No space left on device, and no more' \
            [ "$(grep -c 'No space left on device' err) $(wc -l <err)" = '1 1' ]
    done
    cat >readonly.sh <<'END'
mount --bind work work && mount -o remount,ro,bind work && exec "$@"
END
    sealings 73 'a read-only file system' 'Read-only file system' 'unshare -m sh readonly.sh'
else
    skips 'a full disk' 'this process may not mount'
    skips 'a read-only file system' 'this process may not mount'
fi

# The limit on the size of files, which would end the process with a signal.
run sh -c 'ulimit -f 8; trap "" XFSZ; exec "$@"' sh writ --at "$now" sign work/app --key alice
holds 'a limit on the size of files is told' [ "$code" -eq 74 ]
holds 'in words' grep -q 'File too large' err

if [ "$(id -u)" = 0 ] && [ -z "$(missing setpriv)" ]; then
    cp -r "$build/prog/writ" programs
    chmod -R go+rX programs parts work alice.key alice.pem bob.key bob.pem "$WRIT_ROOT"
    chmod 711 "$dir"
    PATH=$dir/programs:$PATH
    sealings 77 "somebody else's folder" 'Permission denied' \
        'setpriv --reuid 65534 --regid 65534 --clear-groups'
else
    skips "somebody else's folder" 'only root can become somebody else'
fi

# ---------------------------------------------------------------- and after all of that, it works

must w sign work/app --key alice
allowed 'the program can be sealed still' work/app
must w sign work/script --key alice
allowed 'and the script' work/script
holds 'and nothing else is there' \
    [ "$(find work -mindepth 1 -printf '%P\n' | sort | tr '\n' ' ')" = \
    'app empty script script.writ sealed ' ]

finish
