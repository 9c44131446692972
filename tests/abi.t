#!/bin/sh
# Goal of this test: libwrit.so has exactly the functions that src/libwrit.symbols lists, and nothing
# of its own beside them: no variables, no code that runs when it is loaded, no libraries but
# libcrypto and libc; and its headers are C and C++, and explain every function.
#
# WRIT_BUILD names the build directory (default: build).
set -u
LC_ALL=C
export LC_ALL
root=$(cd "$(dirname "$0")/.." && pwd)
build=${WRIT_BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
library=$build/src/libwrit.so
archive=$build/src/libwrit.a
symbols=$root/src/libwrit.symbols
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
n=0

if ! [ -e "$library" ]; then
    echo "Bail out! $library is not there: set WRIT_BUILD"
    exit 1
fi
if nm -D "$library" | grep -q __asan_; then
    echo "1..0 # SKIP a library under sanitizers is not the one that is installed"
    exit 0
fi

# ok CLAIM FILE: the claim holds when the file is empty; else its lines say why not.
ok() {
    n=$((n + 1))
    if [ -s "$2" ]; then
        echo "not ok $n - $1"
        sed 's/^/#   /' "$2"
    else
        echo "ok $n - $1"
    fi
}

# found CLAIM FILE: the other way round, for faults that were planted.
found() {
    n=$((n + 1))
    if [ -s "$2" ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}

# ---- what is in the library ----

# What is exported from library $1 and not in the list $2, or the other way round.
other_exports() {
    nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $2, $3 }' |
        sort >"$work/exports"
    sed 's/^/T /' "$2" | sort | comm -3 "$work/exports" -
}

other_exports "$library" "$symbols" >"$work/out" 2>&1
ok 'the functions of src/libwrit.symbols are exported, and nothing else' "$work/out"

: >"$work/out"
sort -u "$symbols" | cmp -s - "$symbols" || echo "sort -u it" >"$work/out"
ok 'the list is in order, and names nothing twice' "$work/out"

sed '$d' "$symbols" >"$work/shorter"
other_exports "$library" "$work/shorter" >"$work/out" 2>&1
found 'one that is not listed is found' "$work/out"
{ cat "$symbols" && echo writ_zzz; } >"$work/longer"
other_exports "$library" "$work/longer" >"$work/out" 2>&1
found 'one that is not there is found' "$work/out"

nm -D --defined-only "$library" | grep ' T ' | grep -v '@@LIBWRIT_0$' >"$work/out"
ok 'all of them have the version LIBWRIT_0' "$work/out"

readelf -dW "$library" >"$work/dynamic"
: >"$work/out"
grep -q 'SONAME.*\[libwrit\.so\.0\]' "$work/dynamic" || cp "$work/dynamic" "$work/out"
ok 'its name is libwrit.so.0' "$work/out"

sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' "$work/dynamic" | sort |
    grep -vx -e 'libcrypto\.so\.3' -e 'libc\.so\.6' >"$work/out"
ok 'it needs libcrypto and libc' "$work/out"

grep -E 'TEXTREL|RPATH|RUNPATH' "$work/dynamic" >"$work/out"
readelf -lW "$library" | grep -E 'GNU_STACK.* RWE ' >>"$work/out"
ok 'it has no text relocations, no path to libraries and no executable stack' "$work/out"

nm -D --undefined-only "$library" |
    grep -vE '@(GLIBC_[0-9.]+|OPENSSL_3\.[0-9.]+)$|^ +w ' >"$work/out"
ok 'whatever it calls is of the C library or of OpenSSL 3' "$work/out"

# Signing, making and reading keys is the business of src/issue and the programs.
can_sign() {
    nm -D --undefined-only "$1" |
        grep -E 'Sign|keygen|PrivateKey|PKCS8|PKCS5|EVP_(En|De)crypt|EVP_aes'
}
can_sign "$library" >"$work/out"
ok 'it cannot sign, and cannot read a private key' "$work/out"
can_sign "$build/prog/writ/writ" >"$work/out"
found 'what can is found: writ' "$work/out"

# ---- no state ----

# Sections of an archive's or library's objects that hold variables or run at load.
state_of() {
    readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk '
        $1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $5 !~ /^0+$/ { print }
        $1 ~ /^\.(init_array|preinit_array|ctors|fini_array|dtors)/ { print }'
}
state_of "$archive" >"$work/out" 2>&1
ok 'no variables, and nothing that runs when it is loaded or unloaded' "$work/out"

for planted in 'int writ_mode = 1;' 'static int mode; int writ_turn(void) { return ++mode; }' \
    '__attribute__((constructor)) static void begin(void) { }'; do
    echo "$planted" >"$work/planted.c"
    ${CC:-cc} -c -o "$work/planted.o" "$work/planted.c" && state_of "$work/planted.o" >"$work/out" 2>&1
    found "planted, it is found: $planted" "$work/out"
done

nm -A --defined-only "$archive" 2>/dev/null | awk '$(NF-1) ~ /^[A-Z]$/ && $NF !~ /^writ_/' >"$work/out"
ok 'every name that is global in the archive begins with writ_' "$work/out"

# ---- the headers ----

python3 "$root/tests/headers.py" "$root/include" "$symbols" >"$work/out" 2>&1
ok 'every function is declared, and explained where it is' "$work/out"

cp -r "$root/include" "$work/planted"
sed 's/^ \* Returns: .*0, or -1 with WRIT_FAULT_USAGE (a second file)/ * Nothing/' \
    "$root/include/writ/judge.h" >"$work/planted/writ/judge.h"
python3 "$root/tests/headers.py" "$work/planted" "$symbols" >"$work/out" 2>&1
found 'a function that does not say what it returns is found' "$work/out"
echo 'WRIT_API int writ_zzz(int number);' >>"$work/planted/writ/judge.h"
python3 "$root/tests/headers.py" "$work/planted" "$work/longer" | grep 'writ_zzz: no comment' >"$work/out"
found 'a function without a comment is found' "$work/out"

# compiles COMPILER FLAGS...: each header alone, twice over, and with all the others.
compiles() {
    for header in writ.h $(cd "$root/include" && ls writ/*.h); do
        printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$header" "$header" \
            >"$work/alone.c"
        "$@" -I"$root/include" -Wall -Wextra -pedantic -Werror -fsyntax-only "$work/alone.c" ||
            echo "$header alone"
    done
}

for compiler in "gcc -std=c11" "gcc -std=c99" "g++ -x c++ -std=c++17" "clang-14 -std=c11" \
    "clang++-14 -x c++ -std=c++17"; do
    if ! command -v "${compiler%% *}" >/dev/null; then
        n=$((n + 1))
        echo "ok $n - the headers are sound under $compiler # SKIP not installed"
        continue
    fi
    # shellcheck disable=SC2086 # words
    compiles $compiler >"$work/out" 2>&1
    ok "the headers are sound under $compiler" "$work/out"
done

echo "1..$n"
