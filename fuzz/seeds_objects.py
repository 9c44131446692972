"""Seeds for the parsers of src/object, and for a whole judgement.

The engine's fixture (fixtures/engine: a bundle, a program and a script with their seals, a feed) is
made with writ itself, from the build that WRIT_BUILD names, when it is not there; keys are then
thrown away, so it is made again as a whole or not at all.
"""
import base64
import glob
import hashlib
import json
import os
import struct
import subprocess
import tempfile

from seedlib import HERE, openssl, tlv

FIXTURE = os.path.join(HERE, "fixtures", "engine")
ARC = b"\x69\x81\xeb\x80\x91\xb8\xc3\xcc\xa2\xb5\xd7\xab\x9f\x92\x92\xb2\xe9\xf0\x8c\x50"
HASH = bytes(range(32))


def seq(*parts):
    return tlv(0x30, *parts)


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def oid(content):
    return tlv(6, content)


def children(der):
    """The elements inside a constructed one."""
    def header(b):
        if b[1] < 0x80:
            return 2, b[1]
        count = b[1] & 0x7f
        return 2 + count, int.from_bytes(b[2:2 + count], "big")
    start, n = header(der)
    rest, found = der[start:start + n], []
    while rest:
        start, n = header(rest)
        found.append(rest[:start + n])
        rest = rest[start + n:]
    return found


# ------------------------------------------------------------------------------- the fixture

def small_program():
    """An ELF file of one segment, which nobody needs to run."""
    code = bytes.fromhex("b83c00000031ff0f05")
    size = 64 + 56 + len(code)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 0x1000)
    return header + segment + code


def make_fixture():
    build = os.path.abspath(os.environ.get("WRIT_BUILD", os.path.join(HERE, "..", "build")))
    writ = os.path.join(build, "prog", "writ", "writ")
    made = {}
    with tempfile.TemporaryDirectory() as d:
        env = dict(os.environ, WRIT_ROOT=d)

        def run(*command):
            subprocess.run([writ] + list(command), cwd=d, env=env, check=True, stdout=subprocess.DEVNULL)

        def keep(name, path):
            with open(os.path.join(d, path), "rb") as f:
                made[name] = f.read()

        def keep_feed(suffix):
            keep("note" + suffix, "feed/feed.note")
            keep("table" + suffix, max(glob.glob(os.path.join(d, "feed/targets/*.table")), key=os.path.getmtime))

        run("ca", "init", "Example", "--insecure-plain-keys")
        run("ca", "issue", "Alice", "--out", "alice", "--insecure-plain-key")
        with open(os.path.join(d, "app"), "wb") as f:
            f.write(small_program())
        with open(os.path.join(d, "script"), "wb") as f:
            f.write(b"#!/bin/sh\necho hello\n")
        keep("app", "app")
        keep("script", "script")
        run("sign", "app", "--key", "alice")
        run("sign", "script", "--key", "alice")
        keep("app.sealed", "app")
        keep("script.writ", "script.writ")
        run("publish", "feed")
        keep_feed("")
        pem = open(os.path.join(d, "feed/bundle.pem")).read().split("-----")[2]
        made["bundle.der"] = base64.b64decode(pem)
        run("ca", "revoke", "Alice", "--reason", "superseded")
        run("ca", "revoke", "--content", "app", "--note", "a bad release")
        run("publish")
        keep_feed(".revoked")
    os.makedirs(FIXTURE)
    for name, content in made.items():
        with open(os.path.join(FIXTURE, name), "wb") as f:
            f.write(content)


def fixture(name):
    if not os.path.isdir(FIXTURE):
        make_fixture()
    with open(os.path.join(FIXTURE, name), "rb") as f:
        return f.read()


def fixture_cms():
    return children(children(children(fixture("script.writ"))[2])[0])[1]


def fixture_directory():
    return children(children(children(fixture("script.writ"))[2])[0])[0]


def fixture_certificates():
    """Those in the seal's CMS."""
    data = children(children(fixture_cms())[1])[0]
    return children(next(c for c in children(data) if c[0] == 0xa0))


# ------------------------------------------------------------------------------ certificates

EXTENSIONS = ("-addext basicConstraints=critical,CA:TRUE,pathlen:2 -addext keyUsage=critical,keyCertSign,cRLSign "
              "-addext extendedKeyUsage=critical,codeSigning,1.2.3 -addext subjectAltName=DNS:example.com "
              "-addext authorityInfoAccess=OCSP;URI:http://x/ -addext crlDistributionPoints=URI:http://x/ "
              "-addext certificatePolicies=1.2.3.4 -addext nameConstraints=permitted;DNS:example.com "
              "-addext 1.2.3.4=critical,ASN1:NULL")
SELF_SIGNED = "req -x509 -nodes -days 36500 -keyout k -out c.der -outform DER -subj /O=Example/OU=team/CN=fuzz "


def x509(options):
    arguments = [a.replace("OCSP;URI", "OCSP;URI") for a in (SELF_SIGNED + options).split()]
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["openssl"] + arguments, cwd=d, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return open(os.path.join(d, "c.der"), "rb").read()


def cert_seeds():
    yield "p256", x509("-newkey ec -pkeyopt ec_paramgen_curve:P-256")
    yield "all-extensions", x509("-newkey ec -pkeyopt ec_paramgen_curve:P-384 " + EXTENSIONS)
    yield "rsa", x509("-newkey rsa:1024 -sha512")
    yield "ed25519", x509("-newkey ed25519")
    yield "explicit-curve", x509("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit")
    yield "no-name", x509("-newkey ed25519").replace(b"fuzz", b"fu\x1bz")
    certificates = fixture_certificates()
    for i, der in enumerate(certificates):
        yield "writ-%d" % i, der
    yield "serial-negative", certificates[0].replace(b"\x02\x10", b"\x02\x10\xff", 1)[:len(certificates[0])]
    yield "not-der", certificates[0].replace(b"\x01\x01\xff", b"\x01\x01\x00")
    yield "empty", b"\x30\x00"


def csr_seeds():
    yield "p256", openssl("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out r "
                          "-outform DER -subj /CN=fuzz", "r")[0]
    yield "rsa-extensions", openssl("req -new -newkey rsa:1024 -nodes -keyout k -out r -outform DER -subj /CN=fuzz "
                                    "-addext basicConstraints=CA:TRUE", "r")[0]
    yield "ed25519", openssl("req -new -newkey ed25519 -nodes -keyout k -out r -outform DER -subj /CN=fuzz", "r")[0]
    info = seq(integer(0), seq(), seq(seq(oid(b"\x2b\x65\x70")), tlv(3, b"\0" + HASH)), tlv(0xa0))
    yield "no-attributes", seq(seq(integer(0), seq(), seq(seq(oid(b"\x2b\x65\x70")), tlv(3, b"\0" + HASH))),
                               seq(oid(b"\x2b\x65\x70")), tlv(3, b"\0\1"))
    yield "empty-name", seq(info, seq(oid(b"\x2b\x65\x70")), tlv(3, b"\0\1"))


# ------------------------------------------------------------------------ CMS and timestamps

ARC_TEXT = "2.25.156184997021121762790734345848554784336.2"
MAKE_SIGNER = ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=fuzz "
               "-keyout k -out c -addext extendedKeyUsage=critical,timeStamping; "
               "rand -out content 20; ")
MAKE_CMS = MAKE_SIGNER + "cms -sign -binary -in content -signer c -inkey k -outform DER -out s -econtent_type " + ARC_TEXT


def cms_seeds():
    yield "writ", fixture_cms()
    yield "cades", openssl(MAKE_CMS + " -cades", "s")[0]
    yield "with-content", openssl(MAKE_CMS + " -nodetach", "s")[0]
    yield "no-attributes", openssl(MAKE_CMS + " -noattr", "s")[0]
    yield "key-id", openssl(MAKE_CMS + " -keyid -nocerts", "s")[0]
    yield "indefinite", openssl(MAKE_CMS + " -nodetach -stream -indef", "s")[0]
    yield "rsa", openssl(MAKE_CMS.replace("ec -pkeyopt ec_paramgen_curve:P-256", "rsa:1024") + " -cades", "s")[0]


def timestamp_seeds():
    config = ("[tsa]\ndefault_tsa=t\n[t]\nserial=n\ndefault_policy=1.2.3\nsigner_digest=sha256\ndigests=sha256\n"
              "accuracy=secs:1,millisecs:500\nclock_precision_digits=3\nordering=yes\ntsa_name=yes\n"
              "ess_cert_id_alg=sha256\n")
    with tempfile.NamedTemporaryFile("w") as f:
        f.write(config)
        f.flush()
        reply = "; ts -reply -config %s -queryfile q -signer c -inkey k -out a" % f.name
        granted = openssl(MAKE_SIGNER + "ts -query -data content -sha256 -cert -out q" + reply, "a")[0]
        refused = openssl(MAKE_SIGNER + "ts -query -data content -sha512 -cert -out q" + reply, "a")[0]
    yield "answer", granted
    yield "refusal", refused
    yield "token", children(granted)[1]
    yield "no-cert", openssl(MAKE_CMS, "s")[0]
    yield "refusal-words", seq(seq(integer(2), seq(tlv(12, "no\x1b[2J time".encode()))))


# -------------------------------------------------------------------------------------- seals

def stamped(seal):
    """The seal with something where a timestamp goes."""
    parts = children(seal)
    entry = children(children(parts[2])[0])
    extra = tlv(0xa0, seq(integer(1), tlv(4, seq(tlv(5)))))
    return seq(parts[0], parts[1], seq(seq(*entry, extra)))


def seal_seeds():
    seal = fixture("script.writ")
    parts = children(seal)
    entry = children(parts[2])[0]
    yield "one", seal
    yield "stamped", stamped(seal)
    yield "two", seq(parts[0], parts[1], seq(entry, children(children(stamped(seal))[2])[0]))
    yield "nine", seq(parts[0], parts[1], seq(*[seq(children(entry)[0], seq())] * 9))
    yield "none", seq(parts[0], parts[1], seq())
    yield "version-2", seq(parts[0], integer(2), parts[2])
    yield "extra-2", stamped(seal).replace(bytes.fromhex("02010104020500"), bytes.fromhex("02010204020500"))


def codedirectory_seeds():
    def directory(kind=1, n=4711, root=HASH, name=b"app", team=b"team", flags=0):
        return seq(oid(ARC + b"\2"), integer(1), tlv(10, bytes([kind])), integer(n), tlv(4, root), tlv(12, name),
                   tlv(12, team), integer(flags))
    yield "writ", fixture_directory()
    yield "plain", directory()
    yield "data", directory(kind=5, n=0, name="Zo\u00eb".encode(), flags=0xffffffff)
    yield "largest", directory(n=(1 << 63) - 1, name=b"x" * 255, team=b"y" * 64)
    yield "kind-6", directory(kind=6)
    yield "root-31", directory(root=HASH[1:])
    yield "control", directory(name=b"a\x1bb")


MAGIC = b"\x97writ-tail/v1\r\n\x1a"


def with_tail(content, seal):
    return content + bytes(-len(content) % 8) + seal + MAGIC + struct.pack(">QQ", len(seal), len(content))


def tail_seeds():
    yield "none", b"#!/bin/sh\n"
    yield "short", with_tail(b"hello", b"seal")
    yield "aligned", with_tail(b"8 bytes.", b"x")
    yield "empty-content", with_tail(b"", b"seal")
    yield "trailer-alone", MAGIC + bytes(16)
    yield "nested", with_tail(with_tail(b"hello", b"seal"), b"seal")
    yield "pad", with_tail(b"hello", b"seal").replace(b"hello\0", b"hello\1")
    yield "overflow", b"x" * 16 + MAGIC + struct.pack(">QQ", 17, 2**64 - 1)


def elf_seeds():
    yield "exec-64", small_program()
    yield "script", b"#!/bin/sh\n"
    yield "data", b"hello"
    for name, order, ident in [("32-little", "<", b"\1\1\1"), ("32-big", ">", b"\1\2\1")]:
        header = struct.pack(order + "16sHHIIIIIHHHHHH", b"\x7fELF" + ident, 3, 3, 1, 0, 52, 200, 0, 52, 32, 2, 40, 2, 0)
        segments = struct.pack(order + "8I", 3, 180, 0, 0, 8, 8, 0, 0) + struct.pack(order + "8I", 2, 116, 0, 0, 16, 16, 0, 0)
        dynamic = struct.pack(order + "4I", 0x6ffffffb, 0x08000000, 0, 0)
        body = (header + segments + dynamic).ljust(200, b"\0")
        yield name, body + bytes(40) + struct.pack(order + "10I", 0, 8, 0, 0, 9000, 9000, 0, 0, 0, 0)
    header = struct.pack(">16sHHIQQQIHHHHHH", b"\x7fELF\2\2\1", 3, 62, 1, 0, 64, 64, 0, 64, 56, 0xffff, 64, 0, 0)
    yield "64-big-counts", header + struct.pack(">IIQQQQIIQQ", 0, 0, 0, 0, 0, 1, 0, 1, 0, 0)


# ------------------------------------------------------------------------------------- tables

def detail(reason, since=5, at=7):
    return since.to_bytes(5, "little") + at.to_bytes(5, "little") + bytes([reason, 0])


def block(kind, sections, chain, chain_count, count, numbered=0, covered=0, gaps=0):
    def padded(b):
        return b + bytes(-len(b) % 8)
    return (struct.pack("<IIQQQQQ16x", numbered, chain_count, covered, count, gaps, len(chain), 1764054000) +
            b"".join(padded(s) for s in sections) + padded(chain))


def table(*blocks):
    """blocks: (issuer, kind, bytes)"""
    offset, directory = 64 + 64 * len(blocks), b""
    for issuer, kind, content in blocks:
        directory += issuer + struct.pack("<I4xQQ8x", kind, offset, len(content))
        offset += len(content)
    head = b"\x97wtbl\r\n\x1a" + struct.pack("<IIQQ32x", 1, len(blocks), offset, 1764054000)
    return head + directory + b"".join(content for _, _, content in blocks)


CHAIN = bytes.fromhex("300302010530020500")


def a_list():
    return block(1, [struct.pack("<QQQQ", 5, 10, 20, 30), bytes(15) + b"\1" + bytes(15) + b"\2" + b"\xff" * 16,
                     detail(1) + detail(6) + detail(9)], CHAIN, 2, 3, numbered=1, covered=1000, gaps=2)


def some_contents():
    return block(2, [b"".join(struct.pack("<Q", n) + HASH + detail(9) + bytes(4) for n in (1, 2))], CHAIN, 2, 2)


def table_seeds():
    yield "empty", table()
    yield "list", table((HASH, 1, a_list()))
    yield "contents", table((HASH, 2, some_contents()))
    yield "three", table((HASH, 1, a_list()), (HASH, 2, some_contents()),
                         (b"\xff" * 32, 1, block(1, [], CHAIN, 2, 0)))
    yield "unordered", table((HASH, 1, a_list().replace(b"\xff" * 16, bytes(16))))
    yield "unknown-kind", table((HASH, 3, a_list()))
    yield "published", fixture("table")
    yield "revoked", fixture("table.revoked")


# --------------------------------------------------------------------------------------- feeds

VKEY = "next+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def feed_text(version="7", as_of="2026-11-25T07:00:00Z", expires="2026-12-02T07:00:00Z", kinds=("table",), rest=""):
    h = HASH.hex()
    files = "".join("file targets/%s.%s 4711 %s\n" % (h, kind, h) for kind in kinds)
    return ("writ-feed/v1 example.com %s\nversion %s\nas_of %s\nexpires %s\n%s%s" %
            (h, version, as_of, expires, files, rest)).encode()


def feed_seeds():
    yield "plain", feed_text()
    yield "next-key", feed_text(rest="next-key %s\n" % VKEY)
    yield "kinds", feed_text(kinds=("ribbon", "table", "x2"))
    yield "version-zero", feed_text(version="0")
    yield "version-padded", feed_text(version="07")
    yield "too-long", feed_text(expires="2027-12-02T07:00:00Z")
    yield "space", feed_text().replace(b"\nversion", b" \nversion")
    yield "two-tables", feed_text(kinds=("table", "table"))


def note_line(name="example.com", blob=bytes(68)):
    return "\u2014 %s %s\n" % (name, base64.b64encode(blob).decode())


def note_seeds():
    yield "feed", fixture("note")
    yield "example", ("This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAl"
                      "TgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n").encode()
    yield "two", ("text\n\n" + note_line() + note_line("other", bytes(5))).encode()
    yield "large", ("text\n\n" + note_line(blob=bytes(300))).encode()
    yield "empty-lines", ("a\n\nb\n\n" + note_line()).encode()
    yield "no-signature", b"text\n\n"
    yield "unused-bits", "text\n\n\u2014 n AAAAAAB=\n".encode()
    yield "space-in-name", ("text\n\n" + note_line("a\u00a0b")).encode()
    yield "control", ("te\rxt\n\n" + note_line()).encode()


def notekey_seeds():
    yield "plain", VKEY.encode()
    yield "slash", b"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    yield "type-2", VKEY.replace("+Aeky", "+Auky").encode()
    yield "upper", VKEY.replace("530d", "530D").encode()
    yield "short", b"n+00000000+AQ=="
    yield "no-plus", b"name"


def memory_seeds():
    floor = "origin example.com\nversion 7\nas_of 1795590000\nnote %s\n" % HASH.hex()
    yield "empty", b""
    yield "floor", floor.encode()
    yield "floor-keys", (floor + (VKEY + "\n") * 4).encode()
    yield "keys", (VKEY + "\n").encode()
    yield "negative", floor.replace("1795590000", "-1").encode()
    yield "cut", floor.encode()[:30]


def bundle_seeds():
    bundle = fixture("bundle.der")
    info = children(children(bundle)[0])
    signature = children(bundle)[1:]
    yield "published", bundle
    yield "generalized", seq(seq(*info[:3], tlv(0x18, b"20261125070000Z"), *info[4:]), *signature)
    yield "four-keys", seq(seq(*info[:8], seq(*[tlv(4, HASH)] * 4), seq()), *signature)
    yield "tls", seq(seq(*info[:4], tlv(10, b"\2"), oid(b"\x2b\x06\x01\x05\x05\x07\x03\x01"), *info[6:]), *signature)
    yield "no-root", seq(seq(*info[:6], seq(), *info[7:]), *signature)


# -------------------------------------------------------------------------------------- all of it

def engine_input(file=b"", seal=b"", note=b"", table=b""):
    return struct.pack(">HHH", len(file), len(seal), len(note)) + file + seal + note + table


def engine_seeds():
    note, table_, seal = fixture("note"), fixture("table"), fixture("script.writ")
    app, script, sealed = fixture("app"), fixture("script"), fixture("app.sealed")
    revoked = fixture("note.revoked"), fixture("table.revoked")
    yield "tail-allowed", engine_input(sealed, b"", note, table_)
    yield "detached-allowed", engine_input(script, seal, note, table_)
    yield "never-pulled", engine_input(sealed)
    yield "tail-revoked", engine_input(sealed, b"", *revoked)
    yield "content-revoked", engine_input(app, b"", *revoked)
    yield "unsigned", engine_input(script, b"", note, table_)
    yield "changed", engine_input(script.replace(b"hello", b"jello"), seal, note, table_)
    yield "other-file", engine_input(app, seal, note, table_)
    yield "table-of-another-note", engine_input(script, seal, note, revoked[1])
    yield "stamped", engine_input(script, stamped(seal), note, table_)
    yield "no-seal", engine_input(script, b"\x30\x00", note, table_)
    yield "data-on-program", engine_input(with_tail(app, seal), b"", note, table_)


def showing_seeds():
    yield "ocsp-request", dict(ocsp_request_seeds())["nonce"]
    yield "ocsp-response", dict(ocsp_response_seeds())["extensions"]
    yield "seal", stamped(fixture("script.writ"))
    yield "sealed", fixture("app.sealed")
    yield "certificate", fixture_certificates()[0]
    yield "chain", b"".join(pem("CERTIFICATE", c) for c in fixture_certificates())
    yield "request", next(csr_seeds())[1]
    yield "bundle", pem("WRIT BUNDLE", fixture("bundle.der"))
    yield "table", fixture("table.revoked")
    yield "note", fixture("note")
    yield "feed", feed_text(rest="next-key %s\n" % VKEY)
    yield "cms", fixture_cms()
    yield "token", dict(timestamp_seeds())["token"]
    yield "cascade", dict(filter_fixtures("v"))["v2-sha256ctr-salt"]
    yield "stash", dict(filter_fixtures("stash"))["stash-3"]
    yield "onecrl", onecrl_file(HASH)
    yield "clubcard-3", dict(clubcard_seeds())["small-v3"]
    yield "clubcard-4", dict(clubcard_seeds())["small-v4"]
    yield "script", b"#!/bin/sh\n"
    yield "nothing", b"hello"


def filterindex(files, logs, form=1):
    """An index of upki: files are names, logs a list of (id, [(file, earliest, latest)])."""
    number = "B" if form == 0 else "H"
    head = b"upkiidx%d" % form + struct.pack(">%sI" % number, len(files), len(logs))
    names = b"".join(name.ljust(32, b"\0") for name in files)
    table, entries = b"", b""
    for log, intervals in logs:
        at = len(head) + len(names) + 42 * len(logs) + len(entries)
        table += log + struct.pack(">QH", at, len(intervals))
        entries += b"".join(struct.pack(">%sQQ" % number, *i) for i in intervals)
    return head + names + table + entries


def filterindex_seeds():
    files = [b"20260322-0-default.filter", b"20260322-1-default.filter.delta"]
    logs = [(b"\x11" * 32, [(0, 100, 200), (1, 150, 300)]), (b"\x22" * 32, [(1, 5, 5)])]
    yield "two-files", filterindex(files, logs)
    yield "old-form", filterindex(files, logs, 0)
    yield "empty", filterindex([], [])
    yield "backwards", filterindex(files[:1], [(b"\x11" * 32, [(0, 200, 100)])])
    yield "no-entries", filterindex(files, [(b"\x11" * 32, [])])
    yield "stranger-file", filterindex(files, [(b"\x11" * 32, [(2, 1, 2)])])
    yield "unsorted", filterindex(files, logs[::-1])
    yield "same-name", filterindex(files[:1] * 2, logs)
    yield "path-name", filterindex([b"../manifest.json"], [])
    yield "trailing", filterindex(files, logs) + b"\0"
    yield "short", filterindex(files, logs)[:-1]


# -------------------------------------------------------------------------- sources of filters

def changeset(changes, timestamp=17):
    return json.dumps({"timestamp": timestamp, "changes": changes, "metadata": {"signature": {
        "mode": "p384ecdsa", "signature": "SIG", "x5u": "https://example.com/chain"}}}).encode()


def filter_record(i, parent=None, **more):
    name = "%d.%s" % (i, "delta" if parent else "filter")
    record = {"id": "r%d" % i, "channel": "default", "incremental": parent is not None, "effectiveTimestamp": 1774137600000,
              "attachment": {"filename": name, "hash": HASH.hex(), "size": 5, "location": "a/" + name}}
    if parent:
        record["parent"] = parent
    return dict(record, **more)


def remotesettings_seeds():
    chain = [filter_record(1), filter_record(2, "r1"), filter_record(3, "r2")]
    message = json.dumps({"data": chain, "last_modified": "17"}).encode()
    yield "whole", changeset(chain)
    yield "changes", changeset([{"id": "r3", "deleted": True}, filter_record(4, "r2")]) + b"\xff" + message
    yield "message", message
    yield "empty", changeset([])
    yield "unsigned-members", changeset([{"id": "a", "deleted": False, "attachment": None}])
    yield "escapes", changeset([{"id": "\u00e9\U0001f511", "x": "\x7f\"\\\n", "\uff61": [1, -1, True, None]}])
    yield "fraction", changeset([{"id": "a", "x": 1.5}])
    yield "twice", changeset([{"id": "a"}, {"id": "a"}])
    yield "fork", json.dumps({"data": chain + [filter_record(5, "r1")]}).encode()
    yield "circle", json.dumps({"data": [filter_record(1), filter_record(1, "r1")]}).encode()
    yield "deep", b"[" * 17 + b"]" * 17
    yield "root", b'{"capabilities":{"attachments":{"base_url":"https://example.com"}}}'


def manifest_seeds():
    files = [{"filename": n, "size": 5, "hash": HASH.hex()} for n in ("full.filter", "1.delta")]
    yield "files", json.dumps({"generated_at": 1774137600, "comment": "\u00e9", "files": files}).encode()
    yield "filters", json.dumps({"generated_at": 0, "filters": files}).encode()
    yield "both", json.dumps({"generated_at": 0, "filters": files, "files": files}).encode()
    yield "path", json.dumps({"generated_at": 0, "files": [dict(files[0], filename="../x")]}).encode()
    yield "plan", b"as_of 1\ngenerated 2\nfile " + HASH.hex().encode() + b" 5 full.filter a/full.filter\n"


def filterrecord_seeds():
    head = b"writ-filters 1\nkind crlite\ndirectory revocation\nas_of 1774137600\ngenerated 0\n"
    file = HASH.hex().encode() + b" 6126299 17 1774137600 999999999"
    yield "two-files", head + b"file " + file + b" full.filter\nfile " + file + b" 1.delta\n"
    yield "onecrl", head.replace(b"crlite", b"upki") + b"onecrl " + file + b"\nfile " + file + b" a\n"
    yield "empty", head
    yield "path", head + b"file " + file + b" ../a\n"
    yield "short", head[:-3]


def contentsignature_seeds():
    fixtures = os.path.join(HERE, "..", "tests", "fixtures", "contentsignature")
    for name in "good", "no-root", "no-leaf", "p256":
        with open(os.path.join(fixtures, name + ".pem"), "rb") as f:
            chain = f.read()
        with open(os.path.join(fixtures, name + ".sig"), "rb") as f:
            yield name, chain + b"\0" + f.read()
    yield "empty", b""
    yield "no-certificate", pem("CERTIFICATE", b"\x30\x00")


def pem(label, der):
    text = base64.encodebytes(der).decode()
    return ("-----BEGIN %s-----\n%s-----END %s-----\n" % (label, text, label)).encode()


def filter_fixtures(start):
    """Those of tests/fixtures/cascade whose names begin so, without the large one."""
    folder = os.path.join(HERE, "..", "tests", "fixtures", "cascade")
    for name in sorted(os.listdir(folder)):
        if name.startswith(start) and not name.endswith("large"):
            with open(os.path.join(folder, name), "rb") as f:
                yield name, f.read()


def layer(kind, bits, k, number):
    return struct.pack("<BIIB", kind, bits, k, number) + b"\x55" * ((bits + 7) // 8)


def cascade_seeds():
    yield from filter_fixtures("v")
    yield "no-layer", b"\2\0\0\0"
    yield "one-bit", b"\1\0" + layer(3, 1, 64, 1)
    yield "no-bits", b"\1\0" + layer(1, 0, 1, 1)
    yield "k-65", b"\1\0" + layer(1, 8, 65, 1)
    yield "gap", b"\1\0" + layer(1, 8, 1, 1) + layer(1, 8, 1, 3)
    yield "two-hashes", b"\1\0" + layer(1, 8, 1, 1) + layer(2, 8, 1, 2)
    yield "murmur3-salt", b"\2\0\0\1x" + layer(1, 8, 1, 1)
    yield "layers-64", b"\1\0" + b"".join(layer(2, 8, 1, i) for i in range(1, 65))
    yield "layers-65", b"\1\0" + b"".join(layer(2, 8, 1, i) for i in range(1, 66))
    yield "huge-layer", b"\1\0" + struct.pack("<BIIB", 1, 1 << 29, 1, 1)


def stash_seeds():
    yield from filter_fixtures("stash")
    yield "empty-issuer", struct.pack("<IB", 0, 0)
    yield "empty-serial", struct.pack("<IB", 1, 1) + b"x\0"
    yield "no-serials", struct.pack("<IB", 0, 1) + b"x"
    yield "many-serials", struct.pack("<IB", 0xffffffff, 1) + b"x\1y"


def onecrl_file(*keys):
    return b"\x97wocl\r\n\x1a" + struct.pack("<Q", len(keys)) + b"".join(keys)


def onecrl_seeds():
    yield "none", onecrl_file()
    yield "three", onecrl_file(bytes(32), HASH, b"\xff" * 32)
    yield "twice", onecrl_file(HASH, HASH)
    yield "descending", onecrl_file(HASH, bytes(32))
    yield "cut", onecrl_file(HASH)[:-1]
    yield "count", onecrl_file(HASH)[:8] + b"\xff" * 8


def onecrl_json_seeds():
    name = base64.b64encode(seq(tlv(0x31, seq(oid(b"\x55\4\3"), tlv(12, b"CA"))))).decode()
    by_serial = '{"id": "a", "issuerName": "%s", "serialNumber": "EQ=="}' % name
    by_subject = '{"subject": "%s", "pubKeyHash": "%s"}' % (name, base64.b64encode(HASH).decode())
    yield "both", ('{"data": [%s, %s], "timestamp": 1}' % (by_serial, by_subject)).encode()
    yield "none", b'{"data": []}'
    yield "deleted", b'{"data": [{"id": "a", "deleted": true}]}'
    yield "deep", b'{"data": ' + b"[" * 20 + b"]" * 20 + b"}"
    yield "no-list", b'{"data": {}}'
    yield "not-base64", by_serial.replace("EQ==", "EQ").join(('{"data": [', "]}")).encode()
    yield "no-name", by_serial.replace(name, "MAA=").join(('{"data": [', "]}")).encode()


def clubcard_seeds():
    folder = os.path.join(HERE, "..", "tests", "fixtures", "clubcard")
    for name in ("small.v3", "small.v4", "delta.v3", "delta.v4"):
        with open(os.path.join(folder, name), "rb") as f:
            content = f.read()
        yield name.replace(".", "-"), content
        yield name.replace(".", "-") + "-longer", content + b"\0"
    yield "nothing-3", b"\3\0" + bytes(8 * 4)
    yield "nothing-4", b"\4\0" + bytes(2 + 4 + 1 + 4)
    issuer = HASH + struct.pack(">IBIIIB", 5, 1, 0, 5, 0, 0)
    yield "rank-above-columns", b"\4\0\0\0\0\0\0\1" + issuer + b"\0\0" + bytes(5)
    yield "no-words", b"\4\0\0\0\0\0\0\1" + issuer + b"\0\0" + b"\1" + bytes(8)
    yield "exceptions", b"\4\0\0\0\0\0\0\1" + issuer + b"\0\2\1x\2yz" + b"\1" + bytes(8)
    yield "issuer-twice", b"\4\0\0\0\0\0\0\2" + (issuer + b"\0\0") * 2 + b"\1" + bytes(8)
    yield "many-issuers", b"\4\0\0\0\0\0\xff\xff" + issuer
    yield "many-words", b"\3\0" + bytes(8 * 3) + struct.pack("<Q", 1 << 61)


def sct_seeds():
    def vector(content):
        return struct.pack(">H", len(content)) + content

    def sct(version=0, extensions=b"", signature=b"\4\3" + vector(b"signature")):
        return vector(bytes([version]) + HASH + struct.pack(">Q", 1700000000000) + vector(extensions) + signature)
    yield "one", vector(sct())
    yield "three", vector(sct() + sct(extensions=b"\0\0\5index") + sct())
    yield "version-2", vector(sct(1) + sct())
    yield "no-signature", vector(sct(signature=b"\4\3" + vector(b"")))
    yield "empty", vector(b"")
    yield "empty-item", vector(vector(b""))
    yield "trailing", vector(sct()) + b"\0"
    yield "trailing-in-item", vector(vector(sct()[2:] + b"\0"))
    yield "sixty-five", vector(sct() * 65)


def filterlist_seeds():
    """Lists of certificates, and what is covered: lines, and what Mozilla's ct-fetch writes."""
    issuer, log = "%064x" % 7919, "qg" + 41 * "A" + "="
    number = '[{"LogID": "%s", "MinEntry": 7, "MinTimestamp": %d, "MaxTimestamp": %d, "MMD": %d}]'
    for name, text in {
        "list": "%s\t0a\n%s\t00ff\n%064X\tabcdef\n" % (issuer, issuer, 0xABC),
        "base64url": "%s_-\t01\n%s_-=\t02" % (41 * "A", 41 * "A"),
        "many": "".join("%s\t%0256d\n" % (issuer, i) for i in range(130)),
        "bad-serial": issuer + "\t0g\n",
        "no-tab": "0102\n",
        "empty-line": issuer + "\t01\n\n",
        "coverage": "%s\t1\t2\n%064x\t5\t5\n" % (issuer, 3),
        "ct-logs": number % (log, 1, 900000, 20),
        "ct-logs-overflow": number % (log, 2**63 - 1, 2**63 - 1, 2**63 - 1),
    }.items():
        yield name, text.encode()


def ocsp_oid(last):
    return oid(b"\x2b\x06\x01\x05\x05\x07\x30\x01" + bytes([last]))


def ocsp_id(serial=b"\x05", algorithm=b"\x2b\x0e\x03\x02\x1a", length=20):
    return seq(seq(oid(algorithm), tlv(5)), tlv(4, b"\x11" * length), tlv(4, b"\x22" * length), tlv(2, serial))


def ocsp_extension(identifier, value, critical=b""):
    return seq(identifier, critical, tlv(4, value))


def ocsp_request_seeds():
    one, critical = seq(ocsp_id()), tlv(1, b"\xff")
    nonce = ocsp_extension(ocsp_oid(2), tlv(4, HASH))

    def request(*ids, name=b"", extensions=b"", signature=b"", version=b""):
        return seq(seq(version, name, seq(*ids), tlv(0xa2, seq(extensions)) if extensions else b""), signature)

    yield "one", request(one)
    yield "nonce", request(one, extensions=nonce)
    yield "eight", request(*[one] * 8)
    yield "nine", request(*[one] * 9)
    yield "none", request()
    yield "sha256", request(seq(ocsp_id(b"\x00\xff", b"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 32)))
    yield "unknown-hash", request(seq(ocsp_id(b"\x01", b"\x2a\x03", 1)))
    yield "critical", request(one, extensions=ocsp_extension(oid(b"\x2a\x03"), tlv(5), critical))
    yield "critical-single", request(seq(ocsp_id(), tlv(0xa0, seq(ocsp_extension(oid(b"\x2a\x03"), b"", critical)))))
    yield "signed", request(one, name=tlv(0xa1, tlv(0x82, b"example.org")),
                            signature=tlv(0xa0, seq(seq(oid(b"\x2a\x03")), tlv(3, b"\0\1"))))
    yield "empty-nonce", request(one, extensions=ocsp_extension(ocsp_oid(2), tlv(4)))
    yield "long-nonce", request(one, extensions=ocsp_extension(ocsp_oid(2), tlv(4, bytes(129))))
    yield "nonce-twice", request(one, extensions=nonce + nonce)
    yield "version", request(one, version=tlv(0xa0, tlv(2, b"\0")))
    yield "trailing", request(one) + b"\0"


def ocsp_response_seeds():
    at = tlv(0x18, b"20260301000000Z")
    name = tlv(0xa1, seq(tlv(0x31, seq(oid(b"\x55\x04\x03"), tlv(12, b"CA")))))

    def single(status=tlv(0x80), until=b"", extensions=b"", serial=b"\x05"):
        return seq(ocsp_id(serial), status, at, tlv(0xa0, until) if until else b"",
                   tlv(0xa1, seq(extensions)) if extensions else b"")

    def response(*singles, who=name, extensions=b"", certs=b"", version=b"", kind=ocsp_oid(1)):
        data = seq(version, who, at, seq(*singles), tlv(0xa1, seq(extensions)) if extensions else b"")
        basic = seq(data, seq(oid(b"\x2a\x86\x48\xce\x3d\x04\x03\x02")), tlv(3, b"\0\1\2"), certs)
        return seq(tlv(10, b"\0"), tlv(0xa0, seq(kind, tlv(4, basic))))

    yield "good", response(single(until=at))
    yield "revoked", response(single(tlv(0xa1, at, tlv(0xa0, tlv(10, b"\1"))), at))
    yield "revoked-no-reason", response(single(tlv(0xa1, at)))
    yield "reason-7", response(single(tlv(0xa1, at, tlv(0xa0, tlv(10, b"\7")))))
    yield "unknown", response(single(tlv(0x82)))
    yield "by-key", response(single(), who=tlv(0xa2, tlv(4, b"\x33" * 20)))
    yield "several", response(single(), single(tlv(0x82), serial=b"\0\x80"), single(serial=b"\xff"))
    yield "padded-serial", response(single(serial=b"\0\5"))
    yield "none", response()
    yield "extensions", response(
        single(extensions=ocsp_extension(ocsp_oid(6), at) + ocsp_extension(oid(b"\x55\x1d\x18"), at)),
        extensions=ocsp_extension(ocsp_oid(2), tlv(4, HASH)) + ocsp_extension(ocsp_oid(9), tlv(5)))
    yield "critical", response(single(extensions=ocsp_extension(oid(b"\x2a\x03"), b"", tlv(1, b"\xff"))))
    yield "certs", response(single(), certs=tlv(0xa0, seq(seq(tlv(5)), seq())))
    yield "version", response(single(), version=tlv(0xa0, tlv(2, b"\0")))
    yield "another-type", response(single(), kind=oid(b"\x2a\x03"))
    yield "try-later", seq(tlv(10, b"\3"))
    yield "status-4", seq(tlv(10, b"\4"))
    yield "nothing-inside", seq(tlv(10, b"\0"))
    yield "trailing", response(single()) + b"\0"


OCSP_FIXTURE = os.path.join(HERE, "fixtures", "ocsp")


def make_ocsp_fixture():
    """A CA, a certificate, and the answer of a delegate about it; the keys are thrown away."""
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
    with tempfile.TemporaryDirectory() as d:
        def run(command):
            subprocess.run(["openssl"] + command.split(), cwd=d, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)

        with open(os.path.join(d, "index.txt"), "w") as f:
            f.write("V\t461231235959Z\t\t1001\tunknown\t/CN=alice\n")
        with open(os.path.join(d, "extensions"), "w") as f:
            f.write("extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n")
        run("req -x509 " + key + "-days 36500 -subj /CN=fuzz -keyout ca.key -out ca.pem")
        for name, serial, more in (("alice", "0x1001", ""), ("delegate", "0x1002", "-extfile extensions")):
            run("req -new %s -subj /CN=%s -keyout %s.key -out %s.csr" % (key, name, name, name))
            run("x509 -req -in %s.csr -CA ca.pem -CAkey ca.key -set_serial %s -days 36500 -out %s.pem %s"
                % (name, serial, name, more))
        run("ocsp -index index.txt -CA ca.pem -rsigner delegate.pem -rkey delegate.key -issuer ca.pem "
            "-cert alice.pem -no_nonce -respout answer.der -ndays 30")
        run("x509 -in ca.pem -outform DER -out issuer.der")
        run("x509 -in alice.pem -outform DER -out cert.der")
        os.makedirs(OCSP_FIXTURE)
        for name in ("issuer.der", "cert.der", "answer.der"):
            with open(os.path.join(d, name), "rb") as f, open(os.path.join(OCSP_FIXTURE, name), "wb") as copy:
                copy.write(f.read())


def ocsp_check_seeds():
    if not os.path.isdir(OCSP_FIXTURE):
        make_ocsp_fixture()
    answer = open(os.path.join(OCSP_FIXTURE, "answer.der"), "rb").read()
    yield "good", answer
    yield "trailing", answer + b"\0"
    for place in (len(answer) // 8, len(answer) // 4, len(answer) // 2, len(answer) - 5):
        yield "flipped-%d" % place, answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1:]
    yield "unsigned", dict(ocsp_response_seeds())["good"]
    yield "try-later", dict(ocsp_response_seeds())["try-later"]


def serve_uri_seeds():
    """Paths of a GET; the first byte is the room for what is in it, in units of 16."""
    text = base64.b64encode(dict(ocsp_request_seeds())["one"])
    escaped = text.replace(b"+", b"%2B").replace(b"/", b"%2f").replace(b"=", b"%3D")
    yield "raw", b"\xff/" + text
    yield "escaped", b"\xff/" + escaped
    yield "below-ocsp", b"\xff/ocsp/" + text
    yield "unpadded", b"\xff///" + text.rstrip(b"=")
    yield "little-room", b"\x01/" + text
    yield "plus-as-space", b"\xff/MA+/MA"
    yield "escape-cut", b"\xff/MA%2"
    yield "twice-escaped", b"\xff/MA%252B"
    yield "padding-in-between", b"\xff/MA==MA=="
    yield "file", b"\xfftargets/00ff.table"
    yield "climbing", b"\xfftargets/../ca.db"


SEEDS = {
    "bundle": bundle_seeds,
    "cascade": cascade_seeds,
    "cert": cert_seeds,
    "clubcard": clubcard_seeds,
    "convert": clubcard_seeds,
    "filterlist": filterlist_seeds,
    "cms": cms_seeds,
    "codedirectory": codedirectory_seeds,
    "contentsignature": contentsignature_seeds,
    "csr": csr_seeds,
    "elf": elf_seeds,
    "engine": engine_seeds,
    "feed": feed_seeds,
    "filterindex": filterindex_seeds,
    "filterrecord": filterrecord_seeds,
    "manifest": manifest_seeds,
    "memory": memory_seeds,
    "note": note_seeds,
    "notekey": notekey_seeds,
    "ocsp_check": ocsp_check_seeds,
    "ocsp_request": ocsp_request_seeds,
    "ocsp_response": ocsp_response_seeds,
    "onecrl": onecrl_seeds,
    "onecrl_json": onecrl_json_seeds,
    "sct": sct_seeds,
    "remotesettings": remotesettings_seeds,
    "seal": seal_seeds,
    "serve_uri": serve_uri_seeds,
    "showing": showing_seeds,
    "stash": stash_seeds,
    "table": table_seeds,
    "tail": tail_seeds,
    "timestamp": timestamp_seeds,
}
