#!/bin/sh
# Goal of this test: a command that is not marked as one that connects opens no socket but a local
# one (AF_UNIX), and does its work where there is no network at all.
#
# The table of commands is walked: every example of every such command is typed, once under strace
# in a network namespace that is empty.  Where there can be no namespace, under strace alone.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/examples.sh"

[ -z "$(command -v strace)" ] && {
    echo '1..0 # SKIP strace is not installed'
    exit 0
}
strace -o /dev/null true 2>/dev/null || {
    echo '1..0 # SKIP this process may not trace another one'
    exit 0
}
# LeakSanitizer cannot work under strace; the other sanitizers can.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

empty=
for way in 'unshare -n' 'unshare -rn'; do
    $way true 2>/dev/null && empty=$way && break
done
if [ -n "$empty" ]; then
    run $empty python3 -c 'import socket; socket.create_connection(("127.0.0.1", 9))'
    holds 'in the namespace nothing can be reached, not even this machine' \
        grep -q 'Network is unreachable' err
else
    skips='no network namespace can be made here'
    echo "ok $((claims += 1)) - in the namespace nothing can be reached # SKIP $skips"
fi

# By their full names: examples run elsewhere, where $dir is another one.
trace=$dir/trace
sockets=$dir/sockets
# traced COMMAND...: what it does with the network is in the file trace.
traced() {
    # shellcheck disable=SC2086 # words
    timeout "$EXAMPLE_SECONDS" $empty strace -f -qq -e trace=network -e signal=none -o "$trace" "$@"
}
type_example() {
    traced sh -c "$1"
    traced_code=$?
    grep -Eo '(socket|connect)\(.*' "$trace" | grep -v -e '^socket(AF_UNIX,' \
        -e '^connect([0-9]*, {sa_family=AF_UNIX,' | sed "s|^|$1: |" >>"$sockets"
    return $traced_code
}

# That this is seen at all: a socket of a child of a shell, and of an example of a command.
: >sockets
type_example "python3 -c 'import socket; socket.socket(socket.AF_INET)'"
holds 'a socket that is not local is seen' grep -q 'socket(AF_INET' sockets
: >sockets
type_example "python3 -c 'import socket; socket.socket(socket.AF_UNIX)'"
holds 'a local one may be' [ ! -s sockets ]
: >sockets
type_example 'writ source add feed http://127.0.0.1:9/ --name nobody' >out 2>err
holds 'one of the program that fetches is seen' grep -q 'socket(AF_INET' sockets
: >sockets
printf 'version\tpython3 -c "import socket; socket.socket(socket.AF_INET)"\n' >examples
try_examples version
holds 'one of an example is seen' grep -q 'socket(AF_INET' sockets
writ commands --examples >examples

# no_socket WORDS: its examples, traced.
no_socket() {
    : >sockets
    try_examples "$1"
    while IFS= read -r line <&4; do
        holds "$line  [without network]" [ "$(exit_of "$line")" = "$(wanted_exit "$line")" ]
        [ "$(exit_of "$line")" = "$(wanted_exit "$line")" ] || sed 's/^/#   /' log
    done 4<lines
    holds "writ $1 opens no socket but a local one" [ ! -s sockets ]
    sed 's/^/# /' sockets
}

walked=0
while IFS='	' read -r words network _ <&3; do
    [ "$network" != always ] || continue
    no_socket "$words"
    walked=$((walked + 1))
done 3<table
holds 'most commands do not connect' [ "$walked" -gt 25 ]
# Those that may connect do so only to somebody: a folder is nobody.
no_socket pull
no_socket 'source add'

finish
