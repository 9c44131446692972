# A machine that trusts one CA, and has no source that needs it.
begin_journey
w source remove example
FINGERPRINT=$(writ ca show --json | jq -r .root_fingerprint)
export FINGERPRINT
