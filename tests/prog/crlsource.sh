# tests/prog/crlsource.sh - a CA of openssl's whose CRLs are sources; after lib.sh and crlca.sh
#
#   make_source_ca                ca.pem, stranger.pem; good.pem (serial 11), bad.pem (12, revoked),
#                                 sub.pem (13, a CA), parted.pem (14, names a distribution point)
#   stamp SECONDS                 that many seconds from the test's beginning, as 20260101000000Z
#   crl OUT NUMBER FROM TO [SECTION [CA]]   from and to as for stamp; SECTION of idp.cnf
#   again CERT                    what `writ check` says of it: out, err, $code

began=$(date +%s)
stamp() {
    date -u -d "@$((began + $1))" +%Y%m%d%H%M%SZ
}

issue_leaf() {
    quiet openssl req -new -key leaf.key -subj "/CN=$1" -out leaf.csr
    quiet openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial "0x$2" -days "${4:-30}" \
        -extfile "$3" -out "$1.pem"
}

make_source_ca() {
    make_crl_ca
    quiet openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
    echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' >leaf.ext
    echo 'basicConstraints=critical,CA:true' >ca.ext
    echo 'crlDistributionPoints=URI:http://part.test/1.crl' >parted.ext
    issue_leaf good 11 leaf.ext
    issue_leaf bad 12 leaf.ext
    issue_leaf sub 13 ca.ext
    issue_leaf parted 14 parted.ext
    cat >>ca.cnf <<'END'
[cas]
issuingDistributionPoint=critical,@cas_idp
[cas_idp]
onlyCA=TRUE
[some]
issuingDistributionPoint=critical,@some_idp
[some_idp]
onlysomereasons=keyCompromise,CACompromise
[rest]
issuingDistributionPoint=critical,@rest_idp
[rest_idp]
onlysomereasons=affiliationChanged,superseded,cessationOfOperation,certificateHold,privilegeWithdrawn,AACompromise
[part1]
issuingDistributionPoint=critical,@part1_idp
[part1_idp]
fullname=URI:http://part.test/1.crl
[part2]
issuingDistributionPoint=critical,@part2_idp
[part2_idp]
fullname=URI:http://part.test/2.crl
[unknown]
1.2.3.4=critical,ASN1:NULL
[delta]
deltaCRL=critical,ASN1:INTEGER:1
END
    quiet openssl ca -config ca.cnf -keyfile ca.key -cert ca.pem -revoke bad.pem \
        -crl_reason keyCompromise
}

crl() {
    echo "$2" >crlnumber
    section=${5:-}
    quiet openssl ca -config ca.cnf -gencrl -keyfile "${6:-ca}.key" -cert "${6:-ca}.pem" \
        -crl_lastupdate "$(stamp "$3")" -crl_nextupdate "$(stamp "$4")" \
        ${section:+-crlexts "$section"} -out made.pem
    quiet openssl crl -in made.pem -outform DER -out "$1"
}

again() {
    run writ check --chain ca.pem "$1"
}
