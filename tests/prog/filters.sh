# tests/prog/filters.sh - lists of known and revoked certificates, and what a filter says of them
#
# Sourced after lib.sh by the tests of `filter build` and `filter convert`.
#
#   universe ISSUER:KNOWN:REVOKED...   writes the text files known and revoked, the folder lists with
#                                      the same, and what a filter must answer, truth.  The first
#                                      certificates are the revoked ones
#   true_in FILE      `filter query`, and a reader that shares nothing with writ, answer the truth
#   issuer N          the hash of issuer N

second_reader=$source_root/tests/fixtures/clubcard/make.py
tab=$(printf '\t')

issuer() {
    printf '%064x' "$(($1 * 7919))"
}

universe() {
    rm -rf lists
    mkdir lists
    python3 - "$@" <<'END'
import hashlib, sys

known, revoked, truth = open("known", "w"), open("revoked", "w"), open("truth", "w")
for word in sys.argv[1:]:
    number, n, r = map(int, word.split(":"))
    issuer = "%064x" % (number * 7919)
    with open("lists/%s.known" % issuer, "w") as k, open("lists/%s.revoked" % issuer, "w") as v:
        for i in range(n):
            h = hashlib.sha256(b"%d %d" % (number, i)).hexdigest()
            serial = h[: 2 * (4 + int(h[-2:], 16) % 17)]
            k.write(serial + "\n")
            known.write("%s\t%s\n" % (issuer, serial))
            if i < r:
                v.write(serial + "\n")
                revoked.write("%s\t%s\n" % (issuer, serial))
            truth.write("%s\t%s\t%s\n" % (issuer, serial, "revoked" if i < r else "good"))
END
    cut -f 1-2 truth >questions
}

build() {
    run writ filter build --known known --revoked revoked --out filter "$@"
}

true_in() {
    writ filter query "$1" <questions >answers 2>err && cmp -s answers truth &&
        python3 "$second_reader" read "$1" <questions >answers 2>err && cmp -s answers truth
}
