"""What seeds are made of: DER by hand, and files that openssl makes."""
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def tlv(tag, *parts):
    """One DER element."""
    content = b"".join(parts)
    n = len(content)
    if n < 0x80:
        return bytes([tag, n]) + content
    length = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def openssl(command, *outputs):
    """Runs an openssl command line in a new directory; returns the bytes of these files."""
    with tempfile.TemporaryDirectory() as d:
        for line in command.split(";"):
            subprocess.run(["openssl"] + line.split(), cwd=d, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return [open(os.path.join(d, name), "rb").read() for name in outputs]


CERTIFICATE = ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 "
               "-subj /O=Example/CN=fuzz -keyout key.pem -out cert.pem; "
               "x509 -in cert.pem -outform DER -out cert.der; "
               "pkey -in key.pem -pubout -outform DER -out public.der")
