#!/bin/sh
# Goal of this test: in a bash without any completion package, the script of `writ completion bash`
# completes exactly what the table of commands offers.

. "$(dirname "$0")/lib.sh"

exits 0 'the script is printed' writ completion bash
cp out script
holds 'bash can read the script' bash -n script
cat >complete <<'SCRIPT'
compopt() { COMPREPLY+=("<$2>"); }
. ./script
COMP_WORDS=("$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_writ
printf '%s\n' "${COMPREPLY[@]}"
SCRIPT

# completes WANTED WORD...: the words, the cursor at the end of the last, complete to this.
completes() {
    wanted=$1
    shift
    run bash --norc -u complete writ "$@"
    holds "writ $* completes" [ "$(tr '\n' ' ' <out)" = "$wanted " ]
}
completes 'version' vers
completes 'bash' completion ''
completes '--json' version --js
completes '<dirnames>' version --root x
completes '<dirnames>' --root =
completes '' version --at ''
completes '' commands-are-hidden ''
completes '' comma
completes 'bash' help completion ''

# Every command of the table completes to its own words and options, and to nothing else.
writ commands --json >table.json
cat >walk.py <<'WALK'
import json, subprocess
table = json.load(open("table.json"))["commands"]
visible = [c["words"] for c in table if not c["hidden"]]

def completed(*words):
    line = ["bash", "--norc", "-u", "complete", "writ", *words]
    return sorted(subprocess.run(line, capture_output=True, text=True, check=True).stdout.split())

def compare(what, found, wanted):
    if found != sorted(set(wanted)):
        print("%s: found %s, wanted %s" % (what, found, sorted(set(wanted))))

compare("writ", completed(""), [w.split()[0] for w in visible])
for c in table:
    if c["hidden"]:
        continue
    words = c["words"].split()
    compare(c["words"], completed(*words[:-1], words[-1]),
            [w.split()[len(words) - 1] for w in visible
             if w.split()[:len(words) - 1] == words[:-1]
             and w.split()[len(words) - 1].startswith(words[-1])])
    compare(c["words"] + " --", completed(*words, "--"), ["--" + o["name"] for o in c["options"]])
    for o in c["options"]:
        if "choices" in o:
            compare(c["words"] + " --" + o["name"], completed(*words, "--" + o["name"], ""),
                    o["choices"])
    for i, o in enumerate(c["operands"]):
        if "choices" in o:
            compare("%s, operand %d" % (c["words"], i), completed(*words, *["x"] * i, ""),
                    o["choices"])
WALK
run python3 walk.py
holds 'the table could be walked' [ "$code" -eq 0 ]
sed 's/^/#   /' out
holds 'every command completes to what the table says' [ ! -s out ]

finish
