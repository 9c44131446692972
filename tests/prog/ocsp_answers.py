#!/usr/bin/env python3
"""OCSP answers of every kind, right and wrong ones; openssl signs.

    ocsp_answers.py NOW <SPECIFICATION

writes one file for each line, in the current directory, where the certificates are (NAME.pem, NAME.key):

    OUT signer=NAME [WORD...] about=NAME [WORD...] [about=NAME [WORD...]]...

Before the first `about` words are about the response: responder=name:NAME|key:NAME (the signer's name),
certs=NAME,NAME, produced=T, version, nonce=HEX, extension=OID (critical, and known to nobody), ct (the
same, with the OID of SCTs), extended-revoke, sha1, spoiled (a bit of the signature).
After it about one single answer: good, unknown, revoked[=T[:REASON]], hash=NAME, issuer=NAME, this=T,
next=T|none, invalidity=T, archive=T, extension=OID, ct, wrong=name|key|serial.  T is in seconds from NOW.
"""
import base64
import hashlib
import subprocess
import sys
import time

OCSP = (1, 3, 6, 1, 5, 5, 7, 48, 1)
HASHES = {"sha1": (1, 3, 14, 3, 2, 26), "sha256": (2, 16, 840, 1, 101, 3, 4, 2, 1),
          "sha384": (2, 16, 840, 1, 101, 3, 4, 2, 2), "md5": (1, 2, 840, 113549, 2, 5)}
ECDSA = {"sha256": (1, 2, 840, 10045, 4, 3, 2), "sha1": (1, 2, 840, 10045, 4, 1)}
SCTS = (1, 3, 6, 1, 4, 1, 11129, 2, 4, 5)


def tlv(tag, *parts):
    content = b"".join(parts)
    n = len(content)
    if n < 0x80:
        return bytes([tag, n]) + content
    length = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*parts):
    return tlv(0x30, *parts)


def oid(arcs):
    content = bytes([arcs[0] * 40 + arcs[1]])
    for arc in arcs[2:]:
        septets = [arc & 0x7f]
        while arc > 0x7f:
            arc >>= 7
            septets.append(0x80 | arc & 0x7f)
        content += bytes(reversed(septets))
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


class Certificate:
    def __init__(self, name):
        lines = open(name + ".pem").read().split("-----BEGIN CERTIFICATE-----")[1]
        self.der = base64.b64decode(lines.split("-----END")[0])
        fields = children(children(self.der)[0])[1:]
        self.serial, self.subject = fields[0], fields[4]
        bits = children(fields[5])[1]
        self.key = bits[2 + (bits[1] & 0x7f if bits[1] >= 0x80 else 0) + 1:]


class Maker:
    def __init__(self, now):
        self.now = now
        self.known = {}

    def cert(self, name):
        if name not in self.known:
            self.known[name] = Certificate(name)
        return self.known[name]

    def time(self, offset):
        at = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(self.now + int(offset)))
        return tlv(0x18, at.encode())

    def extension(self, arcs, value, critical=False):
        return seq(oid(arcs), tlv(1, b"\xff") if critical else b"", tlv(4, value))

    def cert_id(self, single):
        algorithm = single.get("hash", "sha1")
        issuer, cert = self.cert(single.get("issuer", "ca")), self.cert(single["about"])
        hashed = [hashlib.new(algorithm, issuer.subject).digest(), hashlib.new(algorithm, issuer.key).digest()]
        serial = cert.serial
        wrong = single.get("wrong")
        if wrong == "name":
            hashed[0] = bytes(len(hashed[0]))
        if wrong == "key":
            hashed[1] = bytes(len(hashed[1]))
        if wrong == "serial":
            serial = tlv(2, b"\x77")
        return seq(seq(oid(HASHES[algorithm]), tlv(5)), tlv(4, hashed[0]), tlv(4, hashed[1]), serial)

    def status(self, single):
        if "unknown" in single:
            return tlv(0x82)
        if "revoked" not in single:
            return tlv(0x80)
        at, _, reason = (single["revoked"] or "-3600").partition(":")
        given = tlv(0xa0, tlv(0x0a, bytes([int(reason)]))) if reason else b""
        at = tlv(0x18, b"19700101000000Z") if at == "never" else self.time(at)
        return tlv(0xa1, at, given)

    def single_extensions(self, single):
        found = b""
        if "archive" in single:
            found += self.extension(OCSP + (6,), self.time(single["archive"]))
        if "invalidity" in single:
            found += self.extension((2, 5, 29, 24), self.time(single["invalidity"]))
        return found + self.strange(single)

    def strange(self, words):
        found = b""
        if "ct" in words:
            found += self.extension(SCTS, tlv(4, b"\0\0"), True)
        if "extension" in words:
            found += self.extension(tuple(map(int, words["extension"].split("."))), tlv(5), True)
        return found

    def single(self, words):
        until = words.get("next", "518400")
        extensions = self.single_extensions(words)
        return seq(self.cert_id(words), self.status(words), self.time(words.get("this", "-86400")),
                   b"" if until == "none" else tlv(0xa0, self.time(until)),
                   tlv(0xa1, seq(extensions)) if extensions else b"")

    def responder(self, words):
        kind, _, name = words.get("responder", "name:" + words["signer"]).partition(":")
        cert = self.cert(name)
        if kind == "name":
            return tlv(0xa1, cert.subject)
        return tlv(0xa2, tlv(4, hashlib.sha1(cert.key).digest()))

    def extensions(self, words):
        found = b""
        if "nonce" in words:
            found += self.extension(OCSP + (2,), tlv(4, bytes.fromhex(words["nonce"])))
        if "extended-revoke" in words:
            found += self.extension(OCSP + (9,), tlv(5))
        found += self.strange(words)
        return tlv(0xa1, seq(found)) if found else b""

    def sign(self, words, data):
        way = "sha1" if "sha1" in words else "sha256"
        signature = subprocess.run(["openssl", "dgst", "-" + way, "-sign", words["signer"] + ".key"], input=data,
                                   stdout=subprocess.PIPE, check=True).stdout
        if "spoiled" in words:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return seq(oid(ECDSA[way])), tlv(3, b"\0", signature)

    def response(self, words, singles):
        data = seq(tlv(0xa0, tlv(2, b"\0")) if "version" in words else b"", self.responder(words),
                   self.time(words.get("produced", "-86400")), seq(*map(self.single, singles)),
                   self.extensions(words))
        certs = [self.cert(name).der for name in words.get("certs", "").split(",") if name]
        basic = seq(data, *self.sign(words, data), tlv(0xa0, seq(*certs)) if certs else b"")
        return seq(tlv(0x0a, b"\0"), tlv(0xa0, seq(oid(OCSP + (1,)), tlv(4, basic))))


def main():
    maker = Maker(int(sys.argv[1]))
    for line in sys.stdin:
        if not line.strip() or line.startswith("#"):
            continue
        out, *rest = line.split()
        head, singles = {}, []
        for word in rest:
            name, _, value = word.partition("=")
            if name == "about":
                singles.append({})
            (singles[-1] if singles else head)[name] = value
        with open(out, "wb") as f:
            f.write(maker.response(head, singles))


main()
