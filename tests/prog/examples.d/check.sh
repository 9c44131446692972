# Certificates of a CA whose filters this device has, and a server that shows the good one.
. "$source_root/tests/prog/tls.sh"
cleanup() {
    # shellcheck disable=SC2086 # numbers
    kill $pids
}
trap cleanup EXIT
make_world
cp "$tls/good.chain" good.pem
cp "$tls/revoked.chain" revoked.pem
cp "$tls/issuer.pem" ca.pem
cp "$tls/good.pem" leaf.pem
serve good
PORT=$port_good
export PORT
