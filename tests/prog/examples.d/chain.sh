# A CA's certificate, two of its certificates, and a CRL that has one of them.
cp "$source_root/tests/fixtures/crl/ca.pem" "$source_root/tests/fixtures/crl/bob.pem" .
cp "$source_root/tests/fixtures/crl/all.crl" ca.crl
cp "$source_root/tests/fixtures/crl/alice.pem" .
