#!/usr/bin/env python3
"""The test vectors and the examples of the manual pages.

vectors.py MAN DIR         writes the vectors of the pages in MAN to DIR, as files that make a feed:
                           feed.note, bundle.pem, targets/, and a sealed file: hello, hello.writ
vectors.py --examples MAN  prints page, mark and line of each example that is to be run
"""
import base64, glob, hashlib, os, re, struct, sys


def unescape(line):
    for escape, text in (("\\(em", "\u2014"), ("\\-", "-"), ("\\&", ""), ("\\e", "\\")):
        line = line.replace(escape, text)
    return line


def displays(path, mark):
    """Name and lines of each literal display that a mark stands before."""
    lines = open(path, encoding="utf-8").read().splitlines()
    for i, line in enumerate(lines):
        match = re.fullmatch(r'\.\\" %s (\S+)' % mark, line)
        if match:
            if not lines[i + 1].startswith(".Bd -literal"):
                sys.exit("%s: no display after %s" % (path, line))
            end = lines.index(".Ed", i)
            yield match.group(1), [unescape(text) for text in lines[i + 2 : end]]


def joined(lines):
    """Lines that end in a backslash go on."""
    return re.sub(r"\\\n *", "", "\n".join(lines) + "\n")


def hexadecimal(lines):
    return bytes.fromhex("".join(re.sub(r"^[0-9a-f]{4}  ", "", line) for line in lines))


def contents(der):
    """The contents of the first element."""
    if der[1] < 0x80:
        return der[2 : 2 + der[1]]
    n = der[1] & 0x7F
    length = int.from_bytes(der[2 : 2 + n], "big")
    return der[2 + n : 2 + n + length]


def elements(der):
    while der:
        header = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
        n = header + len(contents(der))
        yield der[:n]
        der = der[n:]


def code_directory(seal):
    entries = list(elements(contents(seal)))[2]
    entry = next(elements(contents(entries)))
    return next(elements(contents(entry)))


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def write_vectors(man, to):
    found = {}
    for page in sorted(glob.glob(man + "/*.5")):
        found.update(displays(page, "vector"))
    for name in ("table-empty", "table-list", "code-directory", "trailer", "number", "cascade", "stash",
                 "clubcard-3", "clubcard-4",
                 "onecrl"):
        write("%s/%s" % (to, name), hexadecimal(found[name]))
    table = hexadecimal(found["table-list"])
    seal = base64.b64decode("".join(found["seal"]))
    write("%s/targets/%s.table" % (to, hashlib.sha256(table).hexdigest()), table)
    write(to + "/feed.note", joined(found["note"]).encode())
    write(to + "/bundle.pem", ("\n".join(found["bundle"]) + "\n").encode())
    write(to + "/hello", b"hello\n")
    write(to + "/hello.writ", seal)
    write(to + "/parts/codedirectory", code_directory(seal))
    write(to + "/lengths", struct.pack(">QQ", len(seal), len(b"hello\n")))
    write(to + "/merkle", ("\n".join(found["merkle"]) + "\n").encode())
    page = open(man + "/writ-feed.5", encoding="utf-8").read()
    key = re.search(r"which the key ([0-9a-f]{64}) signed", page).group(1)
    write(to + "/key.raw", bytes.fromhex(key))


def print_examples(man):
    for page in sorted(glob.glob(man + "/*.[15]")):
        for i, (name, lines) in enumerate(displays(page, "example")):
            # A line that ends in a backslash goes on in the next one.
            text = re.sub(r"\\\n *", "", "\n".join(lines))
            for line in text.splitlines():
                if line.startswith("$ "):
                    print("%s\t%s:%d\t%s" % (os.path.basename(page), name, i, line[2:]))


if sys.argv[1] == "--examples":
    print_examples(sys.argv[2])
else:
    write_vectors(sys.argv[1], sys.argv[2])
