#!/bin/sh
# Goal of this test: whatever is sealed, in whichever form, goes on being what it was: it runs and
# says the same, keeps its mode, owner, links and attributes, and can be copied by the usual tools
# with its seal still sound.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

begin_journey

# ---------------------------------------------------------------------------------- every kind

cat >hello.c <<'END'
#include <stdio.h>
int main(int argc, char **argv)
{
    printf("hello %s\n", argc > 1 ? argv[1] : "nobody");
    return 7;
}
END
echo 'int answer(void) { return 42; }' >answer.c
must gcc -O1 -o dynamic -no-pie hello.c
must gcc -O1 -o static -static hello.c
must gcc -O1 -o pie -fPIE -pie hello.c
must gcc -O1 -o static-pie -fPIE -static-pie hello.c
must gcc -O1 -o debug -g -no-pie hello.c
must gcc -O1 -o libanswer.so -shared -fPIC answer.c
must gcc -O1 -c -o answer.o answer.c
printf '#!/bin/sh\necho "hello $1"\nexit 7\n' >script
printf 'some data\n' >data
: >empty
chmod 755 script

elf='ELF that ends where its headers say'
reads='a script'"'"'s interpreter reads to the end'
only='only ELF programs and libraries can have a tail'

# chosen KIND FORM WHY FILE: what auto makes of it, said and done.
chosen() {
    cp -p "$4" "$4.before"
    run w sign "$4" --key alice --json
    holds "$4 is sealed as $1, $2: $3" \
        [ "$(field '.sealed[0] | "\(.kind) \(.attach) \(.because)"')" = "$1 $2 $3" ]
    allowed "$4 is allowed then" "$4"
    if [ "$2" = tail ]; then
        holds "$4 begins with its old content" cmp -s -n "$(stat -c %s "$4.before")" "$4" \
            "$4.before"
        holds "$4 has no seal beside it" [ ! -e "$4.writ" ]
    else
        holds "$4 is untouched" cmp -s "$4" "$4.before"
        holds "$4.writ is beside it" [ -f "$4.writ" ]
    fi
}

chosen program tail "$elf" dynamic
chosen program tail "$elf" static
chosen program tail "$elf" pie
chosen program tail "$elf" static-pie
chosen program tail "$elf" debug
if gcc -O1 -c -fno-pic -m32 -o answer32.o answer.c 2>/dev/null; then
    must ld -m elf_i386 -e 0 -o static32 answer32.o
    chosen program tail "$elf" static32
else
    skips 'static32 is sealed as program' 'this compiler makes no 32-bit objects'
fi
chosen library tail "$elf" libanswer.so
chosen data detached "$only" answer.o
chosen script detached "$reads" script
chosen data detached "$only" data
chosen data detached "$only" empty

# same NAME COMMAND...: its output, errors and exit code are those of COMMAND with NAME.before.
same() {
    name=$1
    shift
    run "$@"
    mv out now.out
    mv err now.err
    code_now=$code
    cp -p "$name" sealed.away
    cp -p "$name.before" "$name"
    run "$@"
    cp -p sealed.away "$name"
    holds "$name behaves as before: $*" sh -c "cmp -s out now.out && cmp -s err now.err &&
        [ $code -eq $code_now ]"
}

for program in dynamic static pie static-pie debug script; do
    same "$program" "./$program" you
    holds "$program really ran" [ "$code $(cat out)" = '7 hello you' ]
done
same libanswer.so python3 -c 'import ctypes; print(ctypes.CDLL("./libanswer.so").answer())'
holds 'the library was really loaded' [ "$(cat out)" = 42 ]
same answer.o gcc -shared -o linked.so answer.o
holds 'the object was really linked' [ -s linked.so ]

# ------------------------------------------------------------------------------ asked for a form

# form FORM FILE: sealed so, and allowed; as it was asked for, auto's reason is not given.
form() {
    cp -p "$2.before" subject
    run w sign subject --key alice --attach "$1" --json
    holds "--attach $1 on $2: $1" [ "$(field '.sealed[0] | "\(.attach) \(.because)"')" = \
        "$1 asked for" ]
    allowed "--attach $1 on $2 is found by verify" subject
    [ "$1" = detached ] || holds "--attach $1 on $2 leaves nothing beside it" [ ! -e subject.writ ]
    [ "$1" = tail ] || holds "--attach $1 leaves $2 untouched" cmp -s subject "$2.before"
    rm -rf subject subject.writ "$WRIT_ROOT/var/lib/writ/seals"
}

form tail dynamic
form detached dynamic
form index dynamic
form tail libanswer.so
form detached script
form index script
form index data

# no_tail FILE SENTENCE
no_tail() {
    cp -p "$1" untouched
    exits 64 "--attach tail on $1 is refused" w sign "$1" --key alice --attach tail --replace
    says 'and says why' "writ: $1 cannot have a tail: $2; use detached"
    holds 'and nothing was changed' cmp -s "$1" untouched
}
no_tail script "$reads"
no_tail data "$only"
no_tail answer.o "$only"

# ------------------------------------------------------------------------- copied by other tools

mkdir copies tree
cp -p dynamic tree/tool
cp -p script script.writ tree/

# arrived WAY: whatever came to copies is allowed and runs.
arrived() {
    allowed "after $1 the program is allowed" copies/tool
    allowed "after $1 the script is allowed" copies/script
    run ./copies/tool you
    holds "after $1 the program runs" [ "$code $(cat out)" = '7 hello you' ]
    rm -rf copies
    mkdir copies
}
cp tree/* copies && arrived cp
cp -a tree/. copies && arrived 'cp -a'
tar -C tree -cf - . | tar -C copies -xf - && arrived tar
rsync -a tree/ copies/ && arrived rsync
install tree/* copies && arrived install
(cd tree && zip -qr ../tree.zip .) && unzip -q tree.zip -d copies && arrived 'zip and unzip'
cp -a tree/. copies && mkdir moved && mv copies/* moved && mv moved/* copies && arrived mv
for one in tool script script.writ; do cat "tree/$one" >"copies/$one"; done
chmod 755 copies/tool && arrived cat
for one in tool script script.writ; do ln -s "../tree/$one" copies/; done && arrived 'ln -s'

# ------------------------------------------------------------------------------- what it keeps

# about FILE: everything but its content and times, seen from outside.  keeps WHAT FILE: both ways.
about() {
    stat -c '%A %u %g %h %F' "$1"
    getfattr -h -d -m - -e hex "$1" 2>/dev/null
    getfacl -n "$1" 2>/dev/null
}
keeps() {
    about "$2" >before
    must w sign "$2" --key alice
    about "$2" >after
    holds "sealing keeps $1" cmp -s before after
    holds 'and there was something to keep' [ -s before ]
    allowed 'and the file is sealed' "$2"
    about "$2" >before
    must w seal strip "$2"
    about "$2" >after
    holds "stripping keeps $1" cmp -s before after
}

fresh() {
    rm -f "$1" "$1.writ"
    cp dynamic.before "$1"
}
for mode in 755 4755 2711 1700 400 600; do
    fresh kept
    chmod "$mode" kept
    keeps "mode $mode" kept
done
fresh kept
if setfattr -n user.note -v something kept 2>/dev/null; then
    keeps 'extended attributes' kept
    holds 'user.note is there' grep -q user.note after
else
    skips 'sealing keeps extended attributes' 'this file system has none'
fi
fresh kept
if setfacl -m u:1234:rx kept 2>/dev/null; then
    keeps 'an access control list' kept
    holds 'the list is there' grep -q 1234 after
else
    skips 'sealing keeps an access control list' 'this file system has none'
fi
fresh kept
if [ "$(id -u)" = 0 ] && chown 1234:2345 kept 2>/dev/null; then
    chmod 6755 kept
    keeps 'owner and group, and setuid with them' kept
    holds 'it is theirs' [ "$(stat -c %u:%g:%a kept)" = 1234:2345:6755 ]
else
    skips 'sealing keeps owner and group' 'only root can give a file away'
fi
fresh kept
# cap_net_bind_service+ep, as setcap writes it: revision 2, effective, permitted 1 << 10
if setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 kept 2>/dev/null
then
    keeps 'capabilities' kept
    holds 'the capability is there' grep -q security.capability after
else
    skips 'sealing keeps capabilities' 'only root can give them'
fi

fresh target
ln -s target link
must w sign link --key alice
holds 'signing through a symbolic link keeps the link' [ "$(readlink link)" = target ]
allowed 'and seals what it points to' target
allowed 'which is allowed through the link as well' link

fresh one
ln one two
must w sign one --key alice
holds 'a file with two names is not split' [ one -ef two ]
holds 'it keeps its content' cmp -s one dynamic.before
allowed 'its seal is beside the name it was signed by' one
exits 6 'and not beside the other' w verify two
rm one.writ
run w sign one --key alice --json
holds 'the reason is given' [ "$(field '.sealed[0] | "\(.attach) \(.because)"')" = \
    'detached it has other names (hard links), which a new file would leave behind' ]
rm one.writ
exits 64 'a tail for it is refused' w sign one --key alice --attach tail
says 'because of the other name' "writ: one cannot have a tail: it has other names (hard links), which a \
new file would leave behind; use detached"

# ---------------------------------------------------------------- files whose end is looked for

# unharmed NAME COMMAND...: sealed, it is allowed and does byte for byte what it did.
unharmed() {
    name=$1
    shift
    cp -p "$name" "$name.before"
    run "$@"
    mv out before.out
    mv err before.err
    code_before=$code
    must w sign "$name" --key alice
    allowed "$name is allowed once it is sealed" "$name"
    run "$@"
    holds "$name does what it did" sh -c "cmp -s out before.out && cmp -s err before.err &&
        [ $code -eq $code_before ]"
}

mkdir payload
printf 'packed \000\001\377 bytes\n' >payload/file
{
    printf '#!/bin/sh\nsed "1,/^__ARCHIVE__$/d" "$0" | tar xzO file\nexit 5\n__ARCHIVE__\n'
    tar -C payload -cz file
} >self-extractor
chmod 755 self-extractor
unharmed self-extractor ./self-extractor
holds 'a self-extractor extracts itself' sh -c "[ $code -eq 5 ] && cmp -s out payload/file"

mkdir app
printf 'import sys\nprint("zipped", sys.argv[1:])\n' >app/__main__.py
must python3 -m zipapp app -p '/usr/bin/env python3' -o app.pyz
must python3 -m zipapp app -o plain.pyz
unharmed app.pyz ./app.pyz one two
holds 'a zipapp starts' [ "$(cat out)" = "zipped ['one', 'two']" ]
unharmed plain.pyz python3 plain.pyz three
holds 'a zipapp without a first line starts' [ "$(cat out)" = "zipped ['three']" ]

(cd payload && must zip -q ../payload.zip file)
cat dynamic.before payload.zip >elf-with-zip
chmod 755 elf-with-zip
unharmed elf-with-zip unzip -p elf-with-zip file
holds 'the archive behind a program is found' cmp -s out payload/file
rm elf-with-zip.writ
unharmed elf-with-zip ./elf-with-zip you
rm elf-with-zip.writ
run w sign elf-with-zip --key alice --json
holds 'it was sealed from outside, because of what follows' \
    [ "$(field '.sealed[0] | "\(.attach) \(.because)"')" = \
    'detached something follows the end of the ELF file, and may be looked for there' ]

printf '#!/usr/bin/perl\nwhile (<DATA>) { print uc; }\n__DATA__\nsome\nlines' >perl-data
chmod 755 perl-data
unharmed perl-data ./perl-data
holds 'a Perl script reads all of its data' [ "$(cat out)" = "$(printf 'SOME\nLINES')" ]

printf '#!/bin/sh\necho "no newline at the end"' >no-newline
chmod 755 no-newline
unharmed no-newline ./no-newline
holds 'a script without a last newline runs' [ "$(cat out)" = 'no newline at the end' ]

printf '#!/bin/sh\ncat <<END\nopen to the\nlast line\n' >open-end
chmod 755 open-end
unharmed open-end ./open-end
holds 'a script that ends in an open here-document prints it' \
    [ "$(cat out)" = "$(printf 'open to the\nlast line')" ]

# -------------------------------------------------------------------------- changed by other tools

fresh changed
must w sign changed --key alice
cp changed sealed
must strip changed
judged unsigned no-seal 6 'strip drops the tail: unsigned' changed
run ./changed you
holds 'and the program runs' [ "$code" -eq 7 ]
cp sealed changed
must objcopy --add-section .note.extra=data changed
judged unsigned no-seal 6 'objcopy drops it too' changed

# What patchelf does when the new string is no longer than the old one.
cp sealed changed
must perl -pi -e 's{ld-linux}{ld-LINUX}' changed
judged modified content-changed 3 'another interpreter written in its place: modified' changed
holds 'the line says so' [ "$(field '.results[0].reason')" = \
    'the content was changed after it was sealed' ]

# What it does when the string is longer: something new at the end, where the seal was.
cp sealed changed
printf 'a new segment' >>changed
judged unsigned no-seal 6 'bytes after the seal: no seal at the end any more' changed

# A section that is put in front of the seal moves it: lengths do not add up.
python3 - <<'END'
sealed = open("sealed", "rb").read()
content = int.from_bytes(sealed[-8:], "big")
open("changed", "wb").write(sealed[:content] + b"new section." + sealed[content:])
END
judged malformed malformed 3 'bytes between content and seal: malformed' changed
cp script script.kept
echo 'echo more' >>script
judged modified content-changed 3 'a script that got a line more: modified' script
holds 'the line counts the bytes' [ "$(field '.results[0].reason')" = \
    "$(stat -c %s script.kept) bytes were sealed, the file has $(stat -c %s script)" ]

finish
