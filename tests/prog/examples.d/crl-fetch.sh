# A CA's certificate, and one of its certificates that says where the CRL is.
. "$source_root/tests/prog/crlca.sh"
make_crl_ca
mkdir served
make_crl served/ca.crl 07 20260101000000Z 20460101000000Z
serve_crls served
cleanup() { kill "$crl_server"; }
leaf_with_points alice "$crl_url/tree/ca.crl"
