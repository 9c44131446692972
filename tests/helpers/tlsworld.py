#!/usr/bin/env python3
"""What the tests of TLS need beside openssl: timestamps in certificates, and filters on a device.

tlsworld.py sct INSTANT          a line for `openssl x509 -extfile`: a list with one timestamp (SCT)
                                 of the one log that this script knows; INSTANT in seconds
tlsworld.py filters DIRECTORY AS_OF ISSUER.pem [SERIAL...]
                                 makes DIRECTORY what a pull leaves of a source: a filter of
                                 version 4 that covers that log from 100 days to an hour before
                                 AS_OF, in which ISSUER has revoked these serials (hexadecimal)
                                 and nothing else, its index, and the record of them
tlsworld.py place DIRECTORY AS_OF FILE...
                                 the same of filters that are there already
tlsworld.py onecrl FILE CERT.pem a file of OneCRL's form that lists this certificate

The filter needs no solver: its only column is empty, so that every equation gives 0, and the
serials stand among the exceptions of an inverted block.
"""
import hashlib
import os
import struct
import subprocess
import sys

LOG = hashlib.sha256(b"a log of these tests").digest()
DAY = 86400


def openssl(*arguments, data=None):
    command = ["openssl", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def spki_hash(cert):
    pem = openssl("x509", "-in", cert, "-noout", "-pubkey")
    return hashlib.sha256(openssl("pkey", "-pubin", "-outform", "DER", data=pem)).digest()


def header(tag, n):
    length = bytes([n]) if n < 128 else bytes([0x81, n])
    return bytes([tag]) + length


def sct(instant):
    """RFC 6962 section 3.2; nobody checks the signature."""
    body = b"\0" + LOG + struct.pack(">Q", instant * 1000) + struct.pack(">H", 0)
    body += bytes([4, 3]) + struct.pack(">H", 8) + bytes(range(8))
    items = struct.pack(">H", len(body)) + body
    inner = struct.pack(">H", len(items)) + items
    value = header(0x04, len(inner)) + inner
    print("1.3.6.1.4.1.11129.2.4.2=DER:" + value.hex())


def clubcard(coverage, issuer, serials):
    out = struct.pack(">BBH", 4, 0, 1) + LOG + struct.pack(">QQ", *coverage)
    out += struct.pack(">I", 1) + issuer + struct.pack(">IBIII", 1, 0, 0, 1, 0)
    out += struct.pack(">BH", 1, len(serials))
    for serial in serials:
        out += bytes([len(serial)]) + serial
    return out + struct.pack(">B", 0) + struct.pack(">I", 0)


def index(names, coverage):
    start = 14 + 32 * len(names) + 42
    out = b"upkiidx1" + struct.pack(">HI", len(names), 1)
    out += b"".join(name.encode().ljust(32, b"\0") for name in names)
    out += LOG + struct.pack(">QH", start, len(names))
    return out + b"".join(struct.pack(">HQQ", i, *coverage) for i in range(len(names)))


def noted(path):
    """A file as a record knows it again."""
    content, st = open(path, "rb").read(), os.stat(path)
    changed = divmod(st.st_ctime_ns, 10**9)
    return "%s %d %d %d %d" % (hashlib.sha256(content).hexdigest(), st.st_size, st.st_ino, *changed)


def write(path, content):
    """As a pull does it: whoever has the old file mapped keeps it."""
    with open(path + ".new", "wb") as f:
        f.write(content)
    os.rename(path + ".new", path)


def place(directory, as_of, contents):
    files = os.path.join(directory, "revocation")
    os.makedirs(files, exist_ok=True)
    for name, content in contents.items():
        write(os.path.join(files, name), content)
    write(os.path.join(files, "index.bin"), index(list(contents), coverage(as_of)))
    record = "writ-filters 1\nkind crlite\ndirectory revocation\nas_of %d\ngenerated 0\n" % as_of
    onecrl = os.path.join(directory, "onecrl")
    if os.path.exists(onecrl):
        record += "onecrl " + noted(onecrl) + "\n"
    for name in contents:
        record += "file " + noted(os.path.join(files, name)) + " " + name + "\n"
    write(os.path.join(directory, "pulled"), record.encode())


def coverage(as_of):
    return (as_of - 100 * DAY) * 1000, (as_of - 3600) * 1000


def filters(directory, as_of, issuer, serials):
    card = clubcard(coverage(as_of), spki_hash(issuer), [bytes.fromhex(s) for s in serials])
    place(directory, as_of, {"filter": card})


def element(der, at):
    """The DER element at this place: where its content begins, and where it ends."""
    n, start = der[at + 1], at + 2
    if n & 0x80:
        start += n & 0x7F
        n = int.from_bytes(der[at + 2 : start], "big")
    return start, start + n


def onecrl(path, cert):
    """By serial: SHA-256(01, length of the issuer's name, issuer's name, serial)."""
    der = openssl("x509", "-in", cert, "-outform", "DER")
    at = element(der, element(der, 0)[0])[0]
    at = element(der, at)[1] if der[at] == 0xA0 else at
    start, end = element(der, at)
    serial, at = der[start:end], element(der, end)[1]
    name = der[at : element(der, at)[1]]
    key = hashlib.sha256(b"\1" + struct.pack(">I", len(name)) + name + serial).digest()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write(path, b"\x97wocl\r\n\x1a" + struct.pack("<Q", 1) + key)


if sys.argv[1] == "sct":
    sct(int(sys.argv[2]))
elif sys.argv[1] == "place":
    given = {os.path.basename(path): open(path, "rb").read() for path in sys.argv[4:]}
    place(sys.argv[2], int(sys.argv[3]), given)
elif sys.argv[1] == "onecrl":
    onecrl(sys.argv[2], sys.argv[3])
else:
    filters(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:])
