#!/usr/bin/env python3
"""Times whole commands side by side: alternating runs, medians, and the ratio pair by pair.

usage: pairs.py RUNS NAME=COMMAND NAME=COMMAND...

Each COMMAND is given to no shell; "&&" between words runs several one after the other and adds
them up.  The first one is what the others are compared with.
"""
import shlex
import statistics
import subprocess
import sys
import time


def split(command):
    parts, words = [], []
    for word in shlex.split(command):
        if word == "&&":
            parts.append(words)
            words = []
        else:
            words.append(word)
    parts.append(words)
    return parts


def run(parts):
    start = time.perf_counter()
    for words in parts:
        result = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                check=False)
        if result.returncode != 0:
            sys.exit(f"exit {result.returncode}: {' '.join(words)}")
    return time.perf_counter() - start


def main():
    runs = int(sys.argv[1])
    commands = {}
    for argument in sys.argv[2:]:
        name, command = argument.split("=", 1)
        commands[name] = split(command)
    for parts in commands.values():
        run(parts)
    times = {name: [] for name in commands}
    for _ in range(runs):
        for name, parts in commands.items():
            times[name].append(run(parts))
    first = next(iter(commands))
    print(f"| {runs} alternating runs | median ms | min | max | ratio to the first, pair by pair |")
    print("|---|---|---|---|---|")
    for name, seconds in times.items():
        ratio = statistics.median(b / a for a, b in zip(times[first], seconds))
        print(f"| {name} | {statistics.median(seconds) * 1e3:.2f} | {min(seconds) * 1e3:.2f} | "
              f"{max(seconds) * 1e3:.2f} | {ratio:.2f} |")


main()
