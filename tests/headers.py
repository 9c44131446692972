#!/usr/bin/env python3
"""headers.py INCLUDE SYMBOLS: what is wrong with the public headers, one line each.

Every function that a header declares has a comment of its own above it (or above the group of
prototypes that it stands in), which says what it returns and, where there are any, names all its
parameters or points to where they are explained; and the functions are exactly the exported ones.
"""
import os
import re
import sys

COMMENT_OR_PROTOTYPE = re.compile(
    r"/\*(?P<comment>.*?)\*/|WRIT_API\s+(?P<prototype>[^;]*?);|(?P<blank>\n[ \t]*\n)", re.S)


def declarations(text):
    """(prototype, the comment above it or None), in order."""
    comment, last = None, None
    for found in COMMENT_OR_PROTOTYPE.finditer(text):
        if found.group("comment") is not None:
            comment = " ".join(found.group("comment").replace("\n *", "\n").split())
        elif found.group("blank") is not None:
            comment = None
        else:
            yield " ".join(found.group("prototype").split()), comment


def parameters(prototype):
    inside = prototype[prototype.index("(") + 1:prototype.rindex(")")]
    inside = re.sub(r"\)\s*WRIT_MUST_CHECK.*", "", inside)
    for one in inside.split(","):
        one = re.sub(r"\[[^]]*\]", "", one).strip()
        if one not in ("void", ""):
            yield re.findall(r"[A-Za-z_0-9]+", one)[-1]


def complaints(header, text):
    for prototype, comment in declarations(text):
        name = re.search(r"(writ_\w+)\(", prototype).group(1)
        yield name, None
        if comment is None:
            yield name, "no comment above it"
            continue
        if not prototype.startswith("void") and "Returns:" not in comment:
            yield name, "its comment does not say what it returns"
        # What j, a or l is needs no words: it is what the function's name says.
        for parameter in parameters(prototype):
            told = re.search(r"\b%s\b" % parameter, comment) or "as above" in comment.lower()
            if len(parameter) > 1 and not told:
                yield name, "its comment does not tell of %s" % parameter
        if "struct writ_error *e" in prototype and not re.search(r"\be, may be NULL|as above",
                                                                comment, re.I):
            yield name, "its comment does not say that e may be NULL"
        if prototype.startswith(("int ", "struct ", "char ")) and "WRIT_MUST_CHECK" not in prototype:
            if not name.endswith("_exit"):
                yield name, "its result may be dropped"


def main():
    include, symbols = sys.argv[1:]
    exported = set(open(symbols).read().split())
    declared = set()
    for folder, _, names in sorted(os.walk(include)):
        for name in sorted(names):
            header = os.path.join(folder, name)
            for function, complaint in complaints(header, open(header).read()):
                declared.add(function)
                if complaint:
                    print("%s: %s" % (function, complaint))
    for function in sorted(exported - declared):
        print("%s: exported, and in no header" % function)
    for function in sorted(declared - exported):
        print("%s: in a header, and not exported" % function)


main()
