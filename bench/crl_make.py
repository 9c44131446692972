#!/usr/bin/env python3
"""crl_make.py - a large CRL, for bench/crl.sh and the tests

usage: crl_make.py ENTRIES sorted|uneven|unsorted KEY OUT

Writes OUT (DER), signed with `openssl dgst -sha256` and the private key in KEY (PEM, P-256), and
OUT.serials: 4,000 serials in hexadecimal, every other one of them listed.  Serials are 16 random
octets whose first bit is 0, the same ones every time; sorted entries are all 35 bytes, as in the
CRL that reference measurements were made with.
"""
import random
import subprocess
import sys


def tlv(tag, content):
    n = len(content)
    if n < 0x80:
        head = bytes([n])
    else:
        octets = n.to_bytes((n.bit_length() + 7) // 8, "big")
        head = bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + head + content


def oid(text):
    return tlv(6, bytes.fromhex(text))


def entry(serial, number, uneven):
    extensions = b""
    if uneven and number % 3 == 0:
        extensions = bytes.fromhex("300c300a0603551d1504030a0101")
    return tlv(0x30, tlv(2, serial) + b"\x17\x0d250101%02d%02d%02dZ"
               % (number % 24, number % 60, number * 7 % 60) + extensions)


def main():
    count, order, key, out = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    chance = random.Random(count)
    serials = list({(chance.getrandbits(126) | 1 << 126).to_bytes(16, "big")
                    for _ in range(count + 2000)})[:count + 2000]
    listed, others = serials[:count], serials[count:]
    if order != "unsorted":
        listed.sort()
    entries = b"".join(entry(s, i, order == "uneven") for i, s in enumerate(listed))
    algorithm = tlv(0x30, oid("2a8648ce3d040302"))
    name = tlv(0x30, tlv(0x31, tlv(0x30, oid("550403") + tlv(12, b"Large CA"))))
    number = tlv(0x30, oid("551d14") + tlv(4, tlv(2, b"\x07")))
    tbs = tlv(0x30, tlv(2, b"\x01") + algorithm + name + b"\x17\x0d250102000000Z"
              + b"\x17\x0d300102000000Z" + (tlv(0x30, entries) if entries else b"")
              + tlv(0xa0, tlv(0x30, number)))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=tbs,
                               stdout=subprocess.PIPE, check=True).stdout
    with open(out, "wb") as f:
        f.write(tlv(0x30, tbs + algorithm + tlv(3, b"\x00" + signature)))
    with open(out + ".serials", "w", encoding="ascii") as f:
        asked = chance.sample(listed, min(2000, count)) if count else []
        for i in range(2000):
            if asked:
                f.write(asked[i % len(asked)].hex() + "\n")
            f.write(others[i].hex() + "\n")


main()
