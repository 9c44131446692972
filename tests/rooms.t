#!/bin/sh
# Goal of this test: the house has the rooms and doors that tests/rooms.txt says, and the rooms that
# judge have no clock, file, socket, environment or output.
#
# Includes are read from the source.  What a room calls is read from its object files, where a
# function of our own that happens to be named `open` is not mistaken for the system's.
# WRIT_BUILD names the build directory (default: build).
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=${WRIT_BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
table=$root/tests/rooms.txt
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
n=0

# ok CLAIM FILE: the claim holds when the file is empty; else its lines say why not.
ok()
{
    n=$((n + 1))
    if [ -s "$2" ]; then
        echo "not ok $n - $1"
        sed 's/^/#   /' "$2"
    else
        echo "ok $n - $1"
    fi
}

# The wrong includes of the tree $1, one a line.
wrong_includes()
{
    (
        cd "$1" || exit 1
        find src prog -name '*.[ch]' -exec grep -nE '^[[:space:]]*#[[:space:]]*include' {} + |
        awk -v table="$table" -v tree="$1" '
        # The room of a file: src/base/hex.c is in base, prog/writ/main.c in prog/writ.
        function room_of(path, part) {
            split(path, part, "/")
            return part[1] == "src" ? part[2] : part[1] "/" part[2]
        }
        function exists(path, line, found) {
            found = (getline line < (tree "/" path)) >= 0
            close(tree "/" path)
            return found
        }
        # The room that "name" is in, seen from a file of `room`; "" when there is no such file.
        # A program has its own folder and the shared one; "writ/" is the public headers otherwise.
        function target_of(name, room, part) {
            split(name, part, "/")
            if (room ~ /^prog\// && exists("prog/" name)) return "prog/" part[1]
            if (part[1] == "writ" && exists("include/" name)) return "public"
            if (exists("src/" name)) return part[1]
            if (exists("prog/" name)) return "prog/" part[1]
            return ""
        }
        BEGIN {
            while ((getline row < table) > 0) {
                if (row !~ /^[a-z]/) continue
                count = split(row, word, /[ \t]+/)
                known[word[1]] = 1
                for (i = 2; i <= count; i++) allowed[word[1] " " word[i]] = 1
            }
        }
        {
            match($0, /^[^:]*:[0-9]+:/)
            place = substr($0, 1, RLENGTH - 1)
            path = place; sub(/:[0-9]+$/, "", path)
            text = substr($0, RLENGTH + 1)
            room = room_of(path)
            if (!(room in known)) { print place ": the room " room " is not in rooms.txt"; next }
            if (match(text, /<[^>]*>/)) {
                name = substr(text, RSTART + 1, RLENGTH - 2)
                if (name ~ /^openssl\// && path ~ /^src\// && room != "crypto")
                    print place ": <" name "> outside src/crypto"
                next
            }
            if (!match(text, /"[^"]*"/)) { print place ": neither \"\" nor <>"; next }
            name = substr(text, RSTART + 1, RLENGTH - 2)
            if (name !~ /^[a-z]+\/[a-z0-9_]+\.h$/) { print place ": \"" name "\" is without its room"; next }
            target = target_of(name, room)
            if (target == "") print place ": \"" name "\" is not there"
            else if (target != "public" && target != room && !((room " " target) in allowed))
                print place ": " room " may not include " target " (\"" name "\")"
        }'
    )
}

FORBIDDEN='
time gettimeofday clock clock_gettime timespec_get ftime localtime localtime_r mktime strftime tzset
sleep usleep nanosleep clock_nanosleep
open open64 openat openat64 __open_2 __open64_2 __openat_2 __openat64_2 creat creat64 fopen fopen64
freopen freopen64 fdopen opendir fdopendir read write pread pread64 pwrite pwrite64 stat stat64 lstat
lstat64 fstat fstat64 statx access faccessat readlink unlink rename mkdir mkstemp mkostemp tmpfile
tmpfile64 mmap mmap64 ioctl fcntl fcntl64 syscall
socket socketpair connect bind listen accept accept4 send sendto sendmsg recv recvfrom recvmsg
getaddrinfo gethostbyname poll select epoll_wait
getenv secure_getenv setenv putenv environ getuid geteuid getpwuid gethostname uname
printf vprintf __printf_chk __vprintf_chk puts putchar putc fputs fputc fwrite fprintf vfprintf
__fprintf_chk __vfprintf_chk dprintf vdprintf __dprintf_chk __vdprintf_chk perror psignal syslog
__syslog_chk vsyslog stdin stdout stderr
fork vfork execve execv execvp execl execlp fexecve posix_spawn posix_spawnp system popen kill exit
_exit signal sigaction rand random srand srandom getrandom getentropy
json_load_file json_loadf json_loadfd json_dump_file json_dumpf json_dumpfd
BIO_new_file BIO_new_fp BIO_new_fd BIO_new_connect BIO_new_socket X509_LOOKUP_file X509_LOOKUP_hash_dir
X509_STORE_set_default_paths X509_STORE_load_file X509_load_cert_file ERR_print_errors_fp
PEM_read_X509 PEM_read_PrivateKey OSSL_STORE_open CONF_modules_load_file OPENSSL_config
'

# What the archive or object $1 calls and should not, one a line.
forbidden_calls()
{
    nm -u "$1" 2>"$work/nm" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$work/called"
    [ -s "$work/called" ] || echo "nm found nothing in $1: $(cat "$work/nm")"
    echo "$FORBIDDEN" | tr ' ' '\n' | grep . | sort -u | comm -12 - "$work/called"
}

judging_rooms()
{
    awk '/^[a-z]/ && $2 == "judges" { print $1 }' "$table"
}

# ---- The house ----

awk '/^[a-z]/ {
    for (i = 2; i <= NF; i++)
        if ($i != ":" && $i != "judges" && !($i in above)) print $1 " names " $i ", which is not above it"
    above[$1] = 1
}' "$table" >"$work/out"
ok "rooms.txt only names rooms above" "$work/out"

wrong_includes "$root" >"$work/out" 2>&1
ok "every include names its room and goes through a door that is there" "$work/out"

: >"$work/out"
for room in $(judging_rooms); do
    [ -d "$root/src/$room" ] || { echo "src/$room is not there"; continue; }
    forbidden_calls "$build/src/$room/libwrit-$room.a" | sed "s|^|$room: |"
done >"$work/out"
ok "the rooms that judge call no clock, file, socket, environment or output" "$work/out"

# ---- The test itself: what it forbids, planted, is found ----

mkdir "$work/tree"
cp -r "$root/src" "$root/prog" "$root/include" "$work/tree/"

# plant FILE LINE WORDS: with the line at the end of the file, a complaint has the words.
plant()
{
    cp "$work/tree/$1" "$work/kept"
    echo "$2" >>"$work/tree/$1"
    wrong_includes "$work/tree" >"$work/found" 2>&1
    mv "$work/kept" "$work/tree/$1"
    : >"$work/out"
    grep -qF "$3" "$work/found" || { echo "wanted: $3"; cat "$work/found"; } >"$work/out"
    ok "a planted ${2#*#} in $1 is found" "$work/out"
}

plant src/base/hex.c '#include "bytes/der.h"' 'base may not include bytes'
plant src/bytes/der.c '#include "crypto/digest.h"' 'bytes may not include crypto'
plant src/object/cert.c '#include "crypto/verify.h"' 'object may not include crypto'
plant src/object/cert.h '  #  include "evidence/evidence.h"' 'object may not include evidence'
plant src/verdict/judge.c '#include "object/cert.h"' 'verdict may not include object'
plant src/evidence/path.c '#include "verdict/judge.h"' 'evidence may not include verdict'
plant src/engine/engine.c '#include "issue/sign.h"' 'engine may not include issue'
plant src/crypto/key.c '#include "shared/file.h"' 'crypto may not include prog/shared'
plant src/object/cert.c '#include <openssl/x509.h>' '<openssl/x509.h> outside src/crypto'
plant src/base/hex.c '#include "span.h"' 'is without its room'
plant src/base/hex.c '#include "../bytes/der.h"' 'is without its room'
plant src/base/hex.c '#include "base/nothing.h"' '"base/nothing.h" is not there'
plant prog/shared/file.c '#include "writ/commands.h"' 'prog/shared may not include prog/writ'

mkdir -p "$work/tree/src/attic"
echo '#include "base/hex.h"' >"$work/tree/src/attic/old.c"
wrong_includes "$work/tree" >"$work/found" 2>&1
: >"$work/out"
grep -q 'the room attic is not in rooms.txt' "$work/found" || cp "$work/found" "$work/out"
ok "a room that is not in the table is found" "$work/out"

# call WORDS CODE: an object file with this code is found to call what the words say.
call()
{
    echo "$2" >"$work/planted.c"
    ${CC:-cc} -D_GNU_SOURCE -c -o "$work/planted.o" "$work/planted.c" >"$work/found" 2>&1 &&
        forbidden_calls "$work/planted.o" >"$work/found" 2>&1
    : >"$work/out"
    grep -qx "$1" "$work/found" || { echo "wanted: $1"; cat "$work/found"; } >"$work/out"
    ok "a planted call of $1 is found" "$work/out"
}

call time '#include <time.h>
long now(void) { return (long)time(0); }'
call open '#include <fcntl.h>
int peek(const char *name) { return open(name, O_RDONLY); }'
call getenv '#include <stdlib.h>
char *home(void) { return getenv("HOME"); }'
call socket '#include <sys/socket.h>
int call(void) { return socket(AF_INET, SOCK_STREAM, 0); }'
call stderr '#include <stdio.h>
int shout(void) { return fputs("x", stderr); }'

# One of our own functions may carry such a name.
cat >"$work/planted.c" <<'END'
extern int strange(int);
static __attribute__((noinline)) int open(int x) { return strange(x) + 1; }
int use(int x) { return open(x); }
END
${CC:-cc} -c -o "$work/planted.o" "$work/planted.c" 2>/dev/null && forbidden_calls "$work/planted.o" >"$work/out"
ok "a function of our own that is named open is no call" "$work/out"

forbidden_calls "$work/missing.a" >"$work/found" 2>&1
: >"$work/out"
[ -s "$work/found" ] || echo "nothing was said" >"$work/out"
ok "a room that is not built is found" "$work/out"

echo "1..$n"
