# A folder that this user's own CA has written.
make_ca
publish
