# tests/prog/examples.sh - the examples of the help screens, typed
#
# Sourced after lib.sh.  The examples of a command run one after the other, each in a shell of its
# own, in a new directory that examples.d/<words joined by dashes>.sh has prepared.  That script is
# sourced with set -e in the new directory, which is empty but for home (HOME) and root (WRIT_ROOT);
# WRIT_PASSPHRASE is set, and the steps of journey.sh are there, at the clock's time.  What it
# exports the examples see; when it starts something, it defines cleanup to end it.

EXAMPLE_SECONDS=60
preparations=${WRIT_EXAMPLES:-$source_root/tests/prog/examples.d}
WRIT_PASSPHRASE='correct horse battery staple'
export WRIT_PASSPHRASE

# type_example LINE: how one is run; a test may have another way.
type_example() {
    timeout "$EXAMPLE_SECONDS" sh -c "$1"
}

preparation_of() {
    echo "$preparations/$(echo "$1" | tr ' ' -).sh"
}

# run_examples PREPARATION: those in the file lines; results gets "EXIT LINE" for each that was run.
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
        type_example "$line" >>../log 2>&1 </dev/null
        printf '%s %s\n' "$?" "$line"
    done 4<../lines >../results
)

# try_examples WORDS: the examples of this command, afresh: lines, results and log are about them.
try_examples() {
    awk -F '\t' -v words="$1" '$1 == words { sub(/^[^\t]*\t/, ""); print }' examples >lines
    rm -rf work results log
    : >results
    [ ! -f "$(preparation_of "$1")" ] || run_examples "$(preparation_of "$1")" >log 2>&1
}

# wanted_exit LINE: what the example says that it exits with.
wanted_exit() {
    case $1 in
    *'# exits '*) echo "${1##*# exits }" ;;
    *) echo 0 ;;
    esac
}

# exit_of LINE: what it did exit with; empty when it was not run.
exit_of() {
    grep -F -- " $1" results | head -n 1 | cut -d ' ' -f 1
}

writ commands >table
cut -f 1 table >commands
writ commands --examples >examples
