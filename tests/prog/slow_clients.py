"""Slow clients beside a normal one: what does the normal one see?

    slow_clients.py HOST:PORT COUNT ASKS REQUEST.der

COUNT connections of five kinds, as many of each, come and stay: one says nothing, one sends a byte
of its header every second, one sends a header that never ends, a line every second, one announces a
body and never sends it, one asks again and again and never reads.  Whom the server throws out comes
back.  They have a process of their own.

When all have come, a normal client POSTs the OCSP request ASKS times, each on a connection of its
own, and wants an OCSP response within two seconds.  Prints one line:

    slow=COUNT open=N thrown_out=N asked=N answered=N p50_ms=F p99_ms=F max_ms=F

`open` is how many slow ones were connected at the end.  Exits with 0, or 1 when the server could not
be reached at all.
"""
import errno
import os
import resource
import select
import socket
import sys
import time

KINDS = 5
PATIENCE = 20  # seconds for all that a normal client asks; what it did not get to is not answered
OCSP = b'application/ocsp-request'


def raise_limit(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 200
    if soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            sys.exit(f'slow_clients: {wanted} descriptors wanted, {hard} allowed')
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def beginning(kind, der):
    """What a slow client sends at once."""
    if kind == 1:
        return b'P'
    if kind == 2:
        return b'POST / HTTP/1.1\r\nHost: slow\r\n'
    if kind == 3:
        return (b'POST / HTTP/1.1\r\nHost: slow\r\nContent-Type: ' + OCSP +
                b'\r\nContent-Length: 1000\r\n\r\n')
    if kind == 4:
        return ask(der, b'slow')
    return b''


def more(kind, der):
    """What it sends every second."""
    if kind == 1:
        return b'O'
    if kind == 2:
        return b'X-Slow: yes\r\n'
    if kind == 4:
        return ask(der, b'slow')
    return b''


def ask(der, host, end=b''):
    return (b'POST / HTTP/1.1\r\nHost: ' + host + b'\r\nContent-Type: ' + OCSP + b'\r\n' + end +
            b'Content-Length: ' + str(len(der)).encode() + b'\r\n\r\n' + der)


class Slow:
    def __init__(self, to, count, der):
        self.to, self.count, self.der = to, count, der
        self.poll = select.epoll()
        self.open = {}  # descriptor: (socket, kind)
        self.thrown_out = 0
        self.next_kind = 0

    def come(self, at_once):
        """Up to so many new connections."""
        for _ in range(min(at_once, self.count - len(self.open))):
            s = socket.socket()
            s.setblocking(False)
            if s.connect_ex(self.to) not in (0, errno.EINPROGRESS):
                s.close()
                return
            kind = self.next_kind
            self.next_kind = (kind + 1) % KINDS
            self.open[s.fileno()] = (s, kind)
            # One that never reads is not asked whether there is something to read.
            self.poll.register(s, select.EPOLLOUT | (0 if kind == 4 else select.EPOLLRDHUP))

    def drop(self, fd):
        self.open.pop(fd)[0].close()
        self.thrown_out += 1

    def send(self, fd, what):
        try:
            self.open[fd][0].send(what)
        except BlockingIOError:
            pass
        except OSError:
            self.drop(fd)

    def events(self, seconds):
        for fd, event in self.poll.poll(seconds, 1000):
            if fd not in self.open:
                continue
            kind = self.open[fd][1]
            if event & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                self.drop(fd)
            else:
                self.poll.modify(fd, 0 if kind == 4 else select.EPOLLRDHUP)
                self.send(fd, beginning(kind, self.der))

    def go_on(self):
        for fd in list(self.open):
            what = more(self.open[fd][1], self.der)
            if what:
                self.send(fd, what)


def be_slow(to, count, der, tell, stop):
    raise_limit(count)
    slow = Slow(to, count, der)
    told = False
    second = time.monotonic() + 1
    deadline = time.monotonic() + 30
    while not select.select([stop], [], [], 0)[0]:
        slow.come(200)
        slow.events(0.01)
        if time.monotonic() > second:
            second += 1
            slow.go_on()
        # A server may hold fewer than there are; then everybody has at least been there.
        if not told and (len(slow.open) + slow.thrown_out >= count or time.monotonic() > deadline):
            told = True
            os.write(tell, b'.')
    slow.events(0)
    os.write(tell, b'%d %d' % (len(slow.open), slow.thrown_out))


def answered(to, der):
    try:
        with socket.create_connection(to, timeout=2) as s:
            s.sendall(ask(der, b'normal', b'Connection: close\r\n'))
            got = b''
            while True:
                part = s.recv(65536)
                if not part:
                    break
                got += part
    except OSError:
        return False
    return got.startswith(b'HTTP/1.1 200') and b'application/ocsp-response' in got


def main():
    host, port = sys.argv[1].rsplit(':', 1)
    count, asks = int(sys.argv[2]), int(sys.argv[3])
    with open(sys.argv[4], 'rb') as f:
        der = f.read()
    to = (host, int(port))
    if not answered(to, der):
        sys.exit(f'slow_clients: {sys.argv[1]} does not answer a normal client')
    told, tell = os.pipe()
    stopped, stop = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        os.close(stop)
        be_slow(to, count, der, tell, stopped)
        os._exit(0)
    os.close(tell)
    if os.read(told, 1) != b'.':
        sys.exit('slow_clients: the slow ones have died')
    took = []
    good = 0
    until = time.monotonic() + PATIENCE
    for _ in range(asks):
        begin = time.monotonic()
        if begin > until:
            break
        good += answered(to, der)
        took.append((time.monotonic() - begin) * 1000)
        time.sleep(0.005)
    os.write(stop, b'.')
    still, thrown_out = (int(n) for n in os.read(told, 100).split())
    os.waitpid(child, 0)
    took.sort()
    print(f'slow={count} open={still} thrown_out={thrown_out} asked={asks} answered={good} '
          f'p50_ms={took[len(took) // 2]:.2f} p99_ms={took[int(len(took) * 0.99)]:.2f} '
          f'max_ms={took[-1]:.2f}')


main()
