#!/bin/sh
# Goal of this test: writ run executes exactly the bytes it has judged, whatever somebody does to
# the file meanwhile, and is otherwise as if the program had been started by itself.
#
# A program's own file is executed under a read lease; where there can be none (the file is not
# ours, or open for writing) and for scripts, a copy in memory that nobody can change any more.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

now=
begin_journey

cat >self.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    char path[4096] = "", line[64] = "";
    if (argc > 2 && strcmp(argv[1], "exit") == 0)
        return atoi(argv[2]);
    if (argc > 1 && strcmp(argv[1], "signal") == 0)
        abort();
    (void)!readlink("/proc/self/exe", path, sizeof path - 1);
    printf("exe %s\n", path);
    for (int i = 0; i < argc; i++)
        printf("%d <%s>\n", i, argv[i]);
    (void)!getcwd(path, sizeof path);
    printf("cwd %s\nenvironment <%s>\numask %o\n", path, getenv("FLAVOUR"), umask(0));
    printf("stdin %s\n", fgets(line, sizeof line, stdin) == NULL ? "end" : line);
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(path, sizeof path, status) != NULL)
        if (strncmp(path, "Sig", 3) == 0 && path[3] != 'Q')
            printf("%s", path);
    if (status != NULL)
        fclose(status);
    for (int fd = 3; fd < 64; fd++)
        if (lseek(fd, 0, SEEK_CUR) >= 0)
            printf("open %d\n", fd);
    fprintf(stderr, "to stderr\n");
    return 0;
}
END
sed -i '1i #include <sys/stat.h>' self.c
must gcc -O1 -o self self.c
cp self app
must w sign app --key alice
cp self unsigned
cat >script.plain <<'END'
#!/bin/sh
case ${1:-} in
exit) exit "$2" ;;
esac
echo "script $0"
for word; do echo "<$word>"; done
cat
END
chmod 755 script.plain
cp script.plain script
must w sign script --key alice

# ------------------------------------------------------------------------------- as if by itself

# alike CLAIM ARGUMENT...: with and without writ run the same is printed (but for the first line,
# the path) and the same is returned.
alike() {
    claim=$1
    shift
    (cd sub && printf 'a line\n' | FLAVOUR=sour "../app" "$@") >plain.out 2>plain.err
    plain_code=$?
    (cd sub && printf 'a line\n' | FLAVOUR=sour writ run ../app "$@") >out 2>err
    code=$?
    holds "$claim" sh -c "cmp -s out plain.out && cmp -s err plain.err && [ $code -eq $plain_code ]"
    cmp -s out plain.out || diff out plain.out | sed 's/^/# /'
}
mkdir sub
umask 027
alike 'arguments, environment, directory, umask, signals, input and open files are what they were' \
    one 'two three' ''
alike 'arguments that look like options are the program'"'"'s' --version --help -h -- --json
alike 'the exit code is the program'"'"'s' exit 7
alike 'also when it looks like one of ours' exit 126
alike 'and nothing is said when it is 125' exit 125
alike 'death by a signal is passed on' signal
umask 022
run sh -c 'printf "a line\n" | FLAVOUR=sour writ run -- ./app -x'
holds '-- before the program is ours' grep -qx '1 <-x>' out
run writ run ./app -- one
holds '-- after it is the program'"'"'s' grep -qx '1 <-->' out
holds 'argument 0 is as it was typed' grep -qx '0 <./app>' out
(cd sub && writ run "$dir/app" >../out 2>/dev/null </dev/null)
holds 'also when that is a long path' grep -qx "0 <$dir/app>" out
run writ run app
holds 'a name without a slash is a path too' grep -qx '0 <app>' out
exits 7 'the verdict is not printed' writ run ./app exit 7
holds 'not even on standard error' [ ! -s err ]
exits 7 'with -v it is' writ run -v ./app exit 7
holds 'on standard error' grep -q '^writ: ./app: allowed: Alice, Example Corp' err
exits 0 '--dry-run runs nothing' writ run --dry-run ./app exit 7
holds 'and says that it would' grep -q '^would run ./app: allowed: Alice' out
exits 126 '--dry-run refuses what would be refused' writ run --dry-run ./unsigned

exits 5 'a script runs as well' writ run ./script exit 5
run sh -c 'echo input | writ run ./script one "two three" --four'
holds 'with its arguments and its input' [ "$(sed 1d out | tr '\n' ' ')" = \
    '<one> <two three> <--four> input ' ]
# execve(2) of a descriptor: the interpreter is given a path under /dev/fd.
holds 'its $0 is a descriptor' grep -Eqx 'script /dev/fd/[0-9]+' out

# What a jail takes away is taken from the judge alone.
cat >limits <<'END'
#!/bin/sh
ulimit -a
grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|SigBlk|SigIgn)' /proc/self/status
cat /proc/self/oom_score_adj /proc/self/personality
nice
END
chmod 755 limits
./limits >limits.out
must w sign limits --key alice
run writ run ./limits
holds 'limits, rights and filters are what they were' cmp -s out limits.out
holds 'and there is something to compare' grep -q '^Seccomp:' limits.out

# ------------------------------------------------------------------------------ what is refused

exits 126 'an unsigned program is not run' writ run ./unsigned
says 'and writ says why' 'writ: ./unsigned: unsigned: no seal; network: none'
run writ run --json ./unsigned
holds 'with --json the refusal is a document' \
    [ "$code $(field '.fault | "\(.class): \(.message)"')" = \
    '126 permission: ./unsigned: unsigned: no seal; network: none' ]
cp app changed
flip changed 5000
exits 126 'a changed one neither' writ run ./changed
holds 'nor is any of it printed' [ ! -s out ]
exits 127 'what is not there is not found' writ run ./nowhere
says 'and writ says so' 'writ: cannot read ./nowhere: No such file or directory'
exits 127 'nor is a directory a program' writ run ./sub
mkfifo fifo
exits 127 'nor is a FIFO' writ run ./fifo
cp app plain-mode
chmod 644 plain-mode
exits 126 'a file that is not executable is not executed' writ run ./plain-mode
says 'and writ says so' 'writ: ./plain-mode is not executable: Permission denied'
echo data >data
chmod 755 data
must w sign data --key alice
exits 126 'data is not executed, however well sealed' writ run ./data
holds 'since it is no program, which is not left to the kernel' grep -q 'but it is no program$' err
printf '#!%s/no-such-interpreter\n' "$dir" >orphan
chmod 755 orphan
must w sign orphan --key alice
exits 126 'a script without its interpreter cannot be' writ run ./orphan
holds 'and writ says so' grep -q '^writ: cannot execute ./orphan: ' err
exits 125 'without a program it is a mistake, and not the exit code of one' writ run
exits 125 'and so is an option that is not there' writ run --bogus ./app
exits 126 'with a policy nothing passes that did not' writ run --allow-uncovered ./unsigned
mkdir "$dir/bare"
exits 126 'a device that trusts nobody runs nothing' env WRIT_ROOT="$dir/bare" writ run ./app
exits 125 'a device without its state cannot look' env WRIT_ROOT="$dir/nowhere" writ run ./app

# -------------------------------------------------------------------- from where it is executed

# Where a lease means something, the file itself is executed; elsewhere it is copied always.
case $(stat -f -c %T .) in
ext2/ext3 | xfs | btrfs | f2fs | tmpfs) in_place=$dir ;;
*) in_place= ;;
esac
# executed_as FILE: what the program says of itself when a lease could be had.
executed_as() {
    if [ -n "$in_place" ]; then
        grep -qx "exe $in_place/$1" out
    else
        grep -qx "exe /memfd:$1 (deleted)" out
    fi
}
exits 0 'a program of ours is executed' writ run ./app
holds 'as the file that it is' executed_as app
exec 9>>app
exits 0 'one that is open for writing is executed' writ run ./app
exec 9>&-
holds 'as a copy in memory' grep -qx 'exe /memfd:app (deleted)' out
chmod 4755 app
exits 0 'a setuid program is executed' writ run ./app
chmod 755 app

# The copy is nobody's to change, not even its own.
cat >writer <<'END'
#!/bin/sh
exec 2>&1
before=$(wc -c <"$0")
chmod 700 "$0"
(echo 'echo changed' >>"$0")
(: >"$0")
echo "$before $(wc -c <"$0")"
END
chmod 755 writer
must w sign writer --key alice
run writ run ./writer
bytes=$(stat -c %s writer)
holds 'a copy in memory cannot be written, nor cut short' [ "$(tail -1 out)" = "$bytes $bytes" ]

# On an overlay a lease does not see who writes to the layer below.
overlay='a program on an overlay is executed from memory'
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null && [ -n "$in_place" ]; then
    mkdir over
    unshare -m sh -c 'mount -t tmpfs none over && cd over && mkdir low up work all &&
        cp -p ../app low && mount -t overlay -o lowerdir=low,upperdir=up,workdir=work none all ||
        exit 99
        writ run all/app' >out 2>err </dev/null
    code=$?
    if [ "$code" -eq 99 ]; then
        skips "$overlay" 'no overlay can be mounted here'
    else
        holds "$overlay" grep -qx 'exe /memfd:app (deleted)' out
    fi
else
    skips "$overlay" 'only root can mount one'
fi

# Somebody opens the file for writing while it is judged: the kernel tells whoever holds the lease
# with a signal, which is death for those who do not expect it.  strace holds every fcntl(2) back,
# so that it comes between any two of them.
cat >opener.py <<'END'
import os, sys, time
open(sys.argv[1] + ".opening", "w").close()
while True:
    try:
        os.close(os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        pass  # leased, or executed
    time.sleep(0.001)
END
if [ -n "$in_place" ] && [ -n "$(command -v strace)" ] && strace -o /dev/null true 2>/dev/null; then
    cp -p app opened
    python3 opener.py "$dir/opened" &
    opener=$!
    while [ ! -e opened.opening ]; do sleep 0.01; done
    ends=
    : >sentences
    for i in 1 2 3 4 5 6; do
        run env ASAN_OPTIONS=detect_leaks=0 strace -o /dev/null -e signal=none -e trace=fcntl \
            -e inject=fcntl:delay_exit=20000 writ run ./opened
        ends="$ends $code"
        cat err >>sentences
    done
    kill "$opener"
    wait "$opener" 2>/dev/null
    holds 'a program that somebody opens for writing is run or refused, and nobody dies of it' \
        [ -z "$(echo "$ends" | tr ' ' '\n' | grep -v -x -e 0 -e 126 -e '')" ]
    echo "# it ended with$ends"
    holds 'where the lease was broken it is refused' \
        grep -qx 'writ: ./opened is being opened for writing' sentences
else
    skips 'a program that somebody opens for writing is run or refused' \
        'no lease here, or no strace'
fi

nobody=65534
if [ "$(id -u)" = 0 ] && [ -z "$(missing setpriv)" ]; then
    mkdir bin
    cp "$build/prog/writ/writ" bin/
    chmod 711 "$dir"
    chmod -R go+rX "$WRIT_ROOT" bin
    as_nobody="setpriv --reuid $nobody --regid $nobody --clear-groups $dir/bin/writ"
    # shellcheck disable=SC2086 # words
    exits 0 'somebody else can run it too' $as_nobody run ./app
    holds 'as a copy in memory, for it is not theirs' grep -qx 'exe /memfd:app (deleted)' out
    # shellcheck disable=SC2086 # words
    exits 5 'and the script' $as_nobody run ./script exit 5
    cp -p app theirs
    chown $nobody theirs
    # shellcheck disable=SC2086 # words
    exits 0 'their own program they execute' $as_nobody run ./theirs
    holds 'as the file that it is' executed_as theirs
    chmod 700 unsigned
    # shellcheck disable=SC2086 # words
    exits 126 'what they may not execute they may not run' $as_nobody run ./unsigned
    chmod 711 app
    # shellcheck disable=SC2086 # words
    exits 126 'what they may not read cannot be judged' $as_nobody run ./app
    chmod 755 app
else
    as_nobody=
    skips 'somebody else can run it too' 'only root can become somebody else'
fi

# ----------------------------------------------------------------------------------------- races

# Two programs, or scripts, of the same size: one says good and is sealed, the other says EVIL.
cat >say.c <<'END'
#include <stdio.h>
int main(void) { return puts(WORD) < 0; }
END
must gcc -O1 -DWORD='"good"' -o good say.c
must gcc -O1 -DWORD='"EVIL"' -o evil say.c
must w sign good --key alice
must w seal extract good --out good.parts
helper forgeseal tail evil good.parts/seal.der >evil.sealed
chmod 755 evil.sealed
judged modified content-changed 3 'the evil one is not the good one' evil.sealed
printf '#!/bin/sh\necho good\n' >good.sh
printf '#!/bin/sh\necho EVIL\n' >evil.sh
chmod 755 good.sh evil.sh
must w sign good.sh --key alice

cat >racer.py <<'END'
"""Turns FILE from GOOD into EVIL and back, for ever: by rename, by writing into it through one open
descriptor (hold), or through a new one each time (reopen).  Says so once it runs."""
import os, sys
way, path, good, evil = sys.argv[1:]
contents = [open(name, "rb").read() for name in (good, evil)]
mode = os.stat(good).st_mode & 0o777

def put(content):
    if way == "rename":
        with open(path + ".next", "wb") as f:
            f.write(content)
        os.chmod(path + ".next", mode)
        os.rename(path + ".next", path)
    elif way == "hold":
        os.pwrite(held, content, 0)
    else:
        try:
            fd = os.open(path, os.O_WRONLY)
        except OSError:
            return  # it is being executed
        os.pwrite(fd, content, 0)
        os.close(fd)

if way == "hold":
    held = os.open(path, os.O_WRONLY)
open(path + ".racing", "w").close()
while True:
    for content in contents:
        put(content)
END

# race WAY GOOD EVIL TIMES COMMAND...: how often each word was said is in good_said and evil_said.
race() {
    way=$1
    good=$2
    evil=$3
    times=$4
    shift 4
    rm -f raced*
    cp -p "$good" raced
    [ ! -e "$good.writ" ] || cp "$good.writ" raced.writ
    python3 racer.py "$way" "$dir/raced" "$dir/$good" "$dir/$evil" &
    racer=$!
    while [ ! -e raced.racing ]; do sleep 0.01; done
    i=0
    while [ "$i" -lt "$times" ]; do
        "$@" 2>>raced.err
        i=$((i + 1))
    done >raced.out </dev/null
    kill "$racer"
    wait "$racer" 2>/dev/null
    good_said=$(grep -c good raced.out)
    evil_said=$(grep -c EVIL raced.out)
}

# never_evil CLAIM WAY GOOD EVIL: judged bytes ran, or writ said why not; a word for each start.
never_evil() {
    raced_by=$1
    shift
    race "$1" "$2" "$3" 100 writ run ./raced
    refused=$(grep -c '^writ: .*\(refused: \|is being opened for writing\|cannot execute\)' raced.err)
    holds "$raced_by: what was not judged never runs" [ "$evil_said" -eq 0 ]
    holds "$raced_by: and what was does, sometimes" [ "$good_said" -gt 0 ]
    holds "$raced_by: all else is refused with a sentence" [ $((good_said + refused)) -eq 100 ]
    [ $((good_said + refused)) -eq 100 ] || sort raced.err | uniq -c | sed 's/^/# /'
    echo "# of 100: $good_said ran, $refused were refused"
}

# Beside it, what everybody would do by hand.
race rename good evil.sealed 100 sh -c 'writ verify -q ./raced && ./raced'
holds 'verify first and start then loses the race, sometimes' [ "$evil_said" -gt 0 ]
echo "# of 100: $good_said good, $evil_said EVIL"

never_evil 'by rename' rename good evil.sealed
never_evil 'written into, by lease' reopen good evil.sealed
never_evil 'written into, by copy' hold good evil.sealed
never_evil 'a script written into' hold good.sh evil.sh
never_evil 'a script replaced' rename good.sh evil.sh

finish
