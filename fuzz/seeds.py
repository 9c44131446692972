#!/usr/bin/env python3
"""Goal of this script: the first, meaningful files of each corpus.

    fuzz/seeds.py [TARGET...]

writes fuzz/corpus/TARGET/seed-NAME for every seed below, and leaves files that are there already
alone, so that seeds made with fresh keys do not change each time.  What the fuzzer found later
stands beside them under other names.  A new target adds a function and a line in SEEDS.
"""
import base64
import os
import sys

from seedlib import CERTIFICATE, HERE, openssl, tlv
import seeds_objects


def base64_seeds():
    for n in range(5):
        yield "bytes-%d" % n, base64.b64encode(bytes(range(250, 250 + n)))
    yield "all-letters", base64.b64encode(bytes(range(0, 256, 5)))
    yield "unused-bits", b"AB=="
    yield "padding-inside", b"AA==AAAA"
    yield "three-paddings", b"A==="
    yield "only-padding", b"="
    yield "url-alphabet", b"-_-_"
    yield "newline", b"QUJD\nREVG"


def cursor_seeds():
    yield "take", bytes([8, 1, 2, 0, 4, 9])
    yield "line", bytes([1]) + b"a line\n" + bytes([1]) + b"no newline"
    yield "field", bytes([2, 5, 6, 2, 9])
    yield "numbers", bytes([3, 0, 7, 1, 2, 11, 1, 2, 15, 1, 2, 3, 4, 19]) + bytes(range(16))
    yield "past-the-end", bytes([252, 0])
    yield "zeros", bytes([4, 0, 0, 0, 0, 4, 0, 0, 1])


def der_seeds():
    cert, public = openssl(CERTIFICATE, "cert.der", "public.der")
    yield "certificate", cert
    yield "public-key", public
    yield "boolean-true", tlv(1, b"\xff")
    yield "boolean-false", tlv(1, b"\0")
    yield "boolean-ber", tlv(1, b"\1")
    yield "integer-zero", tlv(2, b"\0")
    yield "integer-negative", tlv(2, b"\xff\x7f")
    yield "integer-padded", tlv(2, b"\0\1")
    yield "integer-64", tlv(2, b"\0" + b"\xff" * 8)
    yield "bit-string", tlv(3, b"\3\xf8")
    yield "bit-string-unused", tlv(3, b"\3\xff")
    yield "bit-string-empty", tlv(3, b"\0")
    yield "null", tlv(5)
    yield "oid", tlv(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b")
    yield "oid-padded", tlv(6, b"\x2a\x80\x01")
    yield "utf8", tlv(12, "Zoë".encode())
    yield "utf8-control", tlv(12, b"a\x1b[2J")
    yield "utc-time", tlv(23, b"261125070000Z")
    yield "generalized-time", tlv(24, b"20501125070000Z")
    yield "fraction", tlv(24, b"20261125070000.25Z")
    yield "last-second", tlv(24, b"99991231235959.9Z")
    yield "leap-day", tlv(23, b"250229000000Z")
    yield "indefinite", b"\x30\x80\x05\x00\x00\x00"
    yield "long-form", b"\x30\x81\x02\x05\x00"
    yield "leading-zero", b"\x30\x82\x00\x81" + b"\x05\x00" * 64 + b"\x04"
    yield "high-tag", b"\x1f\x81\x01\x00"
    yield "five-length-bytes", b"\x04\x85\x01\x00\x00\x00\x00"
    yield "length-beyond", b"\x04\x84\xff\xff\xff\xff"
    yield "two-elements", tlv(5) + tlv(5)
    yield "set", tlv(0x31, tlv(0x30, tlv(5)), tlv(0xa0, tlv(0x80, b"x")))
    yield "constructed-string", tlv(0x24, tlv(4, b"x"))
    nested = tlv(5)
    for _ in range(31):
        nested = tlv(0x30, nested)
    yield "depth-32", nested
    yield "depth-33", tlv(0x30, nested)


def fragment_seeds():
    yield "json", b'\n    "b": [{"c": "}\\"", "d": {}}]'
    yield "json-string", b'"b": "\\\\"'
    yield "json-open", b'"b": {'
    yield "json-close", b'}, "end": false, "file": {'
    yield "json-odd", b'"b": [}'
    yield "text", b"  b: 2\n  c:\n    - d\n"
    yield "text-margin", b"  b: 2\nend: no\n"
    yield "text-no-newline", b"  b: 2"
    yield "text-escape", b"  b: \x1b[2K\n"


def hex_seeds():
    yield "lower", b"00ff7a"
    yield "upper", b"00FF7A"
    yield "colons", b"AB:cd:01"
    yield "colon-at-end", b"ab:"
    yield "two-colons", b"ab::cd"
    yield "odd", b"abc"
    yield "other", b"0g"
    yield "room", b"5a" * 64
    yield "over-room", b"5a" * 65


def jail_frame_seeds():
    def frame(fault, offset, body, length=None):
        length = len(body) if length is None else length
        return (b"writ" + length.to_bytes(4, "little") + fault.to_bytes(4, "little") +
                offset.to_bytes(8, "little") + body)

    nowhere = 2**64 - 1
    yield "answer", frame(0, nowhere, b"hello")
    yield "empty-answer", frame(0, nowhere, b"")
    yield "fault", frame(65, 4711, b"serialNumber: negative")
    yield "silent-fault", frame(1, nowhere, b"")
    yield "escapes", frame(74, 0, b"\x1b[2J\n\xff\xe2\x80\xae\x00%s")
    yield "long-sentence", frame(74, 0, "\u00e4".encode() * 600)
    yield "unknown-class", frame(2, 0, b"x")
    yield "too-long", frame(0, nowhere, b"hello", 6)
    yield "trailing", frame(0, nowhere, b"hello", 4)
    yield "short", frame(0, nowhere, b"")[:19]


def oid_seeds():
    arc = b"\x69\x81\xeb\x80\x91\xb8\xc3\xcc\xa2\xb5\xd7\xab\x9f\x92\x92\xb2\xe9\xf0\x8c\x50"
    yield "common-name", b"\x55\x04\x03"
    yield "any-purpose", b"\x55\x1d\x25\x00"
    yield "uuid", arc + b"\x01"
    yield "padded", b"\x2a\x80\x01"
    yield "unfinished", b"\x2a\x86"
    yield "first-arcs", b"\x27\x28\x4f\x50"
    yield "huge", b"\x2a" + b"\xff" * 40 + b"\x7f"
    yield "huge-first", b"\xff" * 40 + b"\x7f"


def pem_seeds():
    cert = openssl(CERTIFICATE, "cert.pem")[0]
    body = b"-----BEGIN A B-----\nQUJD\n-----END A B-----\n"
    yield "certificate", cert
    yield "two-blocks", b"subject=one\n" + body + b"\nand another\n" + body
    yield "crlf", body.replace(b"\n", b"\r\n")
    yield "no-last-newline", body[:-1]
    yield "no-end", body[:25]
    yield "other-end", body.replace(b"END A B", b"END A")
    yield "no-label", body.replace(b"A B", b"")
    yield "control-in-label", body.replace(b"A B", b"A\x1bB")
    yield "header", body.replace(b"QUJD", b"Proc-Type: 4,ENCRYPTED\n\nQUJD")
    yield "empty", b"-----BEGIN A-----\n-----END A-----\n"
    yield "unused-bits", body.replace(b"QUJD", b"QUL=")
    yield "blank-line", body.replace(b"QUJD", b"QU\n\nJD")


def text_seeds():
    yield "ascii", b"Example Corp."
    yield "accents", "Zoë Ångström".encode()
    yield "four-bytes", "\U0001f511".encode()
    yield "escape", b"\x1b]0;title\x07"
    yield "override", "user\u202egnp.exe".encode()
    yield "zero-width", "pay\u200bpal".encode()
    yield "tags", "\U000e0041".encode()
    yield "overlong", b"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf"
    yield "surrogate", b"\xed\xa0\x80"
    yield "too-large", b"\xf4\x90\x80\x80"
    yield "cut", b"abc\xe2\x82"
    yield "c1", b"\xc2\x9b31m"
    yield "quotes", b"\"\\/\b"
    yield "long", b"0123456789" * 7


def time_seeds():
    for name, text in [("zulu", "2026-11-25T07:00:00Z"), ("lower", "2026-11-25t07:00:00z"),
                       ("offset", "2026-11-25T07:00:00+01:00"), ("space", "2026-11-25 07:00:00Z"),
                       ("date", "2026-11-25"), ("unix", "@1764054000"), ("digits", "1764054000"),
                       ("first", "0001-01-01T00:00:00Z"), ("before-first", "0001-01-01T00:00:00+23:59"),
                       ("last", "9999-12-31T23:59:59Z"), ("after-last", "9999-12-31T23:59:59-23:59"),
                       ("leap-day", "2000-02-29"), ("no-leap-day", "1900-02-29"),
                       ("leap-second", "2016-12-31T23:59:60Z"), ("seconds", "90s"), ("years", "1000y"),
                       ("too-many-years", "1001y"), ("overflow", "99999999999999999999s"),
                       ("weeks", "2w"), ("no-unit", "7")]:
        yield name, text.encode()


def upki_config_seeds():
    for name, text in [("empty", ""), ("basic", 'cache-dir = "/var/cache/upki"\n'),
                       ("whole", "# one\n\ncache-dir = '/c' # two\n[revocation]\nfetch-url = 'x'\n"),
                       ("escapes", 'cache-dir = "/a \\"b\\" \\\\ c"'), ("unicode", 'cache-dir = "\\u00e9"'),
                       ("literal", "cache-dir='/as \\ it \" is'\r\n"), ("twice", "cache-dir='a'\ncache-dir='b'"),
                       ("inline", "revocation = { fetch-url = 'x' }\ncache-dir = 'c'"),
                       ("open", 'cache-dir = "/c\n'), ("no-value", "cache-dir ="),
                       ("behind", "[revocation]\ncache-dir = 'c'"), ("nul", "cache-dir = 'a\0b'"),
                       ("multi-line", 'cache-dir = """a"""'), ("unknown", "other = 1\n")]:
        yield name, text.encode()


def importrow_seeds():
    for name, text in [("index", "V\t270101000000Z\t\t80\tunknown\t/C=DE/CN=Alice\n"
                                 "R\t20510101000000Z\t260101000000Z,keyTime,20251231000000Z\t01\tx\t/O=X\n"
                                 "E\t200101000000Z\t\t-80\tunknown\t/CN=\n"),
                       ("decimal", 'serial_decimal,name,status\n128,"a ""b"", c",valid\n-129,x,expired\n'),
                       ("hex", "serial_hex,revoked_at,reason,since\nff:00,2026-01-02T03:04:05Z,superseded,@5\n"),
                       ("unsaid", "name,serial\r\nten,10\r\nsixteen,0x10\r\n"),
                       ("large", "serial_decimal\n730750818665451459101842416358141509827966271488\n"),
                       ("quotes", 'serial_hex,name\n1,"open\n2,a"b"\n'), ("empty", "\n\t\t\t\t\t\n,,,\n")]:
        yield name, text.encode()


def crl_seeds():
    folder = os.path.join(HERE, "..", "tests", "fixtures", "crl")
    for file in sorted(os.listdir(folder)):
        if file.endswith(".crl") and file != "bad-empty.crl":
            with open(os.path.join(folder, file), "rb") as f:
                yield file[:-len(".crl")], f.read()


SEEDS = {
    "base64": base64_seeds,
    "crl": crl_seeds,
    "cursor": cursor_seeds,
    "der": der_seeds,
    "fragment": fragment_seeds,
    "hex": hex_seeds,
    "importrow": importrow_seeds,
    "jail_frame": jail_frame_seeds,
    "oid": oid_seeds,
    "pem": pem_seeds,
    "text": text_seeds,
    "time": time_seeds,
    "upki_config": upki_config_seeds,
    **seeds_objects.SEEDS,
}


def main():
    for target in sys.argv[1:] or sorted(SEEDS):
        corpus = os.path.join(HERE, "corpus", target)
        os.makedirs(corpus, exist_ok=True)
        for name, content in SEEDS[target]():
            path = os.path.join(corpus, "seed-" + name)
            if not os.path.exists(path):
                with open(path, "wb") as f:
                    f.write(content)


main()
