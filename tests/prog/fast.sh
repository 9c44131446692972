# tests/prog/fast.sh - work in memory
#
# Sourced before lib.sh by tests that make hundreds of small durable changes and have no business
# with a disk: most of their time would be waiting for fsync.  TMPDIR wins.

if [ -z "${TMPDIR:-}" ] && [ -d /dev/shm ] && [ -w /dev/shm ]; then
    TMPDIR=/dev/shm
    export TMPDIR
fi
