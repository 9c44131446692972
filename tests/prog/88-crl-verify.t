#!/bin/sh
# Goal of this test: a program's certificates are asked about in the CRLs that are sources, beside the
# feed: what a CRL lists is refused though the feed has not heard of it, what only a CRL covers is
# allowed while the CRL is current, and every answer of every source is in the evidence.

. "$(dirname "$0")/lib.sh"
WRIT_PASSPHRASE=x
export WRIT_PASSPHRASE

{
    writ ca init 'Example Corp' && writ ca issue Alice --out alice && cp /bin/true app &&
        writ sign app --key alice && writ publish ./feed &&
        writ ca export --crl-dir crls --chain chain.pem
} >log 2>&1 || cat log

# on DEVICE COMMAND...: with another machine's state.
mkdir device bare
on() {
    on_root=$dir/$1
    shift
    env WRIT_ROOT="$on_root" writ "$@"
}
fingerprint=$(writ ca show --json | python3 -c 'import json, sys
print(json.load(sys.stdin)["root_fingerprint"])')

add_crls() {
    for crl in crls/*.crl; do
        name=$(basename "$crl" .crl)
        on "$1" source add crl "$crl" --issuer chain.pem --name "$name" || return
    done
}

# ---- beside a feed ----

exits 0 'a device with the feed' on device source add feed ./feed --fingerprint "$fingerprint"
exits 0 'and with the CRLs' add_crls device
exits 0 'allows the program' on device verify app
exits 0 'writ why shows' on device why --json app
holds 'the answer of the feed, then of the CRL, with their times' python3 -c '
import json
[result] = json.load(open("out"))["results"]
path = result["seals"][0]["entries"][0]["path"]
for link in path[:-1]:
    assert [a["from"] for a in link["answers"]] == ["table", "crl"], link
    assert all(a["status"] == "good" and a["as_of"] and a["until"] for a in link["answers"])
assert "answers" not in path[-1]'

writ ca revoke alice --reason keyCompromise >log 2>&1 || cat log
writ ca export --crl-dir crls >log 2>&1 || cat log
for crl in crls/*.crl; do
    exits 0 "the CRL is pulled: $crl" on device pull "$(basename "$crl" .crl)"
done
exits 2 'what the CRL lists is refused, though the feed says that it is good' on device verify app
holds 'as revoked, for the reason that the CRL gives' grep -q 'refused: revoked .*keyCompromise' out
exits 2 'the evidence has both' on device why --json app
holds 'good by the table, revoked by the CRL' python3 -c '
import json
[result] = json.load(open("out"))["results"]
answers = result["seals"][0]["entries"][0]["path"][0]["answers"]
assert [(a["from"], a["status"]) for a in answers] == [("table", "good"), ("crl", "revoked")], answers'

# ---- without a feed ----

writ ca issue Bob --out bob >log 2>&1 || cat log
cp /bin/true other && writ sign other --key bob >log 2>&1 || cat log
writ ca export --crl-dir crls >log 2>&1 || cat log
exits 0 'a device that trusts the CA and never pulled its feed' \
    on bare trust add feed/bundle.pem --fingerprint "$fingerprint"
exits 4 'cannot know' on bare verify other
exits 0 'until it has the CRLs' add_crls bare
exits 0 'then it allows what they do not list' on bare verify other
exits 2 'and refuses what they do' on bare verify app
exits 0 'the verdict ends' on bare verify --json other
holds 'when a CRL does' python3 -c '
import json, time
[result] = json.load(open("out"))["results"]
ends = time.mktime(time.strptime(result["holds_until"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
assert ends <= time.time() + 7 * 86400 + 60'
later=$(date -u -d '+8 days' +%Y-%m-%dT%H:%M:%SZ)
exits 5 'after nextUpdate it is stale' on bare verify --at "$later" other
holds 'because of the CRL' grep -q 'the CRL that covers .* is too old' out
exits 2 'and what was revoked is revoked' on bare verify --at "$later" app
exits 5 'letting pass what is not covered makes no stale CRL fresh' \
    on bare verify --allow-uncovered --at "$later" other
finish
