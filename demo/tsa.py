#!/usr/bin/env python3
"""A timestamp authority on loopback, made of `openssl ts`.

usage: tsa.py DIR   where DIR holds tsa.pem (its certificate and chain) and tsa.key (not encrypted)

Prints its port.  The clock and the signature are openssl's; this only carries the bytes.
"""
import http.server
import os
import subprocess
import sys
import tempfile

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {dir}/tsa.serial
signer_cert = {dir}/tsa.pem
certs = {dir}/tsa.pem
signer_key = {dir}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.4146.2.3
digests = sha256
accuracy = secs:0
ess_cert_id_alg = sha256
"""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        with tempfile.NamedTemporaryFile() as request:
            request.write(query)
            request.flush()
            answer = subprocess.run(
                ["openssl", "ts", "-reply", "-config", self.server.config, "-queryfile",
                 request.name], check=True, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL).stdout
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def main():
    directory = os.path.abspath(sys.argv[1])
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.config = os.path.join(directory, "tsa.cnf")
    with open(server.config, "w", encoding="ascii") as config:
        config.write(CONFIG.format(dir=directory))
    with open(os.path.join(directory, "tsa.serial"), "w", encoding="ascii") as serial:
        serial.write("01\n")
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
