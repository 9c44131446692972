#!/bin/sh
# Goal of this test: what is typed wrong is refused with exit code 64 and one sentence that says what
# would be right, and what cannot be written is never taken for success.

. "$(dirname "$0")/lib.sh"

# refused SENTENCE ARGUMENT...
refused() {
    sentence=$1
    shift
    exits 64 "writ $* is refused" writ "$@"
    says "writ $* is told what is wrong" "writ: $sentence"
    holds "writ $* prints nothing on standard output" [ ! -s out ]
}

refused 'unknown command "writ verson"; did you mean "writ version"?' verson
refused 'unknown command "writ bash"; did you mean "writ completion bash"?' bash
refused 'unknown command "writ completion bsh"; did you mean "writ completion bash"?' completion bsh
refused 'unknown command "writ frobnicate"; try writ --help' frobnicate
refused 'unknown command "writ "; try writ --help' ''
refused 'unknown option --jsn for "writ version"; did you mean --json?' version --jsn
refused 'unknown option --zzz for "writ"; try writ --help' --zzz
refused 'unknown option -x for "writ version"; try writ version --help' version -x
refused '"writ version" takes no operands, found "x"; try writ version --help' version x
refused '--json takes no value; try writ version --help' version --json=yes
refused '--at wants a value: TIME; try writ version --help' version --at
refused '--root may be given only once; try writ version --help' version --root / --root /
refused '-q and -v contradict each other; try writ version --help' version -qv
refused '--dry-run has no meaning for "writ version": it changes nothing; try writ version --help' \
    --dry-run version
refused 'no help about "frobnicate"; try writ help --help' help frobnicate
refused 'no help about "verson"; did you mean "version"?' help verson
refused 'no help about "completion bsh"; did you mean "completion bash"?' help completion bsh

exits 64 'a time that is none is refused' writ version --at yesterday
holds 'a time that is none is shown the right form' grep -q '^writ: --at: "yesterday".*Z' err

# Without a command the list goes where faults go.
exits 64 'writ alone is refused' writ
holds 'writ alone lists the commands on standard error' grep -q 'version' err
holds 'writ alone prints nothing on standard output' [ ! -s out ]
holds 'writ alone ends with the sentence' [ "$(tail -n 1 err)" = \
    'writ: no command was given; try writ --help' ]
exits 64 'a group alone is refused' writ completion
holds 'a group alone lists its commands' grep -q '^  completion bash  ' err
exits 64 'writ -q alone is refused' writ -q
says 'writ -q alone says only the sentence' 'writ: no command was given; try writ --help'

# Help that was asked for is no fault.
for words in --help -h help 'help help' 'help options' 'help completion' 'completion --help' \
    'completion bash --help' 'version -h x y'; do
    # shellcheck disable=SC2086 # the words are meant to be split
    exits 0 "writ $words exits with 0" writ $words
    holds "writ $words prints on standard output" [ -s out ]
    holds "writ $words says nothing on standard error" [ ! -s err ]
done

# Version.
exits 0 'writ version exits with 0' writ version
holds 'the version names both writ and OpenSSL' \
    grep -Eqx 'writ [0-9]+\.[0-9]+\.[0-9]+ \(OpenSSL 3\.[0-9]+\.[0-9]+\)' out
cp out version
exits 0 'writ --version is the same' writ --version
holds 'writ --version prints the same' cmp -s out version
exits 0 'writ version -q still prints what was asked for' writ -q version
holds 'writ -q version prints the same' cmp -s out version

# JSON.  json EXPRESSION: true of the document d on standard output.
json() {
    python3 -c 'import json, sys; d = json.load(open("out")); sys.exit(not ('"$1"'))'
}
exits 0 'writ version --json exits with 0' writ version --json
holds 'the version is a JSON document' json 'set(d) == {"schema", "writ", "openssl"}'
exits 64 'a refused line with --json exits with 64' writ --json verson
holds 'a fault is a JSON document' json 'd == {"schema": 1, "fault": {"class": "usage", "exit": 64,
    "message": "unknown command \"writ verson\"; did you mean \"writ version\"?"}}'
says 'the fault stands on standard error too' \
    'writ: unknown command "writ verson"; did you mean "writ version"?'
exits 64 'a fault before --json is seen is one too' writ verson --json
holds 'it is a JSON document all the same' json '"fault" in d'
exits 64 'writ --json alone is refused' writ --json
holds 'the lack of a command is a JSON document' json 'd["fault"]["class"] == "usage"'

# What cannot be written.
on_full() {
    "$@" >/dev/full 2>err </dev/null
}
on_closed() {
    "$@" >&- 2>err </dev/null
}
for words in version --help 'completion bash' 'version --json' 'commands --json'; do
    code=0
    # shellcheck disable=SC2086
    on_full writ $words || code=$?
    holds "writ $words on a full device exits with 74" [ "$code" -eq 74 ]
    says "writ $words on a full device says so" \
        'writ: standard output: No space left on device'
done
code=0
on_closed writ version || code=$?
holds 'writ version with standard output closed exits with 74' [ "$code" -eq 74 ]
says 'writ version with standard output closed says so' \
    'writ: standard output: Bad file descriptor'
code=0
writ verson 2>/dev/full >out || code=$?
holds 'a fault that cannot be said still exits with its code' [ "$code" -eq 64 ]
code=0
writ verson 2>&- >out || code=$?
holds 'a fault with standard error closed still exits with its code' [ "$code" -eq 64 ]

# Strangers' words.
exits 64 'a command made of control characters is refused' writ "$(printf '\033[31mred\nwrit: ok')"
says 'control characters are spelled out, on one line' \
    'writ: unknown command "writ \x1b[31mred\x0awrit: ok"; try writ --help'

# A program that was copied without its others.
mkdir alone && cp "$build/prog/writ/writ" alone
exits 78 'writ alone is no CA' alone/writ ca list
holds 'and says what it misses, and where it was built for' grep -Exq \
    "writ: $dir/alone/writ-ca is missing; is writ installed whole, and in /.*/bin as it was built for\\?" err

finish
