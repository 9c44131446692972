#!/usr/bin/env python3
"""A responder as it was on 12 November 2020: it can be reached, and it is slow.

Accepts every connection on loopback, reads the request, and answers one byte a second.  Prints its
port, and then the first line of every request: what a responder learns.
"""
import socket
import threading
import time

ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n"
          b"Content-Length: 1000\r\n\r\n" + b"\x30" * 1000)


def serve(connection):
    with connection:
        try:
            request = connection.recv(65536)
            print("asked:", request.split(b"\r\n", 1)[0].decode("latin-1"), flush=True)
            for byte in ANSWER:
                connection.sendall(bytes([byte]))
                time.sleep(1)
        except OSError:
            pass


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


main()
