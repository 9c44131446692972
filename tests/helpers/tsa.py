"""A small timestamp authority on loopback, built on `openssl ts`, that can also behave badly.

    tsa.py PORT-FILE DIRECTORY

Listens on a free port of 127.0.0.1 and writes the port into PORT-FILE once it does.  A POST to
/NAME/BEHAVIOUR is answered with DIRECTORY/NAME.pem (the certificate, then those above it) and
NAME.key, in one of these ways:

    good      as RFC 3161 wants it
    nonce     to the same hash, with another nonce
    hash      to the same nonce, with another hash
    before    what the request before was answered
    refuse    status rejection, with a sentence
    garbage   bytes that mean nothing, of the right type
    html      a page, of type text/html
    empty     nothing, of the right type
    large     a megabyte of zeros
    cut       half of what good says
    close     the connection is closed without an answer
"""

import http.server
import os
import subprocess
import sys
import tempfile

REPLY = "application/timestamp-reply"

CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = %(work)s/serial
default_policy = 1.2.3.4
signer_digest = sha256
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def unsigned_der(tag, contents):
    """One DER element; contents are short here."""
    assert len(contents) < 128
    return bytes([tag, len(contents)]) + contents


def rejection():
    """TimeStampResp with PKIStatus rejection (2), a statusString and failInfo badRequest (2)."""
    words = unsigned_der(0x30, unsigned_der(0x0C, b"we are closed on Sundays"))
    info = unsigned_der(0x02, b"\x02") + words + unsigned_der(0x03, b"\x05\x20")
    return unsigned_der(0x30, unsigned_der(0x30, info))


class Authority:
    def __init__(self, directory):
        self.directory = directory
        self.work = tempfile.mkdtemp(dir=directory)
        self.last = b""
        with open(self.path("configuration"), "w") as f:
            f.write(CONFIGURATION % {"work": self.work})
        with open(self.path("serial"), "w") as f:
            f.write("01\n")

    def path(self, name):
        return os.path.join(self.work, name)

    def chain(self, name):
        """Paths of the authority's own certificate and of those above it."""
        with open(os.path.join(self.directory, name + ".pem")) as f:
            blocks = f.read().split("-----BEGIN CERTIFICATE-----")[1:]
        for path, some in (("signer", blocks[:1]), ("above", blocks[1:])):
            with open(self.path(path), "w") as f:
                f.write("".join("-----BEGIN CERTIFICATE-----" + b for b in some))
        return self.path("signer"), self.path("above")

    def stamp(self, name, request):
        signer, above = self.chain(name)
        with open(self.path("request"), "wb") as f:
            f.write(request)
        command = ["openssl", "ts", "-reply", "-config", self.path("configuration"), "-section",
                   "here", "-queryfile", self.path("request"), "-signer", signer, "-chain", above,
                   "-inkey", os.path.join(self.directory, name + ".key"),
                   "-out", self.path("answer")]
        subprocess.run(command, check=True, stdout=sys.stderr)
        with open(self.path("answer"), "rb") as f:
            return f.read()


def flipped(request, part):
    """The request with one bit of its hash, or of its nonce, flipped.  writ asks for a SHA-256 hash
    (04 20) and then a nonce of 16 bytes (02 10)."""
    at = request.index(b"\x04\x20") + 2
    if part == "nonce":
        at = request.index(b"\x02\x10", at + 32) + 3
    return request[:at] + bytes([request[at] ^ 1]) + request[at + 1 :]


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body, kind=REPLY):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        authority = self.server.authority
        _, name, behaviour = self.path.split("/")
        request = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        if behaviour in ("nonce", "hash"):
            self.answer(authority.stamp(name, flipped(request, behaviour)))
        elif behaviour == "before":
            self.answer(authority.last)
        elif behaviour == "refuse":
            self.answer(rejection())
        elif behaviour == "garbage":
            self.answer(b"this is no answer")
        elif behaviour == "html":
            self.answer(b"<html>please log in</html>", "text/html")
        elif behaviour == "empty":
            self.answer(b"")
        elif behaviour == "large":
            self.answer(b"\0" * 1048576)
        elif behaviour == "cut":
            answer = authority.stamp(name, request)
            self.answer(answer[: len(answer) // 2])
        elif behaviour == "good":
            authority.last = authority.stamp(name, request)
            self.answer(authority.last)
        else:
            self.close_connection = True

    def log_message(self, *arguments):
        pass


def main(port_file, directory):
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.authority = Authority(directory)
    with open(port_file + ".new", "w") as f:
        f.write("%d\n" % server.server_address[1])
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


main(*sys.argv[1:])
