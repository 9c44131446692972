# A CA, and who answers for it.
make_ca
w ca issue Responder --responder --out ocsp --insecure-plain-key
