#!/usr/bin/env python3
"""What bench/revocation.sh leaves to Python.

    revocation.py index CERTIFICATES REVOKED       an index.txt as openssl ca writes it
    revocation.py universe LIST ISSUER BEFORE      known.tsv and revoked.tsv for one more filter:
                                                   LIST and BEFORE are what `writ ca list --json`
                                                   printed now and at the filter before
    revocation.py times RUNS FILE                  commands side by side, in alternating runs
    revocation.py guess SECONDS TABLE              how fast serial numbers that count up are found
                                                   in a table that has only their hashes

FILE of times has a line for each command: name, exit code, limit in seconds, what is done before it
(not timed), the command; tabs between them, words in shell's manner.  A command that outlives its
limit is stopped, and that is what is printed.
"""
import hashlib
import json
import random
import shlex
import signal
import statistics
import struct
import subprocess
import sys
import time


def index(certificates, revoked):
    """Serial numbers of 16 octets; every so manieth row is revoked, spread over a year."""
    numbers = random.Random(2020)
    for i in range(certificates):
        serial = "%032X" % (numbers.getrandbits(126) | 1 << 120)
        is_revoked = i * revoked // certificates != (i + 1) * revoked // certificates
        day = time.strftime("%y%m%d%H%M%SZ", time.gmtime(1732000000 + i % 365 * 86400))
        print("R" if is_revoked else "V", "281231235959Z", day + ",keyCompromise" if is_revoked else "",
              serial, "unknown", "/CN=Customer %d" % i, sep="\t")


def serials(path):
    with open(path, encoding="utf-8") as f:
        listed = json.load(f)["certificates"]
    below = [c for c in listed if c["role"] not in ("root", "intermediate")]
    return {c["serial"] for c in below}, {c["serial"] for c in below if "reason" in c}


def universe(now, issuer, before):
    known, revoked = serials(now)
    already = serials(before)[1]
    for path, what in (("known.tsv", known - already), ("revoked.tsv", revoked - already)):
        with open(path, "w", encoding="utf-8") as f:
            f.writelines("%s\t%s\n" % (issuer, serial) for serial in sorted(what))


def run(name, wanted, limit, words):
    """Milliseconds, or None where it had to be stopped."""
    start = time.perf_counter()
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said = child.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.communicate()
        return None
    took = (time.perf_counter() - start) * 1e3
    if child.returncode != wanted:
        sys.exit(f"{name}: exit {child.returncode}, wanted {wanted}: {said.decode(errors='replace')}")
    return took


def times(runs, path):
    commands = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            name, wanted, limit, before, command = line.rstrip("\n").split("\t")
            commands.append((name, int(wanted), float(limit), before, shlex.split(command)))
    took = {c[0]: [] for c in commands}
    for turn in range(runs):
        for name, wanted, limit, before, words in commands:
            if turn and took[name] == [None]:
                continue  # it waits for ever; once is enough
            subprocess.run(["sh", "-c", before], check=True)
            took[name].append(run(name, wanted, limit, words))
    print(f"| {runs} alternating runs | exit code | median ms | min | max |")
    print("|---|---|---|---|---|")
    for name, wanted, limit, _, _ in commands:
        if None in took[name]:
            print(f"| {name} | none | no end: stopped after {limit:g} s | | |")
        else:
            print(f"| {name} | {wanted} | {statistics.median(took[name]):.2f} | "
                  f"{min(took[name]):.2f} | {max(took[name]):.2f} |")


def guess(seconds, path):
    """Hashes of ISSUER and 1, 2, 3 ...: one thread, no care taken."""
    with open(path, "rb") as f:
        issuer = f.read(128)[64:96]
    prefix = hashlib.sha256(issuer)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(10000):
            count += 1
            one = prefix.copy()
            one.update(struct.pack(">I", count))
            one.digest()
    print(round(count / (time.perf_counter() - start)))


def main():
    verb, arguments = sys.argv[1], sys.argv[2:]
    if verb == "index":
        index(int(arguments[0]), int(arguments[1]))
    elif verb == "universe":
        universe(*arguments)
    elif verb == "times":
        times(int(arguments[0]), arguments[1])
    elif verb == "guess":
        guess(float(arguments[0]), arguments[1])
    else:
        sys.exit(__doc__)


main()
