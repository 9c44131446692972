#!/bin/sh
# Goal of this test: a sample of the sweeps.  Commands are killed, and their disks made to fail, at
# some of the calls that change a disk; tests/sweep/run.sh full (./setup sweep) tries every one.
. "$(dirname "$0")/fast.sh"
exec "$(dirname "$0")/../sweep/run.sh" sample
