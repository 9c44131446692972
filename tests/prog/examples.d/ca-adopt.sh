# A CA that OpenSSL has made.
. "$source_root/tests/prog/foreignca.sh"
foreign_ca
