#!/usr/bin/env python3
"""What a manual page must say, one line for each breach.

man.py MAN TABLE JUDGE          pages against the table of commands and the words of verdicts
man.py --fields PAGE DOCUMENTS  fields of JSON documents against the page that describes them
"""
import glob, json, os, re, subprocess, sys

PARTS = {
    "1": ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"],
    "5": ["NAME", "DESCRIPTION", "EXAMPLES", "SEE ALSO"],
}


def breach(page, text):
    print("%s: %s" % (page, text))


def read(path):
    return open(path, encoding="utf-8").read()


def rendered(path):
    text = subprocess.run(["mandoc", "-T", "utf8", path], capture_output=True, check=True).stdout
    return re.sub(r".\x08", "", text.decode())


def target(man, page):
    """The page that an alias stands for, or the page itself."""
    return os.path.basename(os.path.realpath(os.path.join(man, page)))


def sections(source):
    return re.findall(r"^\.S[hs] (.+)$", source, re.M)


def check_form(man, page):
    source = read(os.path.join(man, page))
    heads = re.findall(r"^\.Sh (.+)$", source, re.M)
    for part in PARTS[page[-1]]:
        if part not in heads:
            breach(page, "has no section " + part)
    for name, section in re.findall(r"\bXr (writ\S*) ([15])\b", source):
        if not os.path.exists(os.path.join(man, "%s.%s" % (name, section))):
            breach(page, "refers to %s(%s), which does not exist" % (name, section))
    for name, section, title in re.findall(r"Xr (writ\S*) ([15]) , Sx (.+?)(?: [;,.])?$", source, re.M):
        if title not in sections(read(os.path.join(man, "%s.%s" % (name, section)))):
            breach(page, 'refers to "%s" in %s(%s), which has no such section' % (title, name, section))
    for title in re.findall(r"^\.Sx (.+?)(?: [;,.])?$", source, re.M):
        if title not in sections(source):
            breach(page, 'refers to its section "%s", which does not exist' % title)


def check_command(man, command, text):
    words = command["words"]
    page = "writ-%s.1" % words.replace(" ", "-")
    if not os.path.exists(os.path.join(man, page)):
        breach(page, 'does not exist; "writ %s" is a command' % words)
        return None
    told = target(man, page)
    names = re.search(r"^NAME\n(.*?)\n\n", text[told], re.M | re.S).group(1)
    synopsis = re.search(r"^SYNOPSIS\n(.*?)^DESCRIPTION", text[told], re.M | re.S).group(1)
    if not re.search(r"\b%s(?![\w-])" % re.escape(page[:-2]), names):
        breach(told, "does not name " + page[:-2])
    if "writ " + words not in re.sub(r"\s+", " ", synopsis):
        breach(told, 'has no synopsis of "writ %s"' % words)
    for operand in command["operands"]:
        if operand["name"] not in synopsis and "choices" not in operand:
            breach(told, '"writ %s" takes %s, which the synopsis lacks' % (words, operand["name"]))
    for option in command["options"]:
        if not option["global"] and "--" + option["name"] not in options_in(text[told]):
            breach(told, '"writ %s" takes --%s, which the page lacks' % (words, option["name"]))
    return told


def options_in(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9]", text))


def check_commands(man, table, text):
    offered, every = {}, set()
    for command in table:
        own = {"--" + o["name"] for o in command["options"]}
        every |= own
        told = check_command(man, command, text)
        if told:
            offered[told] = offered.get(told, set()) | own
    for word in {c["words"].split()[0] for c in table}:
        if not os.path.exists(os.path.join(man, "writ-%s.1" % word)):
            breach("writ-%s.1" % word, "does not exist")
    for option in {"--" + o["name"] for c in table for o in c["options"] if o["global"]}:
        if option not in options_in(text["writ.1"]):
            breach("writ.1", "lacks " + option)
    for page in text:
        allowed = offered.get(page, every) | {"--dry-run", "--passphrase-fd", "--option"}
        told = re.sub(r"^EXAMPLES$.*?^(?=[A-Z])", "", text[page], flags=re.M | re.S)
        for option in options_in(told) - allowed:
            breach(page, "names %s, which does not exist" % option)


def check_words(man, judge):
    page = read(os.path.join(man, "writ-json.5"))
    names = re.findall(r'\[WRIT_[A-Z_]+\] *= *\{? *"([a-z-]+)"', judge)
    if len(names) < 20:
        breach("judge.c", "has no words that this test understands")
    for name in names:
        if not re.search(r"^\.It Li %s Ta" % re.escape(name), page, re.M):
            breach("writ-json.5", "lacks the word " + name)


def check_pages(man, table, judge):
    pages = sorted(os.path.basename(p) for p in glob.glob(man + "/*.[15]"))
    text = {p: rendered(os.path.join(man, p)) for p in pages if target(man, p) == p}
    for page in text:
        check_form(man, page)
    check_commands(man, table, text)
    check_words(man, judge)


def fields_of(value, found):
    if isinstance(value, dict):
        for name, member in value.items():
            found.add(name)
            fields_of(member, found)
    elif isinstance(value, list):
        for member in value:
            fields_of(member, found)


def check_fields(page, documents):
    found, decoder = set(), json.JSONDecoder()
    rest = documents.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        if document.get("schema") != 1:
            breach("a document", "has no schema 1: " + rest[:80])
        fields_of(document, found)
        rest = rest[end:].strip()
    told = set()
    for line in re.findall(r"^\.(?:It |Pq )?Li (.+)$", page, re.M):
        told |= set(re.findall(r"[a-z0-9_]+", line))
    for name in sorted(found - told):
        breach("writ-json.5", "lacks the field " + name)


if sys.argv[1] == "--fields":
    check_fields(read(sys.argv[2]), read(sys.argv[3]))
else:
    check_pages(sys.argv[1], json.load(open(sys.argv[2]))["commands"], read(sys.argv[3]))
