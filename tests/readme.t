#!/bin/sh
# Goal of this test: the README shows what writ really says.
#
# Runs the blocks of README.md that are marked as runnable, in order and in one new directory, and
# compares what is printed, but for what differs in every run.  When writ says something else on
# purpose: tests/readme.t --write puts its words into README.md.

new=${1:-}
case $new in
--write) new=$(cd "$(dirname "$0")/.." && pwd)/README.md ;;
esac

up=..
. "$(dirname "$0")/prog/lib.sh"

mkdir reader
cd reader || exit 1
ln -s "$source_root/demo" demo
if [ -n "$new" ]; then
    python3 "$source_root/tests/readme.py" --write "$source_root/README.md" ../README.md &&
        cp ../README.md "$new"
    exit
fi
python3 "$source_root/tests/readme.py" "$source_root/README.md" >../results 2>../err
holds 'the blocks could be run' [ "$?" -eq 0 ]
cd ..

grep -v '^#' results >verdicts
holds 'there are ten lines, the check with openssl, the revoked site' [ "$(wc -l <verdicts)" -ge 18 ]
while IFS='	' read -r verdict command <&3; do
    holds "$command" [ "$verdict" = same ]
done 3<verdicts
grep '^#' results

finish
