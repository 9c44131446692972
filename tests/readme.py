#!/usr/bin/env python3
"""The runnable blocks of README.md: console blocks after the line <!-- run -->.

readme.py README                runs them in the working directory and prints, for each command, one
                                line: same, or differs with what was wanted and found as comments
readme.py --write README NEW    the same, and writes README with what was found into NEW

Serial numbers, fingerprints, times, ages and paths are not compared: they differ in every run.
"""
import os, re, subprocess, sys

CHANGING = [
    (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"\b[0-9a-f]{32}\b", "SERIAL"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"\b(example-corp)-[0-9a-f]{8}\b", r"\1-ORIGIN"),
    (r"\b\d+ s\b", "AGE"),
    (r"table of \d+ bytes", "table of SOME bytes"),
    (r"filters of \d+ bytes", "filters of SOME bytes"),
    (r"/\S*/(ca/ca\.db|feed|cache)\b", r"PATH/\1"),
]


def blocks(lines):
    """First and last line of each runnable block, without its fences."""
    for i, line in enumerate(lines):
        if line == "<!-- run -->":
            if lines[i + 1] != "```console":
                sys.exit("%d: no console block after <!-- run -->" % (i + 1))
            yield i + 2, lines.index("```", i)


def parse(lines):
    """Each command of a block with the lines it is said to print."""
    found = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


class Shell:
    """One shell for all commands, so that what is exported stays."""

    def __init__(self):
        self.shell = subprocess.Popen(
            ["sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, command):
        end = "--- end of command ---"
        self.shell.stdin.write("{ %s\n} </dev/null\necho '%s'\n" % (command, end))
        self.shell.stdin.flush()
        lines = []
        for line in self.shell.stdout:
            if line.rstrip("\n") == end:
                return lines
            lines.append(line.rstrip("\n"))
        sys.exit("the shell ended at: " + command)


def at_home(line):
    """The line as a reader would see it who works in his home directory."""
    line = line.replace(os.environ["WRIT_ROOT"] + "/var/lib/writ", "/home/me/.local/share/writ")
    return line.replace(os.getcwd(), "/home/me")


def settled(lines):
    text = "\n".join(lines)
    for pattern, name in CHANGING:
        text = re.sub(pattern, name, text)
    return text


def compare(command, wanted, found):
    if settled(wanted) == settled(found):
        print("same\t" + command)
        return
    print("differs\t" + command)
    for line in wanted:
        print("# wanted: " + line)
    for line in found:
        print("# found:  " + line)


def main(readme, new):
    lines = open(readme, encoding="utf-8").read().splitlines()
    shell, out, at = Shell(), [], 0
    for first, last in blocks(lines):
        out += lines[at:first]
        for command, wanted in parse(lines[first:last]):
            found = shell.run(command)
            out += ["$ " + command] + [at_home(line) for line in found]
            compare(command, wanted, found)
        at = last
    if new:
        with open(new, "w", encoding="utf-8") as f:
            f.write("\n".join(out + lines[at:]) + "\n")


if sys.argv[1] == "--write":
    main(sys.argv[2], sys.argv[3])
else:
    main(sys.argv[1], None)
