# One identity on this machine.
make_ca
issue Bob bob
w identity import bob.pem --key bob.key
