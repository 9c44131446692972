#!/usr/bin/env python3
"""writ.py - libwrit from Python: is this certificate for TLS revoked, as Mozilla's filters know it?

As a program:

    writ.py CERTIFICATE ISSUER FILE...     CERTIFICATE and ISSUER in DER or PEM; filters, OneCRL

prints the answer, which file gave it and why, and exits with 0 for good, 2 for revoked, 5 when only
data that is too old says that it is good, and 4 for everything else.  As a module:

    import writ
    with writ.Filters() as filters:
        filters.add("20260322-0", open("20260322-0-default.filter", "rb").read())
        answer = filters.check(cert_der, issuer_der)
        print(answer, filters.why, filters.file)        # good  covered, and not revoked  20260322-0

One file, of the standard library only.  It is the chapters of writ/filters.h, and adds nothing.
"""
import ctypes
import ssl
import sys
import time
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_int64, c_size_t, c_void_p

ANSWERS = ("good", "revoked", "not-enrolled", "not-covered", "stale")
EXIT = {"good": 0, "revoked": 2, "stale": 5}
ONECRL = b"\x97wocl\r\n\x1a"


class Error(ctypes.Structure):
    """struct writ_error of writ/error.h."""

    _fields_ = [("fault", c_int), ("offset", c_size_t), ("text", c_char * 512)]


class Fault(Exception):
    """writ could not look; `fault` is the number of writ/error.h."""

    def __init__(self, error):
        super().__init__(error.text.decode("utf-8", "replace"))
        self.fault = error.fault


def load(name="libwrit.so.0"):
    library = ctypes.CDLL(name)
    error, data = POINTER(Error), (c_char_p, c_size_t)
    for function, result, arguments in (
        ("new", c_void_p, (c_int64, error)),
        ("free", None, (c_void_p,)),
        ("add", c_int, (c_void_p, c_char_p, *data, error)),
        ("onecrl", c_int, (c_void_p, *data, error)),
        ("as_of", c_int64, (c_void_p,)),
        ("certificate", c_int, (c_void_p, c_int64, *data, *data, error)),
        ("why", c_char_p, (c_void_p,)),
        ("uncovered", c_char_p, (c_void_p,)),
        ("file", c_char_p, (c_void_p,)),
    ):
        f = getattr(library, "writ_filters_" + function)
        f.restype, f.argtypes = result, arguments
    return library


class Filters:
    """The filters of one source.  Of one thread at a time."""

    def __init__(self, as_of=0, library=None):
        self._handle = None
        self._library = library or load()
        self._borrowed = []  # libwrit does not copy: the bytes must live as long as the handle
        self._handle = self._call("new", as_of, wrong=None)

    def _call(self, function, *arguments, wrong=-1):
        error = Error()
        result = getattr(self._library, "writ_filters_" + function)(*arguments, byref(error))
        if result == wrong:
            raise Fault(error)
        return result

    def _tell(self, function):
        return getattr(self._library, "writ_filters_" + function)(self._open()).decode()

    def _open(self):
        if self._handle is None:
            raise ValueError("closed")
        return self._handle

    def add(self, name, data):
        """Adds a filter (clubcard), or OneCRL in writ's form."""
        data = bytes(data)
        if data.startswith(ONECRL):
            self._call("onecrl", self._open(), data, len(data))
        else:
            self._call("add", self._open(), name.encode(), data, len(data))
        self._borrowed.append(data)

    def check(self, cert, issuer, now=None):
        """One of ANSWERS, about a certificate and the one whose key signed it, both DER."""
        now = int(time.time()) if now is None else now
        answer = self._call("certificate", self._open(), now, cert, len(cert), issuer, len(issuer))
        return ANSWERS[answer] if answer < len(ANSWERS) else "answer %d" % answer

    @property
    def as_of(self):
        return self._library.writ_filters_as_of(self._open())

    @property
    def why(self):
        return self._tell("why")

    @property
    def uncovered(self):
        return self._tell("uncovered")

    @property
    def file(self):
        return self._tell("file")

    def close(self):
        if self._handle is not None:
            self._library.writ_filters_free(self._handle)
        self._handle, self._borrowed = None, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    __del__ = close


def read_certificate(path):
    """The DER of a file; of PEM the first certificate."""
    data = open(path, "rb").read()
    begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
    if begin not in data:
        return data
    pem = begin + data.split(begin, 1)[1].split(end, 1)[0] + end
    return ssl.PEM_cert_to_DER_cert(pem.decode("ascii"))


def main(arguments):
    if len(arguments) < 3:
        sys.stderr.write("usage: writ.py CERTIFICATE ISSUER FILE...\n")
        return 64
    try:
        with Filters() as filters:
            for path in arguments[2:]:
                filters.add(path.rsplit("/", 1)[-1], open(path, "rb").read())
            answer = filters.check(*map(read_certificate, arguments[:2]))
            print("; ".join(filter(None, (answer + ": " + filters.why, filters.file,
                                          filters.uncovered))))
    except (Fault, OSError, ValueError) as error:
        sys.stderr.write("writ.py: %s\n" % error)
        return error.fault if isinstance(error, Fault) else 66
    return EXIT.get(answer, 4)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
