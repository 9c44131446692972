# A CA with a developer.
make_ca
issue Alice alice
