#!/bin/sh
# Goal of this test: a program that asks filters through libwrit, in C (examples/filter.c) or in
# Python (examples/writ.py), says of every certificate what `writ check` says of it.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_unless openssl python3

make_world
cd "$tls" || exit 1
for name in good revoked uncovered bare issuer root; do
    openssl x509 -in $name.pem -outform DER -out $name.der
done
full=$filters/revocation/filter

PYTHONDONTWRITEBYTECODE=1
LD_LIBRARY_PATH=$build/src
export LD_LIBRARY_PATH PYTHONDONTWRITEBYTECODE
c() {
    "$build/examples/example-filter" "$@"
}
python() {
    python3 "$source_root/examples/writ.py" "$@"
}
languages='c python'
nm -D "$build/src/libwrit.so" | grep -q __asan_ && languages=c

# like_check CODE LINE NAME FILE...: this exit code and line, and the exit code that writ check has.
like_check() {
    wanted=$1
    line=$2
    name=$3
    shift 3
    run "$language" "$name.der" "${issuer_of:-issuer}.der" "$@"
    ours=$code
    [ "$(cat out)" = "$line" ] || { sed 's/^/# /' out err; return 1; }
    run writ check "$name.pem" --chain "${issuer_of:-issuer}.pem"
    [ "$ours" -eq "$wanted" ] && [ "$code" -eq "$wanted" ]
}

for language in $languages; do
    holds "$language: good" like_check 0 'good: covered, and not revoked; filter' good "$full"
    holds "$language: revoked" \
        like_check 2 'revoked: a filter lists it as revoked; filter' revoked "$full"
    holds "$language: newer than the filter" like_check 4 \
        'not-covered: no filter covers the log and time of its timestamps; interval' \
        uncovered "$full"
    holds "$language: without a timestamp, though the filter would say revoked" like_check 4 \
        'not-covered: it carries no timestamp of a certificate log; no-sct' bare "$full"
    issuer_of=root
    holds "$language: a CA certificate is not asked of a filter" like_check 4 \
        'not-covered: a CA certificate, which only OneCRL could list; ca' issuer "$full"
    python3 "$world" onecrl "$filters/onecrl" issuer.pem && make_filters
    holds "$language: unless OneCRL lists it" like_check 2 \
        'revoked: OneCRL lists it as revoked; OneCRL' issuer "$full" "$filters/onecrl"
    rm "$filters/onecrl" && make_filters
    issuer_of=

    make_filters $((now - 11 * 86400))
    holds "$language: good in old data is stale" \
        like_check 5 'stale: not revoked as of filters that are too old; filter' good "$full"
    holds "$language: revoked in old data is revoked" \
        like_check 2 'revoked: a filter lists it as revoked; filter' revoked "$full"
    make_filters

    # A delta in which the good one is revoked, in both orders.
    python3 "$world" filters "$dir/delta" "$now" issuer.pem 11
    mv "$dir/delta/revocation/filter" delta
    exits 2 "$language: revoked by a delta" "$language" good.der issuer.der "$full" delta
    prints "$language: and the delta is named" 'revoked: a filter lists it as revoked; delta'
    exits 2 "$language: in the other order too" "$language" good.der issuer.der delta "$full"
    prints "$language: with the same words" 'revoked: a filter lists it as revoked; delta'

    head -c 40 "$full" >cut
    exits 65 "$language: a filter that is cut off is a fault" "$language" good.der issuer.der cut
    holds "$language: that is told in a sentence" [ "$(wc -l <err)" -eq 1 -a ! -s out ]
    exits 65 "$language: so is a certificate that is none" "$language" cut issuer.der "$full"
    exits 64 "$language: arguments are wanted" "$language" good.der issuer.der
done

# ---- both forms of a real filter, as the independent reader reads them ----

cat >ask.py <<'END'
import subprocess, sys
sys.path.insert(0, sys.argv[1] + "/examples")
import writ, ctypes
library = writ.load()
nocoverage = library.writ_filters_serial_insecure_nocoverage
nocoverage.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t,
                       ctypes.POINTER(writ.Error))
folder = sys.argv[1] + "/tests/fixtures/clubcard/"
keys = [line.rstrip("\n").split("\t")[:2] for line in open(folder + "small.tsv")]
keys = [k for k in keys if len(k) == 2 and k[1]]
for name in "small.v3", "small.v4":
    told = subprocess.run([sys.executable, folder + "make.py", "read", folder + name], text=True,
                          input="".join("\t".join(k) + "\n" for k in keys),
                          capture_output=True, check=True).stdout.splitlines()
    with writ.Filters() as f:
        f.add(name, open(folder + name, "rb").read())
        wrong = 0
        for (issuer, serial), line in zip(keys, told):
            s = bytes.fromhex(serial)
            got = nocoverage(f._handle, bytes.fromhex(issuer), s, len(s), None)
            wrong += writ.ANSWERS[got] != line.split("\t")[-1]
        print(name, len(keys) == len(told) and len(keys) > 100, wrong)
END
if [ "$languages" = 'c python' ]; then
    exits 0 'both forms of a filter can be asked from Python' python3 ask.py "$source_root"
    prints 'and every answer is that of the independent reader' 'small.v3 True 0
small.v4 True 0'

    cat >misuse.py <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import writ
f = writ.Filters()
try:
    f.add("x", b"no filter")
except writ.Fault as fault:
    print(fault.fault, fault)
f.close()
f.close()
try:
    f.check(b"", b"")
except ValueError as error:
    print(error)
END
    exits 0 'Python is told of faults by exceptions' python3 misuse.py "$source_root/examples"
    holds 'with their number and their sentence' grep -q '^65 .*[a-z]' out
    holds 'and a set that is closed stays so' grep -qx closed out
fi

finish
