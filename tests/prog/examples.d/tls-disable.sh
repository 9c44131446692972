# It has been enabled.
. "$source_root/tests/prog/examples.d/tls-status.sh"
writ tls enable --system
writ tls enable --service nginx
