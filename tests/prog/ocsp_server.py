"""An OCSP responder on loopback that behaves in every way responders do, for the tests of asking.

    ocsp_server.py PORT-FILE ANSWERS

Writes "serving PORT", "blackhole PORT" and "refused PORT" into PORT-FILE, one a line: the first port
answers, at the second a connection is never made, at the third it is refused.  Runs until killed.

What happens depends on the first part of the path, BEHAVIOUR[,NAME=VALUE...]:

    answer        the file ANSWERS/<of>, of=NAME.  status, type, coding, max-age, age and retry-after
                  are what the head says; delay is in seconds
    redirect      to=URL with every / written as ! and every , as ;
    silent        nothing, until the client goes away
    drip-head     a head at one byte a second           drip-body   the same for a body
    flood         1 GiB of body without a length         lies        a length of 10, and then 1 GiB
    flood-head    header lines without end               half        half of what was announced
    close         nothing, and goodbye                   garbage     no HTTP at all

Every request is a line "METHOD BEHAVIOUR" in PORT-FILE.log; the body of the last one, or what its
URL says after the second slash, is in PORT-FILE.request.
"""

import base64
import os
import socket
import socketserver
import sys
import threading
import time
import urllib.parse

WORDS = {200: "OK", 302: "Found", 303: "See Other", 307: "Temporary Redirect", 404: "Not Found",
         500: "Internal Server Error", 503: "Service Unavailable"}
BLOCK = b"x" * 65536
ANSWER = 1 << 30
logging = threading.Lock()


def read_request(stream):
    """The method, the first part of the path, and the question."""
    method, path, _ = stream.readline(65536).decode("latin-1").split(" ", 2)
    length = 0
    for line in iter(stream.readline, b"\r\n"):
        if not line:
            break
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "content-length":
            length = int(value)
    if path.startswith("http://"):  # as to a proxy
        path = path.split("/", 3)[3]
    behaviour, _, question = path.lstrip("/").partition("/")
    if method == "POST":
        return method, behaviour, stream.read(length)
    return method, behaviour, base64.b64decode(urllib.parse.unquote(question) + "==")


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            method, behaviour, question = read_request(self.request.makefile("rb"))
            with logging:
                with open(PORT_FILE + ".request", "wb") as f:
                    f.write(question)
                with open(PORT_FILE + ".log", "a") as f:
                    f.write("%s %s\n" % (method, behaviour))
            words = behaviour.split(",")
            options = dict(w.split("=", 1) for w in words[1:])
            BEHAVIOURS[words[0]](self, options)
        except (OSError, ValueError):
            pass  # the client has had enough

    def send(self, data):
        self.request.sendall(data)

    def head(self, status, *lines):
        self.send("\r\n".join(["HTTP/1.1 %d %s" % (status, WORDS.get(status, "Odd")), *lines,
                               "Connection: close", "", ""]).encode("latin-1"))

    def wait(self):
        while self.request.recv(4096):
            pass

    def drip(self, data):
        for byte in data:
            self.send(bytes([byte]))
            time.sleep(1)


def answer(h, o):
    time.sleep(float(o.get("delay", "0")))
    with open(os.path.join(ANSWERS, o["of"]), "rb") as f:
        body = f.read()
    lines = ["Content-Length: %d" % len(body),
             "Content-Type: " + o.get("type", "application!ocsp-response").replace("!", "/")]
    if "max-age" in o:
        lines.append("Cache-Control: public, max-age=%s, no-transform" % o["max-age"])
    if "age" in o:
        lines.append("Age: " + o["age"])
    if "retry-after" in o:
        lines.append("Retry-After: " + o["retry-after"])
    if "coding" in o:
        lines.append("Content-Encoding: " + o["coding"])
    h.head(int(o.get("status", "200")), *lines)
    h.send(body)


def redirect(h, o):
    to = o["to"].replace("!", "/").replace(";", ",")
    h.head(int(o.get("status", "302")), "Content-Length: 0", "Location: " + to)


def flood(h, o):
    h.head(200, "Content-Type: application/ocsp-response")
    for _ in range(ANSWER // len(BLOCK)):
        h.send(BLOCK)


def lies(h, o):
    h.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 10\r\n"
           b"Content-Type: application/ocsp-response\r\n\r\n40000000\r\n")
    for _ in range(ANSWER // len(BLOCK)):
        h.send(BLOCK)


def flood_head(h, o):
    h.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        h.send(b"X: " + b"y" * 1000 + b"\r\n")


def half(h, o):
    h.head(200, "Content-Type: application/ocsp-response", "Content-Length: 1000")
    h.send(b"x" * 500)


def drip_body(h, o):
    h.head(200, "Content-Type: application/ocsp-response", "Content-Length: 1000")
    h.drip(b"x" * 1000)


BEHAVIOURS = {
    "answer": answer,
    "redirect": redirect,
    "silent": lambda h, o: h.wait(),
    "drip-head": lambda h, o: h.drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n"),
    "drip-body": drip_body,
    "flood": flood,
    "lies": lies,
    "flood-head": flood_head,
    "half": half,
    "close": lambda h, o: None,
    "garbage": lambda h, o: h.send(b"\x00\xff" * 500),
}


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


def black_hole():
    """A port whose queue of connections is full, so that the kernel answers to nobody."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
        waiting.append(client)
    return listener, waiting


def main():
    server = Server((os.environ.get("SERVER_ADDRESS", "127.0.0.1"), 0), Handler)
    hole, waiting = black_hole()
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    with open(PORT_FILE + ".new", "w") as f:
        f.write("serving %d\nblackhole %d\nrefused %d\n" % (
            server.server_address[1], hole.getsockname()[1], closed.getsockname()[1]))
    os.rename(PORT_FILE + ".new", PORT_FILE)
    server.serve_forever()


if __name__ == "__main__":
    PORT_FILE, ANSWERS = sys.argv[1:3]
    main()
