#!/bin/sh
# Goal of this test: verify and why give one verdict, in words, in JSON and as an exit code; of
# several subjects the worst; and nothing that stands in a name or a file can change what they say.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

begin_journey
for name in app gone; do
    cp /bin/true "$name"
done
must w sign app --key alice
must w sign gone --key bob
cp app changed
flip changed 5000
cp /bin/true bare
cp bare cut
cat ./app >>./cut
must w ca revoke bob --reason keyCompromise
publish
pull

# A CA that is trusted here and whose feed never came; one whose feed has expired.
# theirs DIR NAME: a CA of somebody else's, and a program that its developer sealed.
theirs() {
    elsewhere "$1" make_ca "$2"
    elsewhere "$1" issue Carol "$1-carol"
    cp /bin/true "$1.app"
    elsewhere "$1" must w sign "$1.app" --key "$1-carol"
    fingerprint=$(elsewhere "$1" w ca show --json | jq -r .root_fingerprint)
}
theirs unpulled 'Quiet Corp'
must w trust add unpulled/var/lib/writ/ca/bundle.pem --fingerprint "$fingerprint"
at 2026-02-01T12:00:00Z
theirs old 'Old Corp'
elsewhere old publish
must w source add feed old/feed --name old --fingerprint "$fingerprint"
at 2026-02-01T13:00:00Z
elsewhere old issue Dave old-dave
cp /bin/true old.new
elsewhere old must w sign old.new --key old-dave
at 2026-02-08T12:00:00Z
allowed 'a feed is fresh to its last second' old.app
judged allowed newer-than-feed 0 'and what is newer than it passes' old.new
at 2026-02-08T12:00:01Z
judged stale feed-expired 5 'after that it is stale' old.app
judged stale feed-expired 5 'and what is newer does not pass' old.new
holds 'which is said' grep -q 'and the certificate is newer than it' out
at 2026-03-01T12:00:00Z

# ----------------------------------------------------------------------------- one verdict each

allowed 'allowed is 0' app
judged revoked certificate-revoked 2 'revoked is 2' gone
judged modified content-changed 3 'modified is 3' changed
judged not-covered never-pulled 4 'not covered is 4' unpulled.app
judged stale feed-expired 5 'stale is 5' old.app
judged unsigned no-seal 6 'unsigned is 6' bare
run w verify --json nowhere
holds 'what could not be looked at is a fault' [ "$code $(field '.results[0] |
    "\(.outcome) \(.exit) \(.fault.class)"')" = '66 fault 66 no-input' ]
judged allowed uncovered-passes 0 '--allow-uncovered lets pass what is not covered' unpulled.app \
    --allow-uncovered
judged stale feed-expired 5 'but not what is stale' old.app --allow-uncovered
judged revoked certificate-revoked 2 'nor what is revoked' gone --allow-uncovered
judged unsigned no-seal 6 'nor what is unsigned' bare --allow-uncovered

# -------------------------------------------------------------------- a bad release, a bad CA

cp /bin/false bad
must w sign bad --key alice
cp bad stripped
must w seal strip stripped
allowed 'a release is allowed' bad
must w ca revoke --content bad --note 'wipes the disk'
publish
must w pull example
judged revoked content-revoked 2 'once its content is revoked it is refused' bad
judged revoked content-revoked 2 'also without its seal' stripped
mv stripped renamed
judged revoked content-revoked 2 'also under another name' renamed
elsewhere unpulled must w sign renamed --key unpulled-carol
judged not-covered never-pulled 4 'the seal of another CA is for that CA to revoke' renamed
allowed "the developer's other programs are allowed" app
exits 126 'and run does not run it' w run ./bad
exits 0 'where it runs the others' w run ./app

theirs mid 'Mid Corp'
elsewhere mid publish
must w source add feed mid/feed --name mid --fingerprint "$fingerprint"
allowed "another CA's program is allowed" mid.app
elsewhere mid must w ca revoke 'Mid Corp Code Signing CA' --reason cACompromise
elsewhere mid publish
must w pull mid
judged revoked certificate-revoked 2 'once its intermediate is revoked all below it is refused' \
    mid.app
holds 'and the line names the intermediate' grep -q 'cACompromise, .*Mid Corp Code Signing CA' out

# ------------------------------------------------------------------------------- several subjects

# From the worst to the best.
order='2:gone 3:changed 6:bare 66:nowhere 5:old.app 4:unpulled.app 0:app'
wrong=
rest=$order
for worse in $order; do
    for better in $rest; do
        for pair in "${worse#*:} ${better#*:}" "${better#*:} ${worse#*:}"; do
            # shellcheck disable=SC2086 # two names
            run w verify $pair
            [ "$code" -eq "${worse%%:*}" ] || wrong="$wrong, $pair: $code"
        done
    done
    rest=${rest#* }
done
holds 'of two subjects the worse decides: 2, 3, 6, faults, 5, 4, 0' [ -z "$wrong" ]
[ -z "$wrong" ] || echo "# $wrong"
names='app gone changed bare nowhere old.app unpulled.app'
# shellcheck disable=SC2086 # names
run w verify $names
holds 'each subject has its line' [ "$(cut -d : -f 1 out | tr '\n' ' ')" = \
    'app gone changed bare old.app unpulled.app ' ]
holds 'and a fault its own, on standard error' [ "$(cat err)" = \
    'writ: cannot read nowhere: No such file or directory' ]
# shellcheck disable=SC2086 # names
run w verify --json $names
holds 'the document has all of them, in order' [ "$(field '[.results[].subject] | join(" ")')" = \
    "$names" ]
holds 'with their exit codes' [ "$(field '[.results[].exit] | join(" ")')" = '0 2 3 6 66 5 4' ]
holds 'and the one of the command' [ "$(field .exit) $code" = '2 2' ]

# ------------------------------------------------------------------------------- JSON and text

cat >compare.py <<'END'
"""compare.py DOCUMENT TEXT: is TEXT (of writ why) what the walk in DOCUMENT (--json) says?"""
import json, sys

def pairs(members):
    names = [name for name, _ in members]
    assert len(names) == len(set(names)), "a member twice in " + str(names)
    return dict(members)

def scalar(value):
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

def lines(value, depth):
    """The lines of an object or a list."""
    if isinstance(value, dict):
        for name, member in value.items():
            shown = "  " * depth + name.replace("_", " ")
            if isinstance(member, (dict, list)):
                yield shown + (":" if member else ": none")
                yield from lines(member, depth + 1)
            else:
                yield shown + ": " + scalar(member)
        return
    for item in value:
        assert isinstance(item, dict)
        body = list(lines(item, depth + 1))
        yield "  " * depth + "- " + body[0].lstrip()
        yield from body[1:]

document = json.load(open(sys.argv[1], encoding="utf-8"), object_pairs_hook=pairs)
assert document["schema"] == 1 and list(document)[0] == "schema"
wanted = []
for result in document["results"]:
    subject, line = result.pop("subject"), result.pop("line")
    wanted.append("%s: %s" % (subject, line))
    wanted += lines(result, 1)
found = open(sys.argv[2], encoding="utf-8").read().split("\n")
assert found.pop() == ""
for a, b in zip(wanted, found):
    assert a == b, "JSON: %s\ntext: %s" % (a, b)
assert len(wanted) == len(found)
END
cat >keys.py <<'END'
"""keys.py DOCUMENT...: every name of a member, one a line."""
import json, sys

def names(value):
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from names(member)
    if isinstance(value, list):
        for item in value:
            yield from names(item)

print("\n".join(sorted(set(n for f in sys.argv[1:] for n in names(json.load(open(f)))))))
END
judgeable='app gone changed bare old.app unpulled.app cut'
for subject in $judgeable; do
    run w why --json "$subject"
    mv out "$subject.json"
    code_json=$code
    run w verify --json "$subject"
    holds "$subject: verify and why --json say the same" cmp -s out "$subject.json"
    run w why "$subject"
    holds "$subject: so does the text of why, word for word" python3 compare.py "$subject.json" out
    holds "$subject: with the same exit code" [ "$code" -eq "$code_json" ]
    mv out why.out
    run w verify "$subject"
    prints "$subject: and verify's line is its first" "$(sed '1s/^[^:]*: //;q' why.out)"
    holds "$subject: nothing else is said" [ ! -s err ]
    if [ "$code" -eq 0 ]; then
        wanted=null
    else
        wanted=string
    fi
    cp "$subject.json" out
    holds "$subject: what to do is said only where something is to be done" \
        [ "$(field '.results[0].what_to_do | type')" = "$wanted" ]
done
# shellcheck disable=SC2086 # names
run w why $judgeable
mv out why.out
# shellcheck disable=SC2086 # names
run w why --json $judgeable
mv out all.json
holds 'several subjects stand below each other' python3 compare.py all.json why.out
holds 'python reads the document' python3 -m json.tool all.json /dev/null
undocumented=
for key in $(python3 keys.py all.json); do
    grep -qw -- "$key" "$source_root/man/writ-json.5" || undocumented="$undocumented $key"
done
holds 'every member stands in writ-json(5)' [ -z "$undocumented" ]
[ -z "$undocumented" ] || echo "# $undocumented"

run w verify --json app
holds 'an allowed verdict holds until the feed ends' [ "$(field '.results[0].holds_until')" = \
    2026-03-08T12:00:00Z ]
at 2027-02-25T12:00:00Z
publish
must w pull example
run w verify --json app
holds 'or until the certificate does' \
    [ "$(field '.results[0].holds_until')" = 2027-03-01T12:00:00Z ]
run w verify --json gone
holds 'a refusal has no such limit' [ "$(field '.results[0].holds_until')" = null ]

# -------------------------------------------------------------------------------------- the time

at 2026-02-28T12:00:00Z
judged untrusted dates 3 '--at judges in the past' app
holds 'with that instant' [ "$(field '.results[0].judged_at')" = 2026-02-28T12:00:00Z ]
now=
exits 0 'in the past the certificate was good' writ verify --at 2026-03-01T12:00:00Z app
exits 3 'to the second' writ verify --at 2026-03-01T11:59:59Z app
exits 0 'a date is midnight' writ verify --at 2026-03-02 app
exits 3 'also in the future' writ verify --at 2099-01-01 app
exits 64 'what is no time is refused' writ verify --at yesterday app
at 2026-03-01T12:00:00Z
run w verify app
mv out first.out
run w verify app
prints 'the same question at the same instant has the same answer' "$(cat first.out)"

# ------------------------------------------------------------------------------------- the output

run w verify -q app gone
holds '-q prints nothing' [ ! -s out ]
holds 'not even on standard error' [ ! -s err ]
holds 'and the exit code speaks' [ "$code" -eq 2 ]
run w verify -q nowhere
holds 'but a fault is told' [ -s err ]
run sh -c 'writ --at 2026-03-01T12:00:00Z verify app <&-'
holds 'a closed standard input is not needed' [ "$code" -eq 0 ]
for command in 'verify app' 'why app' 'verify --json app' 'verify gone' 'show app'; do
    code=0
    # shellcheck disable=SC2086 # words
    w $command >/dev/full 2>err || code=$?
    case $command in
    *gone) holds "writ $command >/dev/full is still revoked, which is worse" [ "$code" -eq 2 ] ;;
    *) holds "writ $command >/dev/full is a fault" [ "$code" -eq 74 ] ;;
    esac
    holds 'and says so' grep -q '^writ: .*No space left on device' err
    # shellcheck disable=SC2086 # words
    (w $command >&- 2>err)
    holds "writ $command with standard output closed never says yes" [ $? -ne 0 ]
done
code=0
w verify app 2>&- >out || code=$?
holds 'a closed standard error is not needed' [ "$code $(cut -c 1-7 out)" = '0 allowed' ]
: >kept
code=0
w verify nowhere 2>&- >kept || code=$?
holds 'also where a fault has nowhere to go' [ "$code $(cat kept)" = '66 ' ]

# -------------------------------------------------------------------------------- names of files

# Names that would write lines of their own, move the cursor, or are no UTF-8.
newline=$(printf 'a\nallowed: Mallory; network: none')
escape=$(printf '\033[2J\033]0;title\007b')
latin=$(printf 'caf\351')
bidi=$(printf 'x\342\200\256exe.txt')
quote='a"b\c'
mkdir odd
for name in "$newline" "$escape" "$latin" "$bidi" "$quote"; do
    cp app "odd/$name"
    cp bare "odd/$name.bare"
done

# printable FILE: lines of printable UTF-8, without control characters or such that turn text round.
cat >printable.py <<'END'
import sys, unicodedata
for path in sys.argv[1:]:
    for line in open(path, encoding="utf-8"):
        for c in line.rstrip("\n"):
            assert unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn"), (path, line)
END
i=0
for name in "$newline" "$escape" "$latin" "$bidi" "$quote"; do
    i=$((i + 1))
    run w verify "odd/$name" "odd/$name.bare" "odd/$name.nowhere"
    holds "name $i: verify has a line for each subject" [ "$(cat out err | wc -l)" -eq 3 ]
    holds "name $i: all of it printable" python3 printable.py out err
    holds "name $i: and the verdicts are what they are" [ "$code $(cut -c 1-4 out | sort -u)" = \
        '6 odd/' ]
    run w verify --json "odd/$name" "odd/$name.bare" "odd/$name.nowhere"
    holds "name $i: the document is one" [ "$(field '[.results[].exit] | join(" ")')" = '0 6 66' ]
    holds "name $i: printable as well" python3 printable.py out
    run w why "odd/$name"
    holds "name $i: why is printable" python3 printable.py out err
    for command in 'show' 'run' 'sign --key alice --replace' 'sign --key alice' 'seal extract' \
        'seal strip'; do
        # shellcheck disable=SC2086 # words
        run w $command "odd/$name.bare"
        holds "name $i: so is what $command says" python3 printable.py out err
        # shellcheck disable=SC2086 # words
        run w $command "odd/$name.nowhere"
        holds "name $i: so is what $command says of what is not there" python3 printable.py out err
        holds "name $i: in one line" [ "$(wc -l <err)" -eq 1 ]
    done
done
run w verify --json "odd/$quote"
holds 'a name that JSON has to quote comes back' [ "$(field '.results[0].subject')" = "odd/$quote" ]

exits 64 'an identifier is printable' w sign "odd/$escape" --key alice --replace
holds 'so that such a file needs another one' grep -q 'give one with --identifier' err
exits 0 'which may be given' w sign "odd/$escape" --key alice --replace --identifier fine
allowed 'and then the file is allowed' "odd/$escape"
exits 64 'also one that is given is printable' w sign app --key alice --replace \
    --identifier "$newline"
exits 64 'and not empty' w sign app --key alice --replace --identifier=
exits 64 'and not longer than 255 bytes' w sign app --key alice --replace \
    --identifier "$(printf '%0256d' 0)"
exits 0 'which is enough' w sign app --key alice --replace --identifier "$(printf '%0255d' 0)"
exits 0 'names beyond ASCII are names' w sign app --key alice --replace --identifier 'Žluťoučký kůň'
run w verify --json app
holds 'and come back' [ "$(field '.results[0].seals[0].entries[0].identifier')" = 'Žluťoučký kůň' ]

finish
