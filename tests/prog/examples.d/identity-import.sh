# What Bob has after the CA answered his request.
make_ca
issue Bob bob
