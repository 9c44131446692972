#!/bin/sh
# Goal of this test: whatever a server says that Mozilla has not signed, or that is not what was signed,
# gets one sentence, and nothing that is asked on the device changes.
. "$(dirname "$0")/fast.sh"
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/journey.sh"
. "$source_root/tests/prog/ca.sh"
. "$source_root/tests/prog/crlite.sh"
begin_world
publish deltas=2 timestamp=1774224000000
add_crlite
must d pull

n=1774224000000
# new WISH...: all of it published anew, later.
new() {
    n=$((n + 1))
    publish "timestamp=$n" "$@"
}
third='r = next(r for r in records if "-3-default" in r["attachment"]["filename"]); '
delta=20260322-3-default.filter.delta
attachments=$world/www/attachments/security-state-workspace/cert-revocations

# --- who signed ---

new sign=fresh chain=leaf
pulls_nothing 65 "^writ: crlite: cert-revocations: the signature does not verify$" "another key than the chain's"
new forge='records[0]["details"]["name"] = "x"'
pulls_nothing 65 "cert-revocations: the signature does not verify" "a record that was changed after it was signed"
new forge='del records[1]'
pulls_nothing 65 "cert-revocations: the signature does not verify" "a record that was left out"
new forge='records.append(dict(records[0], id="ff"))'
pulls_nothing 65 "cert-revocations: the signature does not verify" "a record that was put in"
new sign=other-host
pulls_nothing 65 "the signer's certificate is not for onecrl.content-signature.mozilla.org" "a signer for other collections"
new sign=year
pulls_nothing 65 "the certificate of onecrl.content-signature.mozilla.org, Example ended at 2026-01-01T00:00:00Z" "a signer whose certificate has ended"
new sign=stranger
pulls_nothing 65 "the chain does not lead to the root $(cat "$world/pin")" "a signer under another root"
new chain=huge
pulls_nothing 65 "chains/huge announces more than the 65536 bytes" "a chain over the ceiling"
new x5u="$http/chains/leaf"
pulls_nothing 65 "the certificates are said to be at \"$http/chains/leaf\", wanted an https URL" "a chain over http"
new x5u=file:///etc/passwd
pulls_nothing 65 "wanted an https URL" "or from a file"
new x5u="$https/chains/none"
pulls_nothing 66 "chains/none is not there" "a chain that is not there"
new x5u="https://127.0.0.1:9/chains/leaf"
pulls_nothing 69 "cannot be reached" "or whose server is not"
echo hello >"$world/www/chains/text"
new chain=text
pulls_nothing 65 "the chain holds no certificate" "something that is no chain"
vouches=$SSL_CERT_FILE
cp "$world/signer/root.pem" stranger.pem
SSL_CERT_FILE=$dir/stranger.pem
pulls_nothing 69 "cannot be reached: SSL certificate problem" "a server that nobody vouches for"
SSL_CERT_FILE=$vouches

# --- the collection ---

publish timestamp=1774223999999
pulls_nothing 65 "cert-revocations: timestamp 1774223999999 is older than 1774224000000, which this device has accepted" \
    "an older collection"
new edit="${third}r['parent'] = '0' * 32"
pulls_nothing 65 "cert-revocations: 1 of 3 deltas of the channel default follow a filter that is not there" \
    "a delta whose parent is missing"
new edit="${third}r['parent'] = records[0]['id']"
pulls_nothing 65 "two deltas of the channel default follow one filter" "a chain that forks"
new edit="${third}r['incremental'] = False"
pulls_nothing 65 "two full filters in the channel default" "two full filters"
new edit="[r.update(channel='none') for r in records]"
pulls_nothing 65 "no full filter in the channel default" "no filter at all"
new edit="${third}r['weight'] = 1.5"
pulls_nothing 65 "a number with a fraction or an exponent has no canonical form" "a number that is signed in several ways"
new edit="${third}r['attachment']['filename'] = '../../x'"
pulls_nothing 65 "\"../../x\" is no name for a filter" "a name that leads elsewhere"
new edit="${third}r['attachment']['filename'] = 'index.bin'"
pulls_nothing 65 "\"index.bin\" is no name for a filter" "a name that is taken"
new edit="${third}r['attachment']['filename'] = 'x' * 33"
pulls_nothing 65 "is no name for a filter: wanted 1 to 32" "a name that the index has no room for"
new edit="${third}r['attachment']['filename'] = records[0]['attachment']['filename']"
pulls_nothing 65 "two filters are named 20260322-0-default.filter" "the same name twice"
new edit="${third}r['attachment']['location'] = 'a/../../b'"
pulls_nothing 65 "\"a/../../b\" is no place for a filter" "a place that leads elsewhere"
new edit="${third}r['attachment'] = None"
pulls_nothing 65 "an attachment: filename is missing" "a record without a file"
new edit="${third}r['attachment']['size'] = 300000000"
pulls_nothing 65 "a size of 300000000 bytes, wanted 1 to 268435456" "a size over the ceiling"
new edit="${third}r['deep'] = eval('[' * 20 + ']' * 20)"
pulls_nothing 65 "nests deeper than 16" "lists in lists in lists"

answers=$world/www/v1/buckets/security-state/collections/cert-revocations
damage() { # COMMAND: what both answers become
    new
    for answer in whole since; do
        (cd "$answers" && eval "$1" <$answer.json >x && touch -d "@$n" x && mv x $answer.json)
    done
}
damage 'head -c 700'
pulls_nothing 65 "the server's answer is not JSON" "an answer that is cut"
damage 'echo "<html>"'
pulls_nothing 65 "the server's answer is not JSON" "a page instead"
damage 'head -c 17000000 /dev/zero'
pulls_nothing 65 "announces more than the 16777216 bytes" "an answer over the ceiling"
damage "jq -c 'del(.metadata)'"
pulls_nothing 65 "signature is missing" "an answer that nobody signed"
damage "jq -c '.metadata.signature.mode = \"rs256\"'"
pulls_nothing 65 "another mode than p384ecdsa" "a signature in another mode"
damage "jq -c '.metadata.signature.signature = \"AAAA\"'"
pulls_nothing 65 "the signature is not URL-safe base64 of 96 bytes" "a signature that is too short"
damage "jq -c '.timestamp = \"now\"'"
pulls_nothing 65 "timestamp is no number" "a time that is none"
damage "jq -c '.timestamp += 1'"
pulls_nothing 65 "the signature does not verify" "a later time than was signed"
damage "jq -c '.changes += [.changes[0], {\"id\": \"x\"}, {\"id\": \"x\"}]'"
pulls_nothing 65 "two records have the id" "a record twice"
new edit="${third}r['parent'] = r['id']"
pulls_nothing 65 "follow a filter that is not there" "a delta that follows itself"

# --- OneCRL, with which all or nothing is taken ---

new
onecrl=$world/www/v1/buckets/security-state/collections/onecrl
for answer in whole since; do
    jq -c '.timestamp += 1' "$onecrl/$answer.json" >x && touch -d "@$n" x && mv x "$onecrl/$answer.json"
done
pulls_nothing 65 "^writ: crlite: onecrl: the signature does not verify$" "a OneCRL that was changed"
new
rm "$onecrl/whole.json" "$onecrl/since.json"
pulls_nothing 66 "onecrl: .* is not there" "a OneCRL that is not there any more"
new
python3 - "$world" <<'PY'
import json, sys
path = sys.argv[1] + "/world.json"
world = json.load(open(path))
world["onecrl"].append({"id": "o3", "issuerName": "!", "serialNumber": "AQI="})
json.dump(world, open(path, "w"))
PY
new
pulls_nothing 65 "^writ: crlite: onecrl: " "a record of OneCRL that makes no sense"
python3 - "$world" <<'PY'
import json, sys
path = sys.argv[1] + "/world.json"
world = json.load(open(path))
world["onecrl"].pop()
json.dump(world, open(path, "w"))
PY

# --- files ---

new edit="${third}r['attachment']['hash'] = '00' * 32"
pulls_nothing 65 "$delta: its SHA-256 is not the one announced" "a file with another hash"
new edit="${third}r['attachment']['size'] += 1"
pulls_nothing 65 "$delta: has 997 bytes, wanted 998" "a file that is too short"
new edit="${third}r['attachment']['size'] -= 1"
pulls_nothing 65 "$delta announces more than the 996 bytes" "a file that is too long"
new
mv "$attachments/$delta" kept
pulls_nothing 66 "$delta is not there" "a file that is not there"
# replace COMMAND: the file becomes something else, and is signed as that.
replace() {
    eval "$1" >"$attachments/$delta"
    touch -d "@$n" "$attachments/$delta"
    new edit="${third}r['attachment'].update(hash='$(sha256 "$attachments/$delta")', size=$(wc -c <"$attachments/$delta"))"
}
replace 'echo hello'
pulls_nothing 65 "$delta: .*clubcard version 104, this writ reads 3 and 4" "a file that is signed, and no filter"
replace 'head -c 900 kept'
pulls_nothing 65 "$delta: " "a filter that is cut short, and signed"
replace '{ printf "\002\000"; tail -c +3 kept; }'
pulls_nothing 65 "$delta: .*clubcard version 2" "a filter of the old kind"
replace '{ cat kept; echo; }'
pulls_nothing 65 "$delta: .*trailing" "a filter with something behind it"
cp kept "$attachments/$delta"

new
printf '{"capabilities": {}}' >"$world/www/v1/root.json"
pulls_nothing 65 "base_url is missing" "a server that does not say where files are"
printf '{"capabilities": {"attachments": {"base_url": "file:///etc/"}}}' >"$world/www/v1/root.json"
pulls_nothing 65 "attachments are said to be at no http or https URL" "or says it badly"
new

# --- the server ---

extra 'location ~ cert-revocations/changeset$ { return 301 https://elsewhere.example/; }'
pulls_nothing 78 "redirects to https://elsewhere.example/" "a redirect"
extra 'location ~ cert-revocations/changeset$ { return 404; }'
pulls_nothing 66 "is not there" "a collection that is not there"
extra 'location ~ cert-revocations/changeset$ { return 403; }'
pulls_nothing 77 "is not given to us" "one that is not for everybody"
extra 'location ~ cert-revocations/changeset$ { return 500; }'
pulls_nothing 69 "answered with status 500" "a server that fails"
extra 'location /attachments/ { return 503; }'
pulls_nothing 69 "answered with status 503" "in the middle of it"
stop_world
pulls_nothing 69 "cannot be reached" "a server that is not there"
: >"$world/extra.conf"
start_world

works "after all that, what is good is taken over" d pull
prints "whole" "crlite: 4 filters taken over, built at 2026-03-23T12:00:00Z; 5.9 kB, of which 997 bytes came"

# --- what makes no sense to ask for ---

usage() { # WORDS CLAIM ARGUMENTS...
    words=$1
    claim=$2
    shift 2
    refuses 64 "$words" "$claim" d source add "$@"
}
usage "wanted a URL" "a folder is no server" crlite ./folder
usage "wanted a URL" "nor is a path" crlite /tmp
usage "a URL without a host" "a URL has a host" crlite http:// --name nowhere
usage "pin: wanted 64 hexadecimal digits" "a root is known by all of its hash" crlite "$http/v1" --pin 00ff
usage "fingerprint goes with feed" "an option of another kind" crlite "$http/v1" --fingerprint "$(cat "$world/pin")"
usage "mirror goes with upki" "is refused" crlite "$http/v1" --mirror "$http/v1"
usage "pin does not go with feed" "as are those of these kinds with a feed" feed "$http/v1" --pin "$(cat "$world/pin")"
usage "a feed needs a URL or a folder" "which needs a place" feed
usage "channel" "a channel is one of two" crlite "$http/v1" --channel beta
usage "name: wanted lower-case" "a name has its rules" crlite "$http/v1" --name "A b"
refuses 65 "does not lead to the root c8a80e9afaef4e219b6fb5d7a71d0f101223bac5001ac28f9b0d43dc59a106db" \
    "without a pin it is Mozilla's root that counts" d source add crlite "$http/v1" --name real
holds "and nothing of such a source stays" [ ! -e "$device/sources/real.conf" ]

# Files of sources that were written by hand.
conf=$device/sources/hand.conf
while IFS='|' read -r words text; do
    printf '%b' "$text" >"$conf"
    refuses 78 "$words" "by hand: $words" d source list
done <<END
location is "/x", wanted a URL|kind = crlite\nlocation = /x\nchannel = default\nroot = $(cat "$world/pin")\n
root is no fingerprint|kind = crlite\nlocation = $http\nchannel = default\nroot = 00\n
channel is missing|kind = crlite\nlocation = $http\nroot = $(cat "$world/pin")\n
bundle does not go with kind crlite|kind = crlite\nlocation = $http\nchannel = x\nbundle = $(cat "$world/pin")\n
cache is "", wanted an absolute path|kind = upki\nlocation = $http\n
cache is "x", wanted an absolute path|kind = upki\nlocation = $http\ncache = x\n
wanted https: a mirror signs nothing|kind = upki\nlocation = http://example.com/\ncache = /x\n
wanted https: a mirror signs nothing|kind = upki\nlocation = $http\nmirror = http://127.0.0.1.example.com/\ncache = /x\n
more than 4 mirrors|kind = upki\nlocation = $http\nmirror = $http\nmirror = $http\nmirror = $http\nmirror = $http\nmirror = $http\ncache = /x\n
END
rm "$conf"
works "without them all is well" d source list

finish
