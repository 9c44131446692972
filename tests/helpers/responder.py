#!/usr/bin/env python3
"""An OCSP responder that behaves in every way but the right one.

usage: responder.py DIRECTORY

Prints the port it listens on, and serves until its standard input ends.  The first part of the path
says what it does:

  /NAME/...      answers with the bytes of DIRECTORY/NAME.der
  /retry/...     the same with later.der and Retry-After: 600
  /slow/...      the same with good.der, after half a second
  /silent/...    takes the question and says nothing
  /trickle/...   a byte of its headers every second
  /drip/...      its headers, and then a byte of the body every second
  /endless/...   a body of 1 GiB, as fast as it is taken
  /midway/...    half of good.der, and closes
  /garbage/...   random bytes of the right type
  /html/...      a page that says that all is well
  /loop/...      redirects to itself
  /error/...     status 500
  /closed/...    closes at once

Each request is a line in DIRECTORY/asked: its method, what it was asked as, and how many bytes long
the URL or the body was.  DIRECTORY/blackhole holds a second port, whose queue of connections is
full: the kernel drops whoever knocks.
"""
import os
import socket
import socketserver
import sys
import threading
import time

KIND = b"application/ocsp-response"


def read_file(name):
    with open(os.path.join(sys.argv[1], name), "rb") as f:
        return f.read()


def head(length, kind=KIND, extra=b""):
    return (b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\nContent-Length: "
            + str(length).encode() + b"\r\n" + extra + b"Connection: close\r\n\r\n")


class Handler(socketserver.BaseRequestHandler):
    def take_request(self):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.request.recv(65536)
            if not piece:
                return None, b""
            data += piece
        headers, body = data.split(b"\r\n\r\n", 1)
        length = 0
        for line in headers.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            body += self.request.recv(65536)
        return headers.split(b"\r\n")[0].decode().split(" "), body

    def slowly(self, data):
        for i in range(len(data)):
            self.request.sendall(data[i:i + 1])
            time.sleep(1)

    def wait(self):
        self.request.settimeout(None)
        while self.request.recv(4096):
            pass

    def handle(self):
        words, body = self.take_request()
        if words is None:
            return
        method, path = words[0], words[1]
        name = path.strip("/").split("/")[0]
        with open(os.path.join(sys.argv[1], "asked"), "a") as log:
            log.write("%s %s %d\n" % (method, name, len(body) if method == "POST" else len(path)))
        answer = getattr(self, "do_" + name, None)
        if answer:
            answer()
        else:
            self.send(read_file(name + ".der"))

    def send(self, body, **more):
        self.request.sendall(head(len(body), **more) + body)

    def do_retry(self):
        self.send(read_file("later.der"), extra=b"Retry-After: 600\r\n")

    def do_slow(self):
        time.sleep(0.5)
        self.send(read_file("good.der"))

    def do_silent(self):
        self.wait()

    def do_trickle(self):
        self.slowly(head(100))

    def do_drip(self):
        body = read_file("good.der")
        self.request.sendall(head(len(body)))
        self.slowly(body)

    def do_endless(self):
        self.request.sendall(head(1 << 30))
        piece = b"\x30" * 65536
        for _ in range((1 << 30) // len(piece)):
            self.request.sendall(piece)

    def do_midway(self):
        body = read_file("good.der")
        self.request.sendall(head(len(body)) + body[:len(body) // 2])

    def do_garbage(self):
        self.send(os.urandom(300))

    def do_html(self):
        self.send(b"<html>all is well</html>", kind=b"text/html")

    def do_loop(self):
        self.request.sendall(b"HTTP/1.1 302 Found\r\nLocation: /loop/\r\nContent-Length: 0\r\n\r\n")

    def do_error(self):
        self.request.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def do_closed(self):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # whoever went away


def dig_blackhole():
    """A listener that never accepts, with its queue filled: further ones are dropped."""
    hole = socket.socket()
    hole.bind(("127.0.0.1", 0))
    hole.listen(0)
    stuck = []
    for _ in range(4):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(hole.getsockname())
        stuck.append(s)
    with open(os.path.join(sys.argv[1], "blackhole"), "w") as f:
        f.write("%d\n" % hole.getsockname()[1])
    return hole, stuck


def main():
    held = dig_blackhole()
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    return held and 0


if __name__ == "__main__":
    sys.exit(main())
