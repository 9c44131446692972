"""Somebody at a terminal, for the tests of questions that programs ask there.

    typist.py [PROMPT ANSWER]... -- COMMAND...

Runs the command with a terminal of its own.  Waits until PROMPT appears, types ANSWER and Enter, and
so on; ANSWER ^C is the interrupt key.  Prints what stood on the terminal and ends with the
command's exit code.  A prompt that does not come within 20 s is a failure (124).
"""

import os
import pty
import select
import sys
import time


def read_until(fd, seen, wanted):
    """Reads until wanted stands in what came after the last prompt; True when it does."""
    end = time.monotonic() + 20
    while wanted is None or wanted not in seen[0]:
        ready, _, _ = select.select([fd], [], [], max(0, end - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(fd, 4096)
        except OSError:  # the other side has gone
            data = b""
        if not data:
            return wanted is None
        seen[0] += data
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    seen[0] = seen[0].split(wanted, 1)[1]
    return True


def main(arguments):
    middle = arguments.index("--")
    dialogue, command = arguments[:middle], arguments[middle + 1:]
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "vt100"  # machines that test have none, or a dumb one
        os.execvp(command[0], command)
    seen = [b""]
    for prompt, answer in zip(dialogue[::2], dialogue[1::2]):
        if not read_until(fd, seen, prompt.encode()):
            print("\nno \"%s\"" % prompt)
            return 124
        os.write(fd, b"\x03" if answer == "^C" else answer.encode() + b"\n")
    read_until(fd, seen, None)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) % 256


sys.exit(main(sys.argv[1:]))
