"""A second reader of tables, written from man/writ-table.5 and from nothing else.

    table_reader.py verdicts <PATHS            "good" or "refused WHY", one line for each path
    table_reader.py answer TABLE <QUESTIONS    one answer for each question

Questions and answers are those of table_probe, with which this reader is compared:

    certificate ISSUER SERIAL NUMBER|- NOT_BEFORE
        no-block | revoked REASON SINCE REVOKED_AT | burned | unnumbered | good | newer
    content ISSUER LENGTH ROOT
        no-block | revoked REASON SINCE REVOKED_AT | good

Section names below are those of the page.
"""

import hashlib
import sys

LIST, CONTENTS = 1, 2
REASONS = {0, 1, 2, 3, 4, 5, 6, 9}
FILE_MAX = 268435456
INSTANT_MAX = (1 << 40) - 1


class Refused(Exception):
    pass


def want(condition, why):
    if not condition:
        raise Refused(why)


class Bytes:
    """What is left to be read of a part of the file."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        want(n <= len(self.data) - self.at, "cut off")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "little")

    def zero(self, n):
        want(not any(self.take(n)), "reserved bytes that are not zero")

    def section(self, n):
        """n bytes, and zeros up to the next multiple of 8."""
        part = self.take(n)
        self.zero(-n % 8)
        return part


def pieces(data, n):
    return [data[i:i + n] for i in range(0, len(data), n)]


def ascending(things):
    return all(a < b for a, b in zip(things, things[1:]))


def read_detail(data):
    """Details: (reason, since, revoked_at)."""
    b = Bytes(data)
    since, revoked_at, reason = b.number(5), b.number(5), b.number(1)
    b.zero(1)
    want(reason in REASONS, "unknown reason")
    return reason, since, revoked_at


def read_chain(data, count):
    """Chain: so many DER SEQUENCEs that fill it exactly."""
    b = Bytes(data)
    for _ in range(count):
        want(b.number(1) == 0x30, "a chain of something else than certificates")
        length = b.number(1)
        if length >= 0x80:
            want(0x81 <= length <= 0x84, "a length that DER does not have")
            octets = b.take(length - 0x80)
            length = int.from_bytes(octets, "big")
            want(octets[0] != 0 and length >= 0x80, "a length that is not minimal")
        b.take(length)
    want(b.at == len(data), "more in the chain than its certificates")


class Block:
    """Blocks."""

    def __init__(self, kind, data):
        b = Bytes(data)
        flags, chain_count = b.number(4), b.number(4)
        self.covered_below, count, gap_count = b.number(8), b.number(8), b.number(8)
        chain_bytes, self.as_of = b.number(8), b.number(8)
        b.zero(16)
        want(flags in (0, 1) and not (kind == CONTENTS and flags), "unknown flags")
        self.numbers = flags == 1
        want(1 <= chain_count <= 8 and 1 <= chain_bytes <= 65536, "chain over its ceiling")
        want(self.covered_below < 1 << 63 and self.as_of <= INSTANT_MAX, "number over its ceiling")
        want(count <= FILE_MAX and gap_count <= 4096, "count over its ceiling")
        want(self.numbers or (self.covered_below == 0 and gap_count == 0), "numbers without numbers")
        if kind == LIST:
            self.read_list(b, count, gap_count)
        else:
            self.read_contents(b, count)
        read_chain(b.section(chain_bytes), chain_count)
        want(b.at == len(data), "sections do not fill the block")

    def read_list(self, b, count, gap_count):
        self.gaps = [(int.from_bytes(g[:8], "little"), int.from_bytes(g[8:], "little"))
                     for g in pieces(b.section(16 * gap_count), 16)]
        keys = pieces(b.section(16 * count), 16)
        details = [read_detail(d) for d in pieces(b.section(12 * count), 12)]
        want(ascending(keys), "keys out of order")
        self.revoked = dict(zip(keys, details))
        end = 0
        for first, to in self.gaps:
            want(end <= first < to <= self.covered_below, "gaps out of order")
            end = to

    def read_contents(self, b, count):
        contents = []
        for entry in pieces(b.section(56 * count), 56):
            c = Bytes(entry)
            length, root, detail = c.number(8), c.take(32), read_detail(c.take(12))
            c.zero(4)
            contents.append(((length, root), detail))
        want(ascending([c[0] for c in contents]), "contents out of order")
        self.contents = dict(contents)


class Table:
    """Header, Directory."""

    def __init__(self, data):
        want(len(data) <= FILE_MAX, "over the ceiling")
        b = Bytes(data)
        want(b.take(8) == bytes.fromhex("977774626c0d0a1a"), "another magic")
        want(b.number(4) == 1, "another version")
        blocks = b.number(4)
        want(blocks <= 65536, "more blocks than there may be")
        want(b.number(8) == len(data), "another length")
        self.as_of = b.number(8)
        want(self.as_of <= INSTANT_MAX, "as_of over its ceiling")
        b.zero(32)
        self.blocks, last, place = {}, None, 64 + 64 * blocks
        for _ in range(blocks):
            issuer, kind = b.take(32), b.number(4)
            b.zero(4)
            offset, length = b.number(8), b.number(8)
            b.zero(8)
            want(kind in (LIST, CONTENTS), "unknown kind")
            want(last is None or last < (issuer, kind), "directory out of order")
            want(offset == place and length >= 64 and length % 8 == 0, "a block in another place")
            place += length
            want(place <= len(data), "a block beyond the file")
            self.blocks[issuer, kind] = Block(kind, data[offset:place])
            last = issuer, kind
        want(place == len(data), "more after the last block")

    def certificate(self, issuer, serial, number, not_before):
        """LOOK-UP, A certificate."""
        block = self.blocks.get((issuer, LIST))
        if block is None:
            return "no-block"
        key = hashlib.sha256(issuer + serial).digest()[:16]
        if key in block.revoked:
            return "revoked %d %d %d" % block.revoked[key]
        if not block.numbers:
            return "good" if not_before < block.as_of - 3600 else "newer"
        if number is None:
            return "unnumbered"
        if any(first <= number < to for first, to in block.gaps):
            return "burned"
        return "good" if number < block.covered_below else "newer"

    def content(self, issuer, length, root):
        """LOOK-UP, A content."""
        block = self.blocks.get((issuer, CONTENTS))
        if block is None:
            return "no-block"
        detail = block.contents.get((length, root))
        return "good" if detail is None else "revoked %d %d %d" % detail


def read(path):
    with open(path, "rb") as f:
        return Table(f.read())


def answer(table, question):
    words = question.split()
    if words[0] == "certificate":
        number = None if words[3] == "-" else int(words[3])
        return table.certificate(bytes.fromhex(words[1]), bytes.fromhex(words[2]), number, int(words[4]))
    return table.content(bytes.fromhex(words[1]), int(words[2]), bytes.fromhex(words[3]))


def main(command, path=None):
    if command == "answer":
        table = read(path)
        for line in sys.stdin:
            print(answer(table, line))
        return
    for line in sys.stdin:
        try:
            read(line.rstrip("\n"))
            print("good")
        except Refused as why:
            print("refused", why)


if __name__ == "__main__":
    main(*sys.argv[1:])
