"""Clients of writ serve that no server likes, and one that measures beside them.

    serve_clients.py PORT KIND NUMBER PATH

Opens NUMBER connections on 127.0.0.1 that behave as KIND says:
    idle     connect, and say nothing
    drip     send a request a byte at a time, one more with every request that is measured
    half     send half of a request, and nothing more
While they stand, PATH is asked for 200 times on connections of its own, each a new one.  Prints, a
line each: "open N" (of theirs still open at the end), "answered N", "p99_ms N.N", "worst_ms N.N".
With KIND patience it sends half a request and prints "closed" once the server has closed.
"""

import resource
import select
import socket
import sys
import time

MEASURED = 200
WAIT = 20


def connect(port):
    s = socket.create_connection(("127.0.0.1", port), timeout=WAIT)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def ask(port, path):
    begun = time.monotonic()
    with connect(port) as s:
        s.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path.encode())
        answer = b""
        while block := s.recv(65536):
            answer += block
    return answer.startswith(b"HTTP/1.1 200"), (time.monotonic() - begun) * 1000


def drip(crowd, n):
    request = b"GET /x HTTP/1.1\r\nX-Slow: " + b"y" * MEASURED
    for s in crowd:
        try:
            s.send(request[n : n + 1])
        except OSError:
            pass


def still_open(crowd):
    poll = select.poll()
    for s in crowd:
        poll.register(s, select.POLLIN | select.POLLRDHUP)
    return len(crowd) - len(poll.poll(0))


def patience(port):
    with connect(port) as s:
        s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\n"
                  b"Content-Length: 70\r\n\r\nhalf")
        print("closed" if s.recv(1) == b"" else "answered")


def main():
    port, kind, number, path = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if kind == "patience":
        return patience(port)
    crowd = [connect(port) for _ in range(number)]
    if kind == "half":
        for s in crowd:
            s.send(b"GET /half HTTP/1.1\r\nX-")
    times, answered = [], 0
    for n in range(MEASURED):
        if kind == "drip" and n % 20 == 0:
            drip(crowd, n // 20)
        good, ms = ask(port, path)
        answered += good
        times.append(ms)
    times.sort()
    print("open", still_open(crowd))
    print("answered", answered)
    print("p99_ms %.1f" % times[int(len(times) * 0.99) - 1])
    print("worst_ms %.1f" % times[-1])


main()
