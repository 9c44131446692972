#!/bin/sh
# Goal of this test: what the documents point to is there, and they name nothing of one machine.

source_root=$(cd "$(dirname "$0")/.." && pwd)

claims=0
broken=0
holds() {
    claim=$1
    shift
    claims=$((claims + 1))
    if "$@"; then
        echo "ok $claims - $claim"
    else
        broken=$((broken + 1))
        echo "not ok $claims - $claim"
    fi
}

dir=$(mktemp -d "${TMPDIR:-/tmp}/writ-docs.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT

for document in README.md SECURITY.md CHANGES.md doc/DESIGN.md doc/THREATS.md doc/TOUR.md \
    doc/REVOCATION.md bench/README.md; do
    holds "$document is there" [ -s "$source_root/$document" ]
done
holds 'LICENSE is there' [ -s "$source_root/LICENSE" ]

python3 "$source_root/tests/docs.py" "$source_root" >"$dir/breaches"
holds 'the documents could be read' [ "$?" -eq 0 ]
sed 's/^/#   /' "$dir/breaches"
holds 'they point to what is there, and to nothing of one machine' [ ! -s "$dir/breaches" ]

echo "1..$claims"
[ "$broken" -eq 0 ]
