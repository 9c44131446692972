# A folder that this user's own CA has written; a mirror of filters: one, that covers one log until
# yesterday; a CRL and the certificate of its CA.
make_ca
publish
mkdir mirror
python3 - <<'PY'
import hashlib, json, struct, time
now = int(time.time())
log = bytes(32) + struct.pack(">QQ", 0, (now - 86400) * 1000)
filter = b"\4\0" + struct.pack(">H", 1) + log + bytes(4 + 1 + 4)
open("mirror/20260322-0-default.filter", "wb").write(filter)
files = [{"filename": "20260322-0-default.filter", "size": len(filter), "hash": hashlib.sha256(filter).hexdigest()}]
json.dump({"generated_at": now, "comment": "", "files": files}, open("mirror/manifest.json", "w"))
PY
cp "$source_root/tests/fixtures/crl/ca.pem" .
cp "$source_root/tests/fixtures/crl/all.crl" ca.crl
