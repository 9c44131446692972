"""Tables to compare two readers with: descriptions, questions, and tables gone wrong.

    table_cases.py describe SEED REVOCATIONS CERT...      a description for table_probe build
    table_cases.py ask SEED DESCRIPTION                   questions about that table, for both readers
    table_cases.py spoil SEED TABLE DIR N                 N tables that differ in little, in DIR; prints
                                                          their paths

Each CERT is an issuer and its own root.  The same seed gives the same cases.
"""

import hashlib
import os
import random
import subprocess
import sys

NOW = 1772366400
REASONS = [0, 1, 2, 3, 4, 5, 6, 9]
EDGES = [0, 1, 2, NOW, (1 << 40) - 1]


def issuer_of(path):
    public = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", path, "-noout", "-pubkey"],
                            stdout=subprocess.PIPE, check=True).stdout
    spki = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public,
                          stdout=subprocess.PIPE, check=True).stdout
    return hashlib.sha256(spki).hexdigest()


def detail(r):
    return "%d %d %d" % (r.choice(REASONS), r.choice(EDGES + [r.randrange(1 << 40)]),
                         r.choice(EDGES + [r.randrange(1 << 40)]))


def serial(r):
    return r.randbytes(r.choice([1, 2, 8, 16, 16, 16, 20])).hex()


def describe(seed, revocations, *certs):
    r = random.Random(seed)
    left = int(revocations)
    for i, cert in enumerate(certs):
        numbered = r.random() < 0.8
        covered = r.choice([1, 2, 1000, 10**6, (1 << 63) - 1])
        print("list %s %d %d %s" % ("numbered" if numbered else "plain", r.choice([NOW, 0, 7200]),
                                    covered if numbered else 0, cert))
        end = 0
        for _ in range(r.choice([0, 0, 1, 3, 40]) if numbered else 0):
            first = end + r.choice([0, 0, 1, 7])
            to = first + r.choice([1, 2, 100])
            if to > covered:
                break
            print("gap %d %d" % (first, to))
            end = to
        share = left if i == len(certs) - 1 else r.randrange(left + 1)
        left -= share
        for serials in {serial(r) for _ in range(share)}:
            print("revoke %s %s" % (serials, detail(r)))
        if r.random() < 0.5:
            print("contents %d %s" % (NOW, cert))
            length = r.choice([0, 1, 4096, 1 << 40])
            for _ in range(r.choice([0, 1, 5, 60])):
                length = r.choice([length, length + 1, r.randrange(1 << 40)])
                print("content %d %s %s" % (length, r.randbytes(32).hex(), detail(r)))


class Asked:
    """What a description says of one issuer."""

    def __init__(self, issuer, words):
        self.issuer, self.as_of, self.covered = issuer, int(words[2]), int(words[3])
        self.numbers, self.serials, self.contents = {0, 1, self.covered, self.covered + 1}, [], []
        if self.covered:
            self.numbers.add(self.covered - 1)


def read_description(path):
    asked, issuers = [], {}
    with open(path) as f:
        for line in f:
            words = line.split()
            if words[0] == "list":
                issuers.setdefault(words[4], issuer_of(words[4]))
                asked.append(Asked(issuers[words[4]], words))
            elif words[0] == "gap":
                first, to = int(words[1]), int(words[2])
                asked[-1].numbers |= {max(first - 1, 0), first, to - 1, to}
            elif words[0] == "revoke":
                asked[-1].serials.append(words[1])
            elif words[0] == "content":
                asked[-1].contents.append((int(words[1]), words[2]))
    return asked


def ask(seed, path):
    r = random.Random(seed)
    for a in read_description(path) + [Asked("00" * 32, [0, 0, NOW, 5]), Asked("ff" * 32, [0, 0, NOW, 5])]:
        dates = [max(a.as_of - 3600 + d, 0) for d in (-1, 0, 1)] + [0, NOW]
        misses = [serial(r) for _ in range(max(20, len(a.serials) // 4))]
        near = ["00" + s for s in a.serials[:20]] + [s[:-2] for s in a.serials[:20] if len(s) > 2]
        for s in a.serials + misses + near:
            print("certificate %s %s %s %d" % (a.issuer, s, r.choice(sorted(a.numbers)), r.choice(dates)))
        for number in sorted(a.numbers) + ["-"]:
            for date in dates:
                print("certificate %s %s %s %d" % (a.issuer, misses[0], number, date))
        for length, root in a.contents + [(0, "00" * 32), (4096, "ab" * 32)]:
            flipped = "%064x" % (int(root, 16) ^ 1)
            for n, h in (length, root), (length + 1, root), (max(length - 1, 0), root), (length, flipped):
                print("content %s %d %s" % (a.issuer, n, h))


def changes(r, data, n):
    """Tables that differ from data: each byte of its beginning in two bits, then whatever comes."""
    for i in range(min(len(data), 512)):
        for bit in 1, 128:
            yield data[:i] + bytes([data[i] ^ bit]) + data[i + 1:]
    for cut in 0, 1, 63, 64, 65, len(data) // 2, len(data) - 8, len(data) - 1:
        yield data[:cut]
    yield data + b"\0"
    yield data + b"\0" * 8
    while True:
        i, value = r.randrange(len(data)), r.randrange(256)
        kind = r.randrange(4)
        if kind == 0:
            yield data[:i] + bytes([value]) + data[i + 1:]
        elif kind == 1:  # a number somewhere
            i -= i % 8
            number = r.choice([0, 1, 2, 1 << 20, 1 << 31, 1 << 62, 1 << 63, (1 << 64) - 1, len(data)])
            yield data[:i] + number.to_bytes(8, "little") + data[i + 8:]
        elif kind == 2:  # two pieces change places
            a, b = sorted(r.sample(range(0, len(data), 4), 2))
            m = r.choice([4, 8, 12, 16, 56, 64])
            if b - a >= m and b + m <= len(data):
                yield data[:a] + data[b:b + m] + data[a + m:b] + data[a:a + m] + data[b + m:]
        else:  # a piece is gone, or stands twice; the length says so
            i -= i % 8
            m = r.choice([8, 16, 64])
            longer = data[:i] + data[i:i + m] * r.choice([0, 2]) + data[i + m:]
            yield longer[:16] + len(longer).to_bytes(8, "little") + longer[24:]


def spoil(seed, table, directory, n):
    with open(table, "rb") as f:
        data = f.read()
    for i, changed in zip(range(int(n)), changes(random.Random(seed), data, int(n))):
        path = os.path.join(directory, "%05d" % i)
        with open(path, "wb") as f:
            f.write(changed)
        print(path)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
