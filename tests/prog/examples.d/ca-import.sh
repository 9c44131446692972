# A CA that OpenSSL has made, adopted: its root is all there is, and has issued two certificates.
. "$source_root/tests/prog/foreignca.sh"
foreign_ca
foreign_issue alice
foreign_issue bob
foreign_revoke bob superseded
w ca adopt issuing.pem root.pem --insecure-plain-keys
