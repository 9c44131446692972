# A CA of openssl's, and a certificate.
. "$source_root/tests/prog/ocspca.sh"
make_ocsp_ca
