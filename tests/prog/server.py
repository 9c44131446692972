"""A small web server on loopback that behaves in every way servers do, for the tests of fetching.

    server.py PORT-FILE [CERTIFICATE KEY]

Listens on a free port of 127.0.0.1 and writes the port into PORT-FILE once it does.  With a
certificate it speaks TLS.  What it does depends on the path; see BEHAVIOURS.  Runs until killed.

/tree/PATH is the file PATH of the directory it was started in, with an ETag.  What stands between
the first two slashes may go on, tree:END=BEHAVIOUR: then requests whose path ends in END get that
behaviour instead, so that a feed can be served with one file gone wrong.  Each answer from a tree is
a line "STATUS PATH" in PORT-FILE.log.
"""

import email.utils
import gzip
import hashlib
import os
import socket
import socketserver
import ssl
import struct
import sys
import time

BODY = b"hello, world\n"
BLOCK = b"x" * 65536
ANSWER = 1 << 30  # bytes of the very long answers


class Request:
    """The request as it came: its first line, its header lines and its body."""

    def __init__(self, stream):
        self.line = stream.readline(65536).decode("latin-1").rstrip("\r\n")
        self.headers = []
        length = 0
        while True:
            line = stream.readline(65536).decode("latin-1").rstrip("\r\n")
            if not line:
                break
            self.headers.append(line)
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        self.body = stream.read(length)
        self.path = self.line.split(" ")[1] if self.line.count(" ") >= 2 else ""

    def header(self, wanted):
        for line in self.headers:
            name, _, value = line.partition(":")
            if name.lower() == wanted:
                return value.strip()
        return None


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(60)
        request = Request(self.request.makefile("rb"))
        path = request.path
        if path.startswith("http://"):  # as to a proxy
            path = "/proxied"
        behaviour = BEHAVIOURS.get(path)
        if path.startswith("/tree"):
            behaviour = in_tree(path)
        try:
            if behaviour is None:
                self.answer("404 Not Found", b"no such page\n")
            else:
                behaviour(self, request)
        except OSError:
            pass  # the client has had enough

    def send(self, data):
        self.request.sendall(data)

    def head(self, status, *headers):
        lines = ["HTTP/1.1 " + status, *headers, "Connection: close", "", ""]
        self.send("\r\n".join(lines).encode("latin-1"))

    def answer(self, status, body, *headers):
        self.head(status, "Content-Length: %d" % len(body), *headers)
        self.send(body)

    def flood(self):
        for _ in range(ANSWER // len(BLOCK)):
            self.send(BLOCK)

    def wait(self):
        """Says nothing more until the client goes away."""
        while self.request.recv(4096):
            pass

    def reset(self):
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()


def file(h, r):
    if r.header("if-none-match") == '"v1"':
        h.head("304 Not Modified", 'ETag: "v1"')
    else:
        h.answer("200 OK", BODY, 'ETag: "v1"')


def part(tag, cut=0, shift=0):
    """A file of which parts can be had; cut leaves bytes out at the end, shift sends another part."""
    def serve(h, r):
        unit, _, first = (r.header("range") or "").rstrip("-").partition("=")
        if not first or r.header("if-range") not in (None, tag):
            h.answer("200 OK", BODY, "ETag: " + tag)
        elif int(first) >= len(BODY):
            h.answer("416 Range Not Satisfiable", b"", "Content-Range: bytes */%d" % len(BODY))
        else:
            at = int(first) + shift
            h.head("206 Partial Content", "ETag: " + tag, "Content-Length: %d" % (len(BODY) - at),
                   "Content-Range: bytes %d-%d/%d" % (at, len(BODY) - 1, len(BODY)))
            h.send(BODY[at:len(BODY) - cut])
    return serve


def status(line, *headers):
    return lambda h, r: h.answer(line, b"<html>a page about it</html>\n", *headers)


def with_headers(*headers):
    return lambda h, r: h.answer("200 OK", BODY, *headers)


def empty(h, r):
    h.answer("200 OK", b"")


def echo(h, r):
    h.answer("200 OK", ("\n".join([r.line, *r.headers]) + "\n").encode("latin-1"))


def chunks(h, r):
    h.head("200 OK", "Transfer-Encoding: chunked")
    h.send(b"5\r\nhello\r\n8\r\n, world\n\r\n0\r\n\r\n")


def chunks_cut(h, r):
    h.head("200 OK", "Transfer-Encoding: chunked")
    h.send(b"5\r\nhello\r\n8\r\n, wo")


def chunks_bad(h, r):
    h.head("200 OK", "Transfer-Encoding: chunked")
    h.send(b"zzz\r\nhello\r\n")


def chunks_endless(h, r):
    h.head("200 OK", "Transfer-Encoding: chunked")
    for _ in range(ANSWER // len(BLOCK)):
        h.send(b"10000\r\n" + BLOCK + b"\r\n")


def interim(h, r):
    h.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\n\r\n")
    h.answer("200 OK", BODY, 'ETag: "v1"')


def interim_endless(h, r):
    while True:
        h.send(b"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n" * 100)


def truncated(h, r):
    h.head("200 OK", "Content-Length: 1000")
    h.send(BODY)


def small_length(h, r):
    h.head("200 OK", "Content-Length: 13")
    h.send(BODY)
    h.flood()


def large_length(h, r):
    h.head("200 OK", "Content-Length: %d" % ANSWER)
    h.wait()


def bad_length(h, r):
    h.head("200 OK", "Content-Length: -5")
    h.send(BODY)


def endless(h, r):
    h.head("200 OK")
    h.flood()


def drip(h, r):
    h.head("200 OK", "Content-Length: 100000")
    for _ in range(100000):
        h.send(b"x")
        time.sleep(0.02)


def drip_headers(h, r):
    h.send(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        h.send(b"x")
        time.sleep(0.02)


def silent(h, r):
    h.wait()


def half(h, r):
    h.head("200 OK", "Content-Length: 1000")
    h.send(BODY)
    h.wait()


def close(h, r):
    pass


def reset(h, r):
    h.reset()


def reset_midway(h, r):
    h.head("200 OK", "Content-Length: 1000")
    h.send(BODY)
    h.reset()


def garbage(h, r):
    h.send(bytes(range(256)) * 10)


def old_http(h, r):
    h.send(BODY)


def gzipped(h, r):
    h.answer("200 OK", gzip.compress(BODY), "Content-Encoding: gzip")


def headers_endless(h, r):
    h.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        h.send(b"X: " + b"x" * 1000 + b"\r\n")


def timestamp(h, r):
    if r.header("content-type") != "application/timestamp-query" or not r.line.startswith("POST "):
        h.answer("400 Bad Request", b"")
    else:
        h.answer("200 OK", r.body[::-1], "Content-Type: application/timestamp-reply")


def redirect_to_echo(h, r):
    h.answer("302 Found", b"", "Location: /echo")


BEHAVIOURS = {
    "/file": file,
    "/empty": empty,
    "/echo": echo,
    "/proxied": echo,
    "/part": part('"v1"'),
    "/part-changed": part('"v2"'),
    "/part-cut": part('"v1"', cut=3),
    "/part-other": part('"v1"', shift=1),
    "/part-nameless": lambda h, r: h.answer("206 Partial Content", BODY[5:]),
    "/chunks": chunks,
    "/chunks-cut": chunks_cut,
    "/chunks-bad": chunks_bad,
    "/chunks-endless": chunks_endless,
    "/interim": interim,
    "/interim-endless": interim_endless,
    "/no-etag": with_headers(),
    "/long-etag": with_headers('ETag: "%s"' % ("e" * 300)),
    "/odd-etag": with_headers('ETag: "\x1b[2J"'),
    "/backoff": with_headers("Backoff: 3600"),
    "/backoff-long": with_headers("Backoff: 99999999999999999"),
    "/backoff-longer": with_headers("Backoff: 99999999999999999999999"),
    "/backoff-odd": with_headers("Backoff: soon"),
    "/backoff-both": status("503 Service Unavailable", "Retry-After: 60", "Backoff: 30"),
    "/later": lambda h, r: h.answer("503 Service Unavailable", b"",
                                    "Retry-After: " + email.utils.formatdate(time.time() + 3600, usegmt=True)),
    "/backoff-304": lambda h, r: h.head("304 Not Modified", "Backoff: 7"),
    "/alert": with_headers("Alert: this goes \x1b[2J away"),
    "/cookie": with_headers("Set-Cookie: a=b; Path=/"),
    "/304": status("304 Not Modified"),
    "/204": lambda h, r: h.head("204 No Content"),
    "/206": status("206 Partial Content"),
    "/301": status("301 Moved Permanently", "Location: http://elsewhere.invalid/\x1b[2J"),
    "/302": redirect_to_echo,
    "/308": status("308 Permanent Redirect", "Location: file:///etc/passwd"),
    "/300": status("300 Multiple Choices"),
    "/401": status("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'),
    "/403": status("403 Forbidden"),
    "/410": status("410 Gone"),
    "/429": status("429 Too Many Requests", "Retry-After: 120"),
    "/500": status("500 Internal Server Error"),
    "/503": status("503 Service Unavailable", "Retry-After: Wed, 25 Nov 2026 07:28:00 GMT"),
    "/999": status("999 What"),
    "/truncated": truncated,
    "/small-length": small_length,
    "/large-length": large_length,
    "/bad-length": bad_length,
    "/endless": endless,
    "/drip": drip,
    "/drip-headers": drip_headers,
    "/silent": silent,
    "/half": half,
    "/close": close,
    "/reset": reset,
    "/reset-midway": reset_midway,
    "/garbage": garbage,
    "/old-http": old_http,
    "/gzip": gzipped,
    "/identity": with_headers("Content-Encoding: identity"),
    "/headers-endless": headers_endless,
    "/timestamp": timestamp,
    "/html": with_headers("Content-Type: text/html"),
    "/parameters": with_headers("Content-Type: Application/Timestamp-Reply; charset=x"),
    "/prefix": with_headers("Content-Type: application/timestamp"),
}


def tree_file(h, r):
    path = r.path.split("/", 2)[2]
    try:
        with open(path, "rb") as f:
            body = f.read()
    except OSError:
        log(404, path)
        h.answer("404 Not Found", b"no such page\n")
        return
    tag = '"%s"' % hashlib.sha256(body).hexdigest()[:32]
    if r.header("if-none-match") == tag:
        log(304, path)
        h.head("304 Not Modified", "ETag: " + tag)
    else:
        log(200, path)
        h.answer("200 OK", body, "ETag: " + tag)


def in_tree(path):
    """What to do with a request below /tree."""
    end, _, behaviour = path.split("/")[1].partition(":")[2].partition("=")
    if end and path.endswith(end):
        log(0, path)
        return BEHAVIOURS.get("/" + behaviour)
    return tree_file


log_name = os.devnull


def log(status, path):
    with open(log_name, "a") as f:
        f.write("%d %s\n" % (status, path))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that goes away in the middle of the handshake


def main(port_file, certificate=None, key=None):
    global log_name
    log_name = os.path.abspath(port_file) + ".log"
    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(port_file + ".new", "w") as f:
        f.write("%d\n" % server.server_address[1])
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


main(*sys.argv[1:])
