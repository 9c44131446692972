#!/bin/sh
# Goal of this test: every C file looks as .clang-format says, so that no review is about spaces.
#
# clang-format 14 is Debian 12's; other versions break lines elsewhere and are not asked.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

tool=
for candidate in clang-format-14 clang-format; do
    case $($candidate --version 2>/dev/null) in *"version 14."*) tool=$candidate; break ;; esac
done
if [ -z "$tool" ]; then
    echo "1..0 # SKIP clang-format 14 is not installed"
    exit 0
fi

# formatted FILE...: nothing to change in these files; what there is goes to the file `found`.
formatted()
{
    "$tool" --style=file --dry-run -Werror "$@" >"$work/found" 2>&1
}

echo 1..2
find include src prog tests fuzz bench examples -name '*.[ch]' 2>/dev/null | sort >"$work/files"
if [ -s "$work/files" ] && formatted $(cat "$work/files"); then
    echo "ok 1 - all $(wc -l <"$work/files") C files are formatted"
else
    echo "not ok 1 - every C file is formatted"
    awk -F: '/: error: / { places[$1]++ } END { for (f in places) print "#   " f ": " places[f] }' "$work/found"
fi

# The test itself.
cp .clang-format "$work/"
printf 'int main(void) {\n  return 0;\n}\n' >"$work/wrong.c"
if formatted "$work/wrong.c"; then
    echo "not ok 2 - a file in another style is found"
else
    echo "ok 2 - a file in another style is found"
fi
