# What they are asked about.
. "$source_root/tests/prog/examples.d/tls-status.sh"
