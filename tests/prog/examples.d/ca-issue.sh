# A CA, and Bob's request.
make_ca
w identity new Bob --out bob --insecure-plain-key
