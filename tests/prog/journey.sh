# tests/prog/journey.sh - a CA, its developers and its feed, made in well under a second
#
# Sourced after lib.sh.  Everything happens at the instant $now, which at() sets, so that a test is
# the same on every day; with now empty it is the clock's.  Keys are plain: nothing asks.
#
#   w COMMAND...            writ at $now
#   at TIME                 now it is TIME
#   begin_journey           CA, Alice, Bob, a first feed, and this machine pulls it; of these steps:
#   make_ca [NAME]          in $WRIT_ROOT
#   issue NAME PREFIX [OPTION...]   a developer with a plain key
#   publish, add_source, pull       the feed in $feed, and from there onto this machine
#   elsewhere DIR COMMAND   with the state and the feed of another machine, made when it is not there
#   must COMMAND...         a step without which there is nothing to test
#
#   judged, allowed         what writ verify says of a file; field FILTER: of the JSON in the file out
#   helper, tiny_program, stamp_with        things to be judged; missing, skips: why a claim is not made

now=2026-03-01T12:00:00Z
feed=$dir/feed

at() {
    now=$1
}

w() {
    if [ -n "$now" ]; then
        writ --at "$now" "$@"
    else
        writ "$@"
    fi
}

# A step that has to succeed before there is anything to test.
must() {
    "$@" >must.out 2>&1 || {
        echo "Bail out! $*"
        sed 's/^/# /' must.out
        exit 1
    }
    rm -f must.out
}

make_ca() {
    must w ca init "${1:-Example Corp}" --insecure-plain-keys
}

issue() {
    issued=$1
    prefix=$2
    shift 2
    must w ca issue "$issued" --out "$prefix" --insecure-plain-key "$@"
}

publish() {
    must w publish "$feed" "$@"
}

pull() {
    must w pull
}

add_source() {
    must w source add feed "$feed" --name example
}

begin_journey() {
    make_ca
    issue Alice alice
    issue Bob bob
    publish
    add_source
}

elsewhere() {
    other_root=$1
    shift
    mkdir -p "$other_root"
    (
        WRIT_ROOT=$(cd "$other_root" && pwd)
        feed=$WRIT_ROOT/feed
        export WRIT_ROOT
        "$@"
    )
}

field() {
    jq -r "$1" out
}

# judged OUTCOME WHY EXIT CLAIM VERIFY-ARGUMENT...: writ verify --json comes to this.
judged() {
    wanted="$1 $2 $3"
    claim=$4
    shift 4
    run w verify --json "$@"
    found=$(field '.results[0] | "\(.outcome) \(.why) \(.exit)"' 2>/dev/null)
    [ "$found" = "$wanted" ] || echo "# wanted $wanted, found $found: $(field '.results[0].line')"
    holds "$claim" [ "$found ${code}" = "$wanted ${wanted##* }" ]
}

allowed() {
    judged allowed sound 0 "$@"
}

# skips CLAIM REASON
skips() {
    claims=$((claims + 1))
    echo "ok $claims - $1 # SKIP $2"
}

# helper NAME ARGUMENT...: one of the small programs of tests/helpers.
helper() {
    helper_name=$1
    shift
    "$build/tests/helpers/$helper_name" "$@"
}

# tiny_program FILE: an ELF program of about 500 bytes that exits with 7.
tiny_program() {
    cat >tiny.c <<'END'
void _start(void);
void _start(void)
{
#if defined(__x86_64__)
    __asm__ volatile("mov $60, %eax; mov $7, %edi; syscall");
#elif defined(__aarch64__)
    __asm__ volatile("mov x8, #93; mov x0, #7; svc #0");
#else
#error "one line of assembly for this machine, please"
#endif
}
END
    must gcc -nostdlib -static -Os -Wl,--build-id=none -Wl,-n -Wl,-z,norelro \
        -fno-asynchronous-unwind-tables -o "$1" tiny.c
    must strip "$1"
}

# stamp_with PREFIX INFO TOKEN: signs a TSTInfo as the timestamp authority PREFIX.
stamp_with() {
    awk '/BEGIN/ { n++ } n > 1' "$1.pem" >above.pem
    must openssl cms -sign -binary -nodetach -cades -nosmimecap -md sha256 -outform DER \
        -econtent_type 1.2.840.113549.1.9.16.1.4 -signer "$1.pem" -inkey "$1.key" \
        -certfile above.pem -in "$2" -out "$3"
}
