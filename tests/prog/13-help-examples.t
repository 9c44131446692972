#!/bin/sh
# Goal of this test: every example that a help screen shows can be typed as it stands, and exits as
# the screen says.  How they are run: examples.sh.
#
# A preparation must be there even when it has nothing to do.  An example that does not exit with 0
# says so at its end: "# exits 2".

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/examples.sh"

# report: says of each line whether it was run and exited as announced.
report() {
    while IFS= read -r line <&4; do
        holds "$line" [ "$(exit_of "$line")" = "$(wanted_exit "$line")" ]
        [ "$(exit_of "$line")" = "$(wanted_exit "$line")" ] || sed 's/^/#   /' log
    done 4<lines
}

holds 'there are examples' [ -s examples ]
while IFS= read -r words <&3; do
    try_examples "$words"
    holds "writ $words has an example" [ -s lines ]
    holds "writ $words has its preparation" [ -f "$(preparation_of "$words")" ]
    report
done 3<commands

# A preparation that no command asks for was left behind.
for preparation in "$preparations"/*.sh; do
    name=$(basename "$preparation" .sh)
    holds "examples.d/$name.sh belongs to a command" grep -qx "$(echo "$name" | tr - ' ')" commands
done

finish
