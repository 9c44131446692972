# A CA of openssl's, and what it says about two certificates.
. "$source_root/tests/prog/ocspca.sh"
make_ocsp_ca
answer answer.der ca alice
answer revoked.der ca bob
