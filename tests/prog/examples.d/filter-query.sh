# Filters, and what to ask them.
cp "$source_root/tests/fixtures/clubcard/small.v4" filter
cp "$source_root/tests/fixtures/clubcard/delta.v4" day-1.delta
cut -f1,2 "$source_root/tests/fixtures/clubcard/small.tsv" >certificates.tsv
