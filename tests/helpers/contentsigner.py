"""Signs as Mozilla's Remote Settings does: a chain of certificates, and signatures over messages.

    chain = Chain(directory)            root, intermediate and leaf as Mozilla's are made
    chain.pem()                         leaf first
    chain.root_hash()                   SHA-256 of the root's DER, hexadecimal
    chain.sign(message)                 URL-safe base64 of r and s

What is to be wrong is an argument: chain.issue_leaf(name="leaf-2", host=..., start=..., end=...).  Everything
comes from openssl(1); keys and certificates lie in the directory as NAME.key and NAME.pem.
"""
import base64
import hashlib
import os
import subprocess

HOST = "onecrl.content-signature.mozilla.org"
LONG = ("20200101000000Z", "21191231235959Z")

CONF = """
[ca]
default_ca = one
[one]
database = index
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha384
policy = any
email_in_dn = no
[any]
organizationName = optional
organizationalUnitName = optional
commonName = supplied
"""

ROOT = """
basicConstraints = CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
extendedKeyUsage = critical,codeSigning
subjectKeyIdentifier = hash
"""
INTERMEDIATE = """
basicConstraints = CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
extendedKeyUsage = critical,%s
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
nameConstraints = permitted;DNS:.content-signature.mozilla.org,permitted;DNS:content-signature.mozilla.org
"""
LEAF = """
keyUsage = critical,%s
extendedKeyUsage = %s
authorityKeyIdentifier = keyid:always
subjectAltName = %s
"""

RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
P384 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]
P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]


def half(der, at):
    """The INTEGER at this place of a signature, as 48 bytes, and where it ends."""
    n = der[at + 1]
    return int.from_bytes(der[at + 2:at + 2 + n], "big").to_bytes(48, "big"), at + 2 + n


class Chain:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.write("index", "")
        self.issue("root", "root", "/O=Example/OU=Signing/CN=root-ca", ROOT, RSA)
        self.issue_intermediate()
        self.issue_leaf()

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.directory, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def issue(self, name, issuer, subject, extensions, key, dates=LONG):
        self.write("conf", CONF + "[extensions]\n" + extensions)
        self.openssl("genpkey", *key, "-out", name + ".key")
        self.openssl("req", "-new", "-key", name + ".key", "-subj", subject, "-out", "request")
        who = ["-selfsign"] if issuer == name else ["-cert", issuer + ".pem"]
        self.openssl("ca", "-config", "conf", "-batch", "-notext", "-in", "request", "-keyfile", issuer + ".key",
                     *who, "-startdate", dates[0], "-enddate", dates[1], "-extensions", "extensions",
                     "-out", name + ".pem")

    def issue_intermediate(self, name="intermediate", purpose="codeSigning", dates=LONG):
        self.issue(name, "root", "/O=Example/CN=Content Signing Intermediate", INTERMEDIATE % purpose, P384, dates)

    def issue_leaf(self, name="leaf", host=HOST, usage="digitalSignature", purpose="codeSigning", dates=LONG,
                   key=P384, issuer="intermediate", other="DNS:unrelated.content-signature.mozilla.org"):
        self.issue(name, issuer, "/O=Example/CN=" + host, LEAF % (usage, purpose, other + ",DNS:" + host), key, dates)

    def pem(self, *names):
        return b"".join(open(self.path(n + ".pem"), "rb").read() for n in names or ("leaf", "intermediate", "root"))

    def root_hash(self, name="root"):
        return hashlib.sha256(self.openssl("x509", "-in", name + ".pem", "-outform", "DER")).hexdigest()

    def sign(self, message, name="leaf"):
        with open(self.path("message"), "wb") as f:
            f.write(b"Content-Signature:\0" + message)
        der = self.openssl("dgst", "-sha384", "-sign", name + ".key", "message")
        r, at = half(der, 3 if der[1] & 0x80 else 2)
        s, _ = half(der, at)
        return base64.urlsafe_b64encode(r + s).decode()
