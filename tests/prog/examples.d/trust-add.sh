# The bundle of somebody else's CA, and the fingerprint they told us.
elsewhere theirs make_ca
cp theirs/var/lib/writ/ca/bundle.pem .
FINGERPRINT=$(elsewhere theirs writ ca show --json | jq -r .root_fingerprint)
export FINGERPRINT
