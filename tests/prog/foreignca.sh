# tests/prog/foreignca.sh - a CA that OpenSSL has made, with its index.txt
#
# Sourced after lib.sh and journey.sh.  Everything is in the current directory.
#
#   foreign_ca                     root.pem and root.key (RSA), issuing.pem and issuing.key (P-256,
#                                  serial number 128 of the root), index.txt, newcerts
#   foreign_issue NAME             NAME.pem and NAME.key, of issuing, for a TLS client
#   foreign_revoke NAME [REASON]   in index.txt

foreign_ca() {
    mkdir -p newcerts
    : >index.txt
    echo 00FF >serial
    cat >foreign.cnf <<'END'
[req]
distinguished_name = name
[name]
[ca]
default_ca = ca_issuing
[ca_issuing]
dir = .
database = index.txt
new_certs_dir = newcerts
serial = serial
certificate = issuing.pem
private_key = issuing.key
default_md = sha256
default_days = 100
policy = policy
x509_extensions = leaf
unique_subject = no
[policy]
commonName = supplied
[leaf]
extendedKeyUsage = clientAuth
keyUsage = digitalSignature
[issuer]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
END
    must openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 \
        -subj "/CN=Old Root" -config foreign.cnf -extensions issuer
    must openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout issuing.key \
        -out issuing.csr -subj "/CN=Old Issuing" -config foreign.cnf
    must openssl x509 -req -in issuing.csr -CA root.pem -CAkey root.key -set_serial 128 -days 1000 \
        -extfile foreign.cnf -extensions issuer -out issuing.pem
}

foreign_issue() {
    must openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
        -out "$1.csr" -subj "/CN=$1" -config foreign.cnf
    must openssl ca -batch -config foreign.cnf -in "$1.csr" -out "$1.pem" -notext
}

foreign_revoke() {
    must openssl ca -config foreign.cnf -revoke "$1.pem" -crl_reason "${2:-unspecified}"
}
