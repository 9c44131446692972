"""Mozilla's server for CRLite, and a upki mirror, in small or in production's size.

    crlite_world.py make DIR [FULL-BYTES DELTA-BYTES DELTAS]    keys, certificates, filters, records, nginx.conf
    crlite_world.py publish DIR [WISH...]                       what the server answers, signed
    crlite_world.py mirror DIR [WISH...]                        the mirror's manifest

Everything lies in DIR: `signer` (keys and chain), `tls` (of the server that has the chain), `www` (what
nginx serves) and `world.json` (what there is).  Ports are in DIR/http and DIR/https once nginx runs, which
tests/prog/crlite.sh starts.  Real filters are not needed to pull: a filter here is a clubcard of version 4
with logs, issuers and columns of random bits.

Wishes of publish (each NAME=VALUE):
    timestamp=N  since=N      of this answer; only what changed since N goes out as well, for ?_since="N"
    deltas=N                  so many deltas are published; default all
    as-of=SECONDS             effectiveTimestamp of the last one
    sign=NAME                 the leaf that signs (leaf, other-host, year ...); chain=NAME likewise
    x5u=URL                   where the chain is said to be
    edit=PYTHON               a statement that changes `records` (a list) before they are signed
    forge=PYTHON              the same after they were signed
    onecrl=no                 no such collection
"""
import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "helpers"))
sys.dont_write_bytecode = True
import contentsigner  # noqa: E402

LOGS = [hashlib.sha256(b"log %d" % i).digest() for i in range(3)]
BUILT = 1774137600  # 2026-03-22T00:00:00Z, the full filter
STEP = 12 * 3600
BUCKET = "v1/buckets/security-state/collections/"


# ---- clubcards ----

def clubcard(size, latest, seed):
    """One of about this size that covers all logs up to `latest` (seconds), with issuers if there is room."""
    rnd = random.Random(seed)
    low, high = (BUILT - 400 * 86400) * 1000, latest * 1000
    logs = b"".join(log + struct.pack(">QQ", low, high) for log in LOGS)
    columns, head = 3, 2 + 2 + len(logs) + 4
    issuers = min(795, max(0, (size - head - 64) // 200))
    words = max(8, (size - head - 52 * issuers) // 8 // (columns + 1))
    rows = max(1, (64 * words - 256) // max(1, issuers))
    blocks = b"".join(issuer + struct.pack(">IBIIIBH", rows, columns, i * rows, rows, i * rows, 0, 0)
                      for i, issuer in enumerate(sorted(hashlib.sha256(b"issuer %d" % i).digest()
                                                        for i in range(issuers))))
    column = lambda: struct.pack(">I", words) + rnd.randbytes(8 * words)  # noqa: E731
    return (b"\4\0" + struct.pack(">H", len(LOGS)) + logs + struct.pack(">I", issuers) + blocks +
            bytes([columns]) + b"".join(column() for _ in range(columns)) + column())


# ---- the world ----

def load(directory):
    with open(os.path.join(directory, "world.json")) as f:
        return json.load(f)


def save(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as f:
        f.write(data)
    # nginx makes an ETag of time and size: one for each content, however fast they follow.
    os.utime(path + ".new", (zlib.crc32(data), zlib.crc32(data)))
    os.rename(path + ".new", path)


def certificates(directory):
    chain = contentsigner.Chain(os.path.join(directory, "signer"))
    chain.issue_leaf("other-host", host="remote-settings.content-signature.mozilla.org")
    chain.issue_leaf("year", dates=("20250101000000Z", "20260101000000Z"))
    chain.issue_leaf("fresh")
    stranger = contentsigner.Chain(os.path.join(directory, "stranger"))
    www = os.path.join(directory, "www")
    for name in "leaf", "other-host", "year", "fresh":
        save(os.path.join(www, "chains", name), chain.pem(name, "intermediate", "root"))
    save(os.path.join(www, "chains", "stranger"), stranger.pem())
    save(os.path.join(www, "chains", "huge"), chain.pem() + b"\n" * 70000)
    save(os.path.join(directory, "pin"), chain.root_hash().encode())
    tls = os.path.join(directory, "tls")
    os.makedirs(tls)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", "key.pem", "-out", "cert.pem", "-days", "36500", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"],
                   cwd=tls, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def filters(directory, sizes):
    """Writes the filters; returns a record for each, without what a server adds."""
    records = []
    for channel in "default", "compat":
        parent = None
        for i, size in enumerate(sizes if channel == "default" else sizes[:2]):
            name = "20260322-%d-%s.filter%s" % (i, channel, ".delta" if i else "")
            built = BUILT + i * STEP
            content = clubcard(size, built, name)
            digest = hashlib.sha256(content).hexdigest()
            location = "security-state-workspace/cert-revocations/%s" % name
            save(os.path.join(directory, "www", "attachments", location), content)
            save(os.path.join(directory, "www", "mirror", name), content)
            record = {"id": hashlib.sha256(name.encode()).hexdigest()[:32], "channel": channel,
                      "incremental": i > 0, "last_modified": (BUILT + i * STEP) * 1000,
                      "effectiveTimestamp": built * 1000, "coverage": [], "enrolledIssuers": [],
                      "details": {"name": name + "\u2764"}, "filter_expression": "",
                      "attachment": {"hash": digest, "size": len(content), "filename": name,
                                     "location": location, "mimetype": "application/octet-stream"}}
            if parent:
                record["parent"] = parent
            parent = record["id"]
            records.append(record)
    return records


ONECRL = [
    {"id": "o1", "last_modified": 1, "enabled": False, "details": {"why": "a test"},
     "issuerName": "MBQxEjAQBgNVBAMMCUV4YW1wbGUgQQ==", "serialNumber": "AQI="},
    {"id": "o2", "last_modified": 2, "enabled": True, "schema": 3,
     "subject": "MBQxEjAQBgNVBAMMCUV4YW1wbGUgQg==", "pubKeyHash": "VJLZl+FB4b6JBqTDSgYVs0sIuEWO1lD4cjB3bBsMDWI="},
]


def make(directory, full="3000", delta="1000", deltas="3"):
    os.makedirs(directory)
    certificates(directory)
    records = filters(directory, [int(full)] + [int(delta)] * int(deltas))
    save(os.path.join(directory, "world.json"), json.dumps({"records": records, "onecrl": ONECRL}).encode())
    publish(directory)
    mirror(directory)


def wishes(words):
    return dict(word.split("=", 1) for word in words)


def port(directory, name):
    try:
        with open(os.path.join(directory, name)) as f:
            return int(f.read())
    except FileNotFoundError:
        return 0


def published(world, wish):
    wanted = int(wish.get("deltas", 1000))
    records = [r for r in world["records"] if int(r["attachment"]["filename"].split("-")[1]) <= wanted]
    if "as-of" in wish:
        records[[r["channel"] for r in records].index("compat") - 1]["effectiveTimestamp"] = int(wish["as-of"]) * 1000
    return records


def message(records, timestamp):
    signed = [{k: v for k, v in r.items() if k != "deleted" and (k != "attachment" or v is not None)}
              for r in sorted(records, key=lambda r: r["id"])]
    return json.dumps({"data": signed, "last_modified": str(timestamp)}, sort_keys=True, ensure_ascii=True,
                      separators=(",", ":")).encode()


def collection(directory, name, records, wish):
    """Writes the answers of one collection: the whole, and what has changed since the time in `since`."""
    timestamp = int(wish.get("timestamp", (BUILT + 86400) * 1000))
    https = "https://127.0.0.1:%d/chains/" % port(directory, "https")
    signer = wish.get("sign", "leaf")
    where = os.path.join(directory, "signer" if signer != "stranger" else "stranger")
    chain = contentsigner.Chain.__new__(contentsigner.Chain)
    chain.directory = where
    if "edit" in wish and name == "cert-revocations":
        exec(wish["edit"], {"records": records})
    signature = chain.sign(message(records, timestamp), "leaf" if signer == "stranger" else signer)
    if "forge" in wish and name == "cert-revocations":
        exec(wish["forge"], {"records": records})
    metadata = {"id": name, "last_modified": timestamp, "signature": {
        "mode": "p384ecdsa", "signature": signature,
        "x5u": wish.get("x5u", https + wish.get("chain", signer))}}
    answer = {"timestamp": timestamp, "metadata": metadata, "changes": records[::-1]}
    base = os.path.join(directory, "www", BUCKET + name)
    save(os.path.join(base, "whole.json"), json.dumps(answer).encode())
    since = int(wish.get("since", 0))
    changes = [r for r in records if r["last_modified"] > since] if since else []
    gone = [{"id": i, "deleted": True, "last_modified": timestamp} for i in wish.get("gone", "").split(",") if i]
    save(os.path.join(base, "since.json"), json.dumps(dict(answer, changes=changes + gone)).encode())


def publish(directory, *words):
    wish = wishes(words)
    world = load(directory)
    collection(directory, "cert-revocations", published(world, wish), wish)
    if wish.get("onecrl") != "no":
        collection(directory, "onecrl", world["onecrl"], wish)
    root = {"project_name": "a test", "capabilities": {"attachments": {
        "base_url": "http://127.0.0.1:%d/attachments/" % port(directory, "http")}}}
    save(os.path.join(directory, "www", "v1", "root.json"), json.dumps(root).encode())


def mirror(directory, *words):
    """Wishes: generated=SECONDS deltas=N key=files|filters edit=PYTHON (of `files`, a list, and `manifest`)."""
    wish = wishes(words)
    files = [{"filename": r["attachment"]["filename"], "size": r["attachment"]["size"],
              "hash": r["attachment"]["hash"]}
             for r in published(load(directory), wish) if r["channel"] == "default"]
    manifest = {"generated_at": int(wish.get("generated", BUILT + 86400)), "comment": "a mirror of a test",
                wish.get("key", "files"): files}
    exec(wish.get("edit", ""), {"files": files, "manifest": manifest})
    save(os.path.join(directory, "www", "mirror", "manifest.json"), json.dumps(manifest).encode())


{"make": make, "publish": publish, "mirror": mirror}[sys.argv[1]](*sys.argv[2:])
