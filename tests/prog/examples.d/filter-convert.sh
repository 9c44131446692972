# A filter of version 3.
cp "$source_root/tests/fixtures/clubcard/small.v3" filter
