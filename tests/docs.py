#!/usr/bin/env python3
"""What documents must keep to, one line for each breach.

docs.py ROOT

- a link leads to a file that is there, and to a heading that is in it;
- every path in the README's layout is there, and every room and program folder is in that layout;
- a function that the tour names is in the file of its heading;
- no document names a directory of somebody's machine.
"""
import glob, os, re, sys

root = sys.argv[1]
MACHINE = re.compile(r"(?<![\w.])/(work|root|home/(?!me\b)\w+|mnt|srv)/\S*")


def breach(where, text):
    print("%s: %s" % (where, text))


def read(path):
    return open(os.path.join(root, path), encoding="utf-8").read()


def prose(text):
    """Without the contents of fences, whose brackets are no links."""
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def anchors(text):
    heads = re.findall(r"^#+ (.+)$", prose(text), re.M)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def check_links(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(read(document))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(document), path)) if path else document
        if not os.path.exists(os.path.join(root, path)):
            breach(document, "links to %s, which is not there" % target)
        elif anchor and anchor not in anchors(read(path)):
            breach(document, "links to %s, and there is no such heading" % target)


def check_layout():
    layout = re.search(r"^## What is where\n(.*?)^## ", read("README.md"), re.M | re.S).group(1)
    named = set()
    for row in re.findall(r"^\| (`.*?) \|", layout, re.M):
        named |= set(re.findall(r"`([^`]+)`", row))
    for path in re.findall(r"`([\w.]+(?:/[\w.]*)+)`", layout) + sorted(named):
        if not os.path.exists(os.path.join(root, path)):
            breach("README.md", "its layout names %s, which is not there" % path)
    for folder in glob.glob(root + "/src/*/") + glob.glob(root + "/prog/*/"):
        folder = os.path.relpath(folder, root) + "/"
        if folder not in named:
            breach("README.md", "its layout lacks " + folder)


def check_tour():
    heading, seen = None, 0
    for line in read("doc/TOUR.md").splitlines():
        if line.startswith("## "):
            heading = None
        match = re.match(r"### (\S+)$", line)
        if match:
            heading = match.group(1)
            if not os.path.exists(os.path.join(root, heading)):
                breach("doc/TOUR.md", "visits %s, which is not there" % heading)
                heading = None
        for name in re.findall(r"`(\w+)\(\)`", line):
            seen += 1
            if heading and not re.search(r"\b%s\(" % name, read(heading)):
                breach("doc/TOUR.md", "looks for %s() in %s" % (name, heading))
    if seen < 20:
        breach("doc/TOUR.md", "names too few functions for a tour")


documents = ["README.md", "SECURITY.md", "CHANGES.md", "fuzz/README.md"]
documents += sorted(os.path.relpath(p, root) for p in glob.glob(root + "/doc/*.md"))
documents += [p for p in ("bench/README.md",) if os.path.exists(os.path.join(root, p))]
for document in documents:
    check_links(document)
for path in documents + sorted(os.path.relpath(p, root) for p in glob.glob(root + "/man/*.[15]")):
    for match in MACHINE.finditer(read(path)):
        breach(path, "names a place of one machine: " + match.group(0))
check_layout()
check_tour()
