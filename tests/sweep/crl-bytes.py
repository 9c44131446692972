#!/usr/bin/env python3
"""crl-bytes.py - CRLs with each byte changed: none is believed, none crashes or hangs the reader

usage: crl-bytes.py WRIT STRIDE [--issuer FILE] CRL...

Changes every STRIDE-th byte of each CRL in three ways.  Without an issuer the answer must be
well-formed or no evidence; with one, that has signed them, no evidence.  Prints what is neither.
"""
import os
import subprocess
import sys
import tempfile

BATCH = 2000


def ask(writ, options, wanted, variants):
    """How many variants, each (name, bytes), were not answered as wanted."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, (name, content) in enumerate(variants):
            path = os.path.join(folder, "%05d" % i)
            with open(path, "wb") as f:
                f.write(content)
            names.append((path, name))
        got = subprocess.run([writ, "crl", "check", *options, *[p for p, _ in names]],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
        lines = got.stdout.decode().splitlines()
        bad = [line for line in lines if line.split(": ")[1] not in wanted]
        for line in bad:
            print("%s: %s" % (dict(names)[line.split(": ")[0]], line))
        if got.stderr or len(lines) != len(names) or got.returncode not in (0, 4):
            print("exit %d, %d lines for %d CRLs, %s"
                  % (got.returncode, len(lines), len(names), got.stderr.decode()[:500]))
            return len(names)
        return len(bad)


def main():
    writ, stride, files = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    options, wanted = [], ("well-formed", "no-evidence")
    if files[0] == "--issuer":
        options, wanted, files = ["--issuer", files[1]], ("no-evidence",), files[2:]
    bad = total = 0
    variants = []
    for file in files:
        with open(file, "rb") as f:
            whole = f.read()
        for at in range(0, len(whole), stride):
            for mask in (0x01, 0x80, 0xff):
                changed = bytearray(whole)
                changed[at] ^= mask
                variants.append(("%s, byte %d ^ %02x" % (file, at, mask), changed))
    for i in range(0, len(variants), BATCH):
        bad += ask(writ, options, wanted, variants[i:i + BATCH])
        total += len(variants[i:i + BATCH])
    print("%d changed, %d wrong" % (total, bad))
    sys.exit(1 if bad else 0)


main()
