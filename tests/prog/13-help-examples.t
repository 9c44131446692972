#!/bin/sh
# Goal of this test: every example that a help screen shows can be typed as it stands, and exits as
# the screen says.
#
# The examples of a command run one after the other, each in a shell of its own, in a new directory
# that examples.d/<words joined by dashes>.sh has prepared.  That script is sourced with set -e in
# the new directory, which is empty but for home (HOME) and root (WRIT_ROOT); WRIT_PASSPHRASE is
# set, and the steps of journey.sh are there, at the clock's time.  What it exports the examples
# see; when it starts something, it defines cleanup to end it.  It must be there even when it has
# nothing to do.  An example that does not exit with 0 says so at its end: "# exits 2".

. "$(dirname "$0")/lib.sh"

EXAMPLE_SECONDS=60
preparations=${WRIT_EXAMPLES:-$source_root/tests/prog/examples.d}
WRIT_PASSPHRASE='correct horse battery staple'
export WRIT_PASSPHRASE

# run_examples PREPARATION: those in the file lines; results gets one line for each that was run.
run_examples() (
    mkdir -p work/home work/root
    cd work || exit 1
    HOME=$PWD/home
    WRIT_ROOT=$PWD/root
    cleanup() { :; }
    trap cleanup EXIT
    set -e
    dir=$PWD
    . "$source_root/tests/prog/journey.sh"
    now=
    # shellcheck disable=SC1090 # one for each command
    . "$1"
    set +e
    while IFS= read -r line <&4; do
        timeout "$EXAMPLE_SECONDS" sh -c "$line" >>../log 2>&1 </dev/null
        printf '%s %s\n' "$?" "$line"
    done 4<../lines >../results
)

# report: says of each line whether it was run and exited as announced.
report() {
    while IFS= read -r line <&4; do
        case $line in
        *'# exits '*) wanted=${line##*# exits } ;;
        *) wanted=0 ;;
        esac
        result=$(grep -F -- " $line" results | head -n 1)
        holds "$line" [ "${result%% *}" = "$wanted" ]
        [ "${result%% *}" = "$wanted" ] || sed 's/^/#   /' log
    done 4<lines
}

writ commands | cut -f 1 >commands
writ commands --examples >examples
holds 'there are examples' [ -s examples ]
while IFS= read -r words <&3; do
    awk -F '\t' -v words="$words" '$1 == words { sub(/^[^\t]*\t/, ""); print }' examples >lines
    preparation=$preparations/$(echo "$words" | tr ' ' -).sh
    holds "writ $words has an example" [ -s lines ]
    holds "writ $words has its preparation" [ -f "$preparation" ]
    rm -rf work results log
    : >results
    [ ! -f "$preparation" ] || run_examples "$preparation" >log 2>&1
    report
done 3<commands

# A preparation that no command asks for was left behind.
for preparation in "$preparations"/*.sh; do
    name=$(basename "$preparation" .sh)
    holds "examples.d/$name.sh belongs to a command" grep -qx "$(echo "$name" | tr - ' ')" commands
done

finish
