#!/bin/sh
# Goal of this test: a seal can be taken off, looked at, moved and put on again, byte for byte the
# same; an older one is replaced only when that was asked for; and where there are two, both count.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"

begin_journey
seals=$WRIT_ROOT/var/lib/writ/seals

cp /bin/true plain
cp /bin/false other
cp plain sealed
must w sign sealed --key alice

# afresh [NAME]: app is a sealed (or plain) program again, and nothing else is there.
afresh() {
    rm -rf app app.writ "$seals"
    cp "${1:-sealed}" app
}

is() {
    holds "$1" cmp -s "$2" "$3"
}

# ------------------------------------------------------------------------------------ round trips

afresh
exits 0 'extract takes a tail apart' w seal extract app --out parts
prints 'and says what into' 'extracted to parts: seal.der, codedirectory, sig.der'
holds 'there are exactly these parts' [ "$(find parts -type f | sort | tr '\n' ' ')" = \
    'parts/codedirectory parts/seal.der parts/sig.der ' ]
is 'the file stays as it is' app sealed

exits 0 'strip removes a tail' w seal strip app
prints 'and says so' 'removed the tail from app'
is 'what is left is the program, byte for byte' app plain
judged unsigned no-seal 6 'which is unsigned then' app

exits 0 'attach puts the seal on again' w seal attach app parts/seal.der
prints 'and says in which form and why' \
    'attached to app: tail (ELF that ends where its headers say)'
is 'the result is the sealed program, byte for byte' app sealed

afresh plain
exits 0 'attach --to detached puts it beside the file' w seal attach app parts/seal.der \
    --to detached
is 'as a file of its own' app.writ parts/seal.der
is 'the program is untouched' app plain
allowed 'verify finds it there' app
must w seal extract app --out parts2
is 'extract finds it there too' parts2/seal.der parts/seal.der
exits 0 'strip removes it' w seal strip app
prints 'and says so as well' 'removed the detached seal from app'
holds 'it is gone' [ ! -e app.writ ]

exits 0 'attach --to index puts it into the index' w seal attach app parts/seal.der --to index
root=$(w show parts/seal.der --json | jq -r '.objects[0].entries[0].content_root')
is 'under the length and the root of its content' "$seals/$(stat -c %s plain)/$root.writ" \
    parts/seal.der
allowed 'verify finds it by the content' app
for command in 'seal attach app parts/seal.der --to' 'sign app --key bob --attach'; do
    # shellcheck disable=SC2086 # words
    exits 73 "$command index replaces none in the index" w $command index
    says 'and says how to' "writ: $seals/$(stat -c %s plain)/$root.writ is there already; --replace \
replaces it"
    is 'which is as it was' "$seals/$(stat -c %s plain)/$root.writ" parts/seal.der
    # shellcheck disable=SC2086 # words
    exits 0 "with --replace it does" w $command index --replace
    allowed 'and the file is allowed' app
done
must w seal attach app parts/seal.der --to index --replace
mkdir far
cp plain far/renamed
allowed 'wherever that is and whatever it is called' far/renamed
judged unsigned no-seal 6 'and nothing else' other

afresh
must w seal attach app parts/seal.der --to detached
exits 0 'strip removes both' w seal strip app
prints 'and names both' 'removed the tail and the detached seal from app'
is 'nothing of them is left' app plain
exits 66 'a file without a seal has none to remove' w seal strip app
says 'and strip says so' 'writ: app has no seal'
exits 66 'nor one to extract' w seal extract app
says 'and extract says so' 'writ: app has no seal'

# ------------------------------------------------------------------------- nothing by accident

exits 73 'extract replaces no file' w seal extract sealed --out parts
says 'and names the one that is there' 'writ: parts/seal.der exists already; --force replaces it'
mkdir half && touch half/sig.der
exits 73 'nor writes those before it' w seal extract sealed --out half
holds 'so that nothing is half new' [ "$(ls half)" = sig.der ]
exits 0 'extract --force does' w seal extract sealed --out parts --force
exits 64 'an entry that is not there is not extracted' w seal extract sealed --out parts --entry 2
says 'and the number of entries is said' 'writ: --entry 2: the seal has 1'

afresh
exits 73 'attach replaces no tail' w seal attach app parts/seal.der
says 'and says how to' 'writ: app has a tail already; --replace replaces it'
exits 0 'attach --replace does' w seal attach app parts/seal.der --replace
is 'with the same result' app sealed
afresh plain
echo older >app.writ
exits 73 'attach replaces no detached seal' w seal attach app parts/seal.der --to detached
says 'and says how to' 'writ: app.writ is there already; --replace replaces it'
holds 'it is as it was' grep -qx older app.writ
exits 0 'attach --to detached --replace does' w seal attach app parts/seal.der \
    --to detached --replace
is 'with the new one' app.writ parts/seal.der

exits 65 "another file's seal is not attached" w seal attach other parts/seal.der
says 'and attach says why' 'writ: the seal is of another content than other'
is 'the other file stays as it is' other /bin/false
printf 'no seal' >nonsense
exits 65 'what is no seal is not attached' w seal attach app nonsense --to detached --replace
is 'and replaces nothing' app.writ parts/seal.der
exits 66 'a seal that is not there is not attached' w seal attach app nowhere
exits 66 'nor one to a file that is not there' w seal attach nowhere parts/seal.der

for command in 'seal strip app' 'sign app --key bob --replace' \
    'sign app --key bob --replace --attach detached' 'seal attach app parts/seal.der --replace' \
    'seal attach app parts/seal.der --to index' 'seal attach app parts/seal.der --to detached'; do
    afresh
    # shellcheck disable=SC2086 # words
    exits 0 "writ $command --dry-run would" w $command --dry-run
    holds 'it says would' grep -q '^would ' out
    is 'and changes nothing' app sealed
    holds 'nor puts anything beside it' [ ! -e app.writ ]
    holds 'nor into the index' [ ! -e "$seals" ]
done

# --------------------------------------------------------------------------------------- replacing

# signer: who the verdict on app is about.
signer() {
    run w verify --json app
    field '.results[0].line' | sed 's/;.*//'
}

afresh
exits 73 'a sealed file is not sealed again' w sign app --key bob
says 'without being asked' 'writ: app is sealed already (a tail); --replace makes a new seal'
is 'and stays as it is' app sealed
exits 0 'sign --replace replaces a tail' w sign app --key bob --replace
holds 'Bob is the signer then' [ "$(signer)" = 'allowed: Bob, Example Corp' ]
must w seal strip app
is 'there was one seal only' app plain

afresh
exits 0 'a tail is replaced by a detached seal' w sign app --key bob --replace --attach detached
is 'the tail is gone' app plain
holds 'Bob is the signer then' [ "$(signer)" = 'allowed: Bob, Example Corp' ]
exits 73 'a detached seal is not replaced' w sign app --key alice
says 'without being asked' 'writ: app is sealed already (app.writ); --replace makes a new seal'
exits 0 'sign --replace replaces it by a tail' w sign app --key alice --replace
holds 'the detached one is gone' [ ! -e app.writ ]
holds 'Alice is the signer then' [ "$(signer)" = 'allowed: Alice, Example Corp' ]

# ---------------------------------------------------------------------------- two seals, both count

afresh plain
must w sign app --key bob --attach detached
mv app.writ bob.writ
cp other plain2
must w sign plain2 --key alice --attach detached

# both: app with its tail, and this beside it
both() {
    afresh
    cp "$1" app.writ
}
both bob.writ
allowed 'two sound seals are allowed' app
holds 'the tail has the word' [ "$(signer)" = 'allowed: Alice, Example Corp' ]
both nonsense
judged malformed malformed 3 'a sound tail with nonsense beside it is malformed' app
both /dev/null
judged malformed malformed 3 'a sound tail with an empty seal beside it is malformed' app
both plain2.writ
judged modified content-changed 3 "a sound tail with another file's seal beside it is modified" app
both bob.writ
truncate -s -1 app.writ
judged malformed malformed 3 'a sound tail with a truncated seal beside it is malformed' app
both bob.writ
truncate -s 1048577 app.writ
judged malformed malformed 3 'a sound tail with a seal over its ceiling beside it is malformed' app
holds 'the ceiling is named' grep -q 'app.writ has 1048577 bytes, more than the 1048576' out
both bob.writ
flip app 5000
judged modified content-changed 3 'a changed program does not pass with two seals either' app
afresh plain
flip app 5000
cp bob.writ app.writ
judged modified content-changed 3 'nor with one beside it' app

both bob.writ
must w ca revoke Bob --reason keyCompromise
publish
pull
judged revoked certificate-revoked 2 'a sound tail with a revoked seal beside it is revoked' app
rm app.writ
allowed 'and allowed without that' app
must w ca revoke Alice --reason keyCompromise
publish
pull
judged revoked certificate-revoked 2 'the revoked tail is refused' app
must w ca reinstate Bob --note mistake
publish
pull
cp bob.writ app.writ
judged revoked certificate-revoked 2 'also with a sound seal beside it' app
must w ca reinstate Alice --note mistake
publish
pull
allowed 'and allowed when both are reinstated' app

# What lies beside a file and is no regular file is not looked at: it must not block, nor matter.
afresh
mkdir app.writ
allowed 'a directory beside the file is not looked at' app
afresh
mkfifo app.writ
allowed 'nor is a FIFO' app
afresh
ln -s nowhere app.writ
allowed 'nor a link to nothing' app

# --------------------------------------------------------------------------------- the seal given

afresh plain
cp bob.writ elsewhere.writ
allowed '--seal names the seal' app --seal elsewhere.writ
cp nonsense app.writ
allowed 'and then the one beside the file is not looked at' app --seal elsewhere.writ
judged modified content-changed 3 "another file's seal is refused" app --seal plain2.writ
judged malformed malformed 3 'what is no seal is refused' app --seal nonsense
exits 64 '--seal goes with one file' w verify app other --seal elsewhere.writ
exits 66 'a seal that is not there could not be looked at' w verify app --seal nowhere
: >empty
exits 65 'an empty one is no seal' w verify app --seal empty
afresh
judged malformed malformed 3 'with a tail both count here too' app --seal nonsense
allowed 'and both may be sound' app --seal elsewhere.writ

# --------------------------------------------------------------------------------------- the index

rm -rf app app.writ
cp plain app
must w sign app --key alice --attach index
length=$(stat -c %s plain)
mkdir -p "$WRIT_ROOT/usr/share/writ"
mv "$seals" "$WRIT_ROOT/usr/share/writ/seals"
allowed "the system's index is looked into as well" app
mv "$WRIT_ROOT/usr/share/writ/seals" "$seals"
cp nonsense "$seals/$length/$root.writ"
judged malformed malformed 3 'a seal in the index that is none is malformed' app
cp plain2.writ "$seals/$length/$root.writ"
judged modified content-changed 3 'one of another file is refused' app
rm "$seals/$length/$root.writ"
judged unsigned no-seal 6 'without one the file is unsigned' app
cp bob.writ "$seals/$length/$(echo "$root" | tr a-f A-F).writ"
judged unsigned no-seal 6 'a seal under a name that is no root is not looked at' app
rm "$seals/$length/"*
for i in 1 2 3 4 5 6 7 8; do
    cp nonsense "$seals/$length/$(printf '%064d' $i).writ"
done
cp bob.writ "$seals/$length/$root.writ"
allowed 'among seals for the same length the one for the content is taken' app
rm -rf "$seals"

# -------------------------------------------------------------------------------------------- show

afresh
run w show --json app
holds 'show tells the form and the lengths' [ "$(field '.objects[0] |
    "\(.object), \(.form), \(.content_length), \(.elf_end)"')" = \
    "file with a tail, ELF program, $length, $length" ]
holds 'and what the seal claims' [ "$(field '.objects[0].entries[0] |
    "\(.kind) \(.identifier) \(.team) \(.content_root) \(.critical_flags)"')" = \
    "program sealed alice $root 0" ]
holds 'and who made it, by which algorithm' [ "$(field '.objects[0].entries[0].signature |
    "\(.digest) \(.signed_with) \(.binds_certificate) \(.signing_time_claimed)"')" = \
    'sha256 ecdsa-with-SHA256 true 2026-03-01T12:00:00Z' ]
holds 'and its certificates' [ "$(field '[.objects[0].entries[0].signature.certificates[].subject] |
    sort | join("; ")')" = 'Alice, Example Corp; Example Corp Code Signing CA, Example Corp' ]
for part in 'seal.der seal' 'codedirectory code directory' 'sig.der signature'; do
    run w show --json "parts/${part%% *}"
    holds "show knows a ${part#* }" [ "$(field '.objects[0].object')" = "${part#* }" ]
done
run sh -c 'cat parts/seal.der | "$@"' sh writ show --json -
holds 'show reads standard input' [ "$(field '.objects[0].object')" = seal ]
exits 0 'show shows a file without a tail' w show plain
holds 'as what it is' grep -q 'object: file without a tail' out
truncate -s -1 parts/seal.der
exits 65 'show refuses what it cannot read' w show parts/seal.der
holds 'and says at which byte' grep -q '^writ: parts/seal.der: .*' err
exits 65 'of several it shows what it can' w show nonsense parts/codedirectory
holds 'the rest is there' grep -q 'object: code directory' out
run w show --json nonsense parts/codedirectory
holds 'a program finds the fault in its place' [ "$(field '.objects[] |
    "\(.file) \(.object) \(.fault.exit)"')" = "nonsense null 65
parts/codedirectory code directory null" ]
exits 66 'where nothing can be shown' w show nowhere
holds 'nothing is printed' [ ! -s out ]
exits 65 'of what came on standard input' sh -c 'echo nonsense | "$@"' sh writ show -
holds 'it says so' grep -q '^writ: standard input: nothing that writ knows' err

finish
