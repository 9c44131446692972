# A folder with a good certificate and its chain, and beside it a revoked one.
. "$source_root/tests/prog/tls.sh"
trap cleanup EXIT
make_world
rm -f "$tls"/*.ext "$tls"/*.csr
mkdir good bad
cp "$tls/good.chain" good
cp "$tls/revoked.chain" bad
rm -r "$tls"
