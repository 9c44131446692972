#!/usr/bin/env python3
"""chain_world.py - certificates, CRLs and OCSP answers for tests/prog/81-chain.t, made with openssl

usage: chain_world.py NOW      (in an empty folder)

A root, a CA under it, and who else the cases need; and `cases`, one line each with tabs between:
what `writ chain` exits with, the claim, and its arguments.  Cases are data: each says what must
happen and why.
"""
import importlib.util
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = int(sys.argv[1])
HOUR, DAY = 3600, 86400
CASES = []

spec = importlib.util.spec_from_file_location("make", HERE + "/../fixtures/crl/make.py")
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)
tlv, seq, number, reason, idp = make.tlv, make.seq, make.number, make.reason, make.idp
extension, name, FLAG = make.extension, make.name, make.FLAG
BASE, UNKNOWN, OWNER = make.BASE, make.UNKNOWN, make.OWNER


def at(seconds):
    return make.utc(time.strftime("%y%m%d%H%M%SZ", time.gmtime(NOW + seconds)))


# ---- certificates

def openssl(*words):
    subprocess.run(("openssl",) + words, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def certificate(who, subject, issuer=None, serial=0x1001, *extensions, key=None, digest="-sha256", bits=None):
    """WHO.pem and WHO.key, with this common name, of this issuer (none: a root)."""
    key = key or who
    if not os.path.exists(key + ".key") and bits is not None:
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:%d" % bits, "-out", key + ".key")
    elif not os.path.exists(key + ".key"):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key + ".key")
    with open("extensions", "w", encoding="ascii") as f:
        f.write("".join(line + "\n" for line in extensions or ("basicConstraints=CA:FALSE",)))
    openssl("req", "-new", "-key", key + ".key", "-subj", "/O=Example Corp/CN=" + subject, "-out", "csr")
    by = ("-signkey", key + ".key") if issuer is None else ("-CA", issuer + ".pem", "-CAkey", issuer + ".key")
    openssl("x509", "-req", "-in", "csr", *by, "-set_serial", str(serial), "-days", "400", digest,
            "-extfile", "extensions", "-out", who + ".pem")


IS_CA = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
NOT_CRLS = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
ONLY_CRLS = ("keyUsage=critical,cRLSign",)


def authority(issuer):
    return "crlDistributionPoints=p\n[p]\nCRLissuer=dirName:d\n[d]\nO=Example Corp\nCN=" + issuer


def certificates():
    certificate("root", "Root", None, 1, *IS_CA)
    certificate("otherroot", "Root", None, 2, *IS_CA)
    certificate("mid", "Mid", "root", 0x10, *IS_CA)
    certificate("stranger", "Mid", "otherroot", 0x10, *IS_CA)
    certificate("alice", "alice", "mid", 0x1001)
    certificate("bob", "bob", "mid", 0x1002)
    certificate("mute", "Mute", "root", 0x11, *NOT_CRLS)
    certificate("mutes", "mutes", "mute", 0x1001)
    certificate("signer", "Mute", "root", 0x12, *ONLY_CRLS)
    certificate("badsigner", "Mute", "root", 0x13, *ONLY_CRLS)
    certificate("strangesigner", "Mute", "otherroot", 0x12, *ONLY_CRLS)
    certificate("pointed", "pointed", "mid", 0x1003,
                "crlDistributionPoints=URI:http://crl.example/ca.crl,URI:http://other.example/")
    certificate("elsewhere", "elsewhere", "mid", 0x1004, "crlDistributionPoints=URI:http://x.example/")
    certificate("authority", "CRL Authority", "root", 0x14, *ONLY_CRLS)
    certificate("ivan", "ivan", "mid", 0x1005, authority("CRL Authority"))
    certificate("ida", "ida", "mid", 0x1006, authority("CRL Authority"))
    certificate("selfmade", "Self Made", "root", 0x15, *ONLY_CRLS, authority("Self Made"))
    certificate("sam", "sam", "mid", 0x1007, authority("Self Made"))
    certificate("x", "X", "root", 0x18, *ONLY_CRLS, authority("Y"))
    certificate("y", "Y", "root", 0x19, *ONLY_CRLS, authority("X"))
    certificate("xena", "xena", "mid", 0x100e, authority("X"))
    certificate("yves", "yves", "mid", 0x100f, authority("X").replace("dirName:d", "dirName:d,dirName:e")
                + "\n[e]\nO=Example Corp\nCN=Y")
    for i in range(1, 6):
        certificate("a%d" % i, "A%d" % i, "root", 0x20 + i, *ONLY_CRLS, authority("A%d" % min(i + 1, 5)))
        SUBJECT["a%d" % i] = "A%d" % i
    certificate("far", "far", "mid", 0x1011, authority("A1"))
    certificate("near", "near", "mid", 0x1013, authority("A3"))
    certificate("server", "server", "mid", 0x1008, "extendedKeyUsage=serverAuth",
                "subjectAltName=DNS:www.example.org,DNS:*.example.net,IP:192.0.2.1")
    certificate("named", "www.example.com", "mid", 0x1009)
    certificate("policied", "Policied", "root", 0x16, *IS_CA, "certificatePolicies=1.2.3.4")
    certificate("policy", "policy", "policied", 0x1001, "certificatePolicies=1.2.3.4,1.2.3.5")
    certificate("sha1", "sha1", "mid", 0x100a, digest="-sha1")
    certificate("rsa", "RSA", "root", 0x17, *IS_CA, bits=1024)
    certificate("rsa1024", "rsa1024", "rsa", 0x1001)
    certificate("md5", "md5", "rsa", 0x1002, digest="-md5")
    certificate("rsa512", "rsa512", "mid", 0x100d, bits=512)
    certificate("critical", "critical", "mid", 0x100b, "1.2.3.4=critical,DER:0500")
    certificate("delegate", "delegate", "mid", 0x100c, "extendedKeyUsage=OCSPSigning",
                "crlDistributionPoints=URI:http://crl.example/ca.crl")


# ---- CRLs

def crl(out, who, entries=(), *extensions, n=7, this=-HOUR, until=DAY, key=None, **more):
    make.crl(out, 0, "", entries, (number(bytes([n])),) + extensions, issuer=name(SUBJECT[who]),
             this=at(this), until=b"" if until is None else at(until), key=(key or who) + ".key", **more)


SUBJECT = {"root": "Root", "mid": "Mid", "mute": "Mute", "authority": "CRL Authority", "selfmade": "Self Made",
           "x": "X", "y": "Y"}


def entry(serial, *extensions):
    return make.entry(serial, *extensions, date=at(-2 * HOUR))


BOB, ALICE, HOLD = entry("1002", reason(1)), entry("1001", reason(4)), entry("1002", reason(6))
FULL_NAME = tlv(0xa0, tlv(0xa0, tlv(0x86, b"http://crl.example/ca.crl")))


def reasons(bits):
    return tlv(0x83, bits)


SOME, OTHERS = reasons(b"\x05\x60"), reasons(b"\x07\x1f\x80")  # 1 2, and 3 to 8


def case(code, claim, leaf, crls="", *more, ocsp="", anchors="root", untrusted="mid"):
    words = [leaf + ".pem", "--anchors=%s.pem" % anchors]
    if untrusted:
        words.append("--untrusted=" + ",".join(u + ".pem" for u in untrusted.split()))
    if crls:
        words.append("--crls=" + ",".join(c + ".crl" for c in crls.split()))
    if ocsp:
        words.append("--ocsp=" + ",".join(o + ".ors" for o in ocsp.split()))
    CASES.append((code, claim, " ".join(words + list(more))))


def all_of_the_chain():
    crl("root.crl", "root")
    crl("mid.crl", "mid", (BOB,))
    crl("midrevoked.crl", "root", (entry("10", reason(2)),))
    case(0, "good when a CRL of every issuer has nobody of the chain", "alice", "root mid")
    case(2, "revoked by the issuer's CRL", "bob", "root mid")
    case(2, "the intermediate is revoked", "alice", "midrevoked mid")
    case(4, "a missing CRL of the issuer is no evidence", "alice", "root")
    case(4, "a missing CRL of the issuer's issuer is none either", "alice", "mid")
    case(2, "revoked behind a missing CRL of its issuer", "bob", "mid")
    case(2, "behind a revoked CA whose own CRL is missing", "alice", "midrevoked")
    case(4, "no evidence at all", "alice")
    case(0, "--revocation=none asks for none", "alice", "", "--revocation=none")
    case(0, "nor minds what it says", "bob", "root mid", "--revocation=none")
    case(0, "--revocation=leaf asks about the leaf alone", "alice", "mid", "--revocation=leaf")
    case(2, "which may be revoked", "bob", "mid", "--revocation=leaf")
    case(4, "or unknown", "alice", "root", "--revocation=leaf")


def the_newest():
    crl("older.crl", "mid", (), n=1)
    crl("newer.crl", "mid", (BOB,), n=2)
    crl("held.crl", "mid", (HOLD,), n=3)
    crl("lifted.crl", "mid", (), n=4)
    crl("later.crl", "mid", (), n=1, this=-60)
    for order in ("older newer", "newer older"):
        case(2, "of two CRLs of one second the higher number counts: %s" % order, "bob", "root " + order)
    for order in ("held lifted", "lifted held"):
        case(0, "a hold that is lifted in the same second: %s" % order, "bob", "root " + order)
    case(2, "certificateHold is revoked", "bob", "root held")
    case(0, "of two seconds the later one", "bob", "root newer later")


def of_no_use():
    unknown = extension(UNKNOWN, b"\5\0", True)
    crl("unknown.crl", "mid", (), unknown)
    crl("noncritical.crl", "mid", (), extension(UNKNOWN, b"\5\0"))
    crl("unknownentry.crl", "mid", (entry("1003", unknown), BOB))
    crl("stale.crl", "mid", (BOB,), this=-2 * DAY, until=-DAY)
    crl("ends.crl", "mid", (), until=-200)
    crl("ended.crl", "mid", (), until=-400)
    crl("endless.crl", "mid", (), this=-6 * DAY, until=None)
    crl("endlessold.crl", "mid", (), this=-8 * DAY, until=None)
    crl("future.crl", "mid", (BOB,), this=HOUR)
    crl("skewed.crl", "mid", (), this=200)
    crl("strangers.crl", "mid", (), key="stranger")
    crl("spoiled.crl", "mid", (), key="mid", digest="-sha384")
    crl("sha1.crl", "mid", (), inner=make.ECDSA1, digest="-sha1")
    case(4, "an unknown critical extension", "alice", "root unknown")
    case(0, "is nothing when it is not critical", "alice", "root noncritical")
    case(4, "of another one's entry it spoils all", "alice", "root unknownentry")
    case(4, "even for who is listed", "bob", "root unknownentry")
    case(5, "too old", "alice", "root stale")
    case(2, "revoked in what is too old is revoked", "bob", "root stale")
    case(0, "a current one beside it is good", "alice", "root stale mid")
    case(0, "two clocks may differ by 5 minutes", "alice", "root ends")
    case(5, "and no more", "alice", "root ended")
    case(0, "without nextUpdate it is good for a week", "alice", "root endless")
    case(5, "and no longer", "alice", "root endlessold")
    case(0, "unless more is allowed", "alice", "root endlessold", "--max-age=30d")
    case(5, "--max-age holds where there is a nextUpdate", "alice", "root mid", "--max-age=60")
    case(4, "of a time to come", "alice", "root future")
    case(4, "what will be revoked is not known yet", "bob", "root future")
    case(0, "but for 5 minutes", "alice", "root skewed")
    case(4, "signed by one with the issuer's name under another root", "alice", "root strangers",
         untrusted="mid stranger")
    case(4, "a signature that does not verify", "alice", "root spoiled")
    case(4, "a signature with SHA-1", "alice", "root sha1")
    case(0, "is taken on demand", "alice", "root sha1", "--allow-sha1")


def signers():
    crl("mutebyca.crl", "mute", (), key="mute")
    crl("mute.crl", "mute", (), key="signer")
    crl("badmute.crl", "mute", (), key="badsigner")
    crl("strangemute.crl", "mute", (), key="strangesigner")
    crl("rootbad.crl", "root", (entry("13", reason(1)),))
    case(4, "a CA that may not sign CRLs", "mutes", "root mutebyca", untrusted="mute")
    case(0, "another certificate of its name that may", "mutes", "root mute", untrusted="mute signer")
    case(4, "which must be there", "mutes", "root mute", untrusted="mute")
    case(4, "and must not be revoked", "mutes", "rootbad badmute", untrusted="mute badsigner")
    case(0, "as it may be when nobody has revoked it", "mutes", "root badmute", untrusted="mute badsigner")
    case(4, "and must lead to the same anchor", "mutes", "root strangemute",
         untrusted="mute strangesigner otherroot")


def scopes():
    crl("user.crl", "mid", (), idp(FLAG["user"]))
    crl("ca.crl", "mid", (), idp(FLAG["ca"]))
    crl("attribute.crl", "mid", (), idp(FLAG["attribute"]))
    crl("rootuser.crl", "root", (), idp(FLAG["user"]))
    crl("rootca.crl", "root", (), idp(FLAG["ca"]))
    crl("point.crl", "mid", (), idp(FULL_NAME))
    case(0, "a CRL about end entities only", "alice", "root user")
    case(4, "one about CAs only says nothing about an end entity", "alice", "root ca")
    case(4, "one about attribute certificates only says nothing", "alice", "root attribute")
    case(0, "one about CAs only, of a CA", "alice", "rootca mid")
    case(4, "one about end entities only says nothing about a CA", "alice", "rootuser mid")
    case(0, "a distribution point with a name in common", "pointed", "root point")
    case(4, "without one in common", "elsewhere", "root point")
    case(4, "of a certificate without distribution points", "alice", "root point")
    case(0, "a CRL without a distribution point is about all of them", "pointed", "root mid")
    crl("some.crl", "mid", (BOB,), idp(SOME))
    crl("others.crl", "mid", (), idp(OTHERS))
    crl("rootsome.crl", "root", (), idp(SOME))
    case(4, "some reasons only", "alice", "root some")
    case(0, "some reasons, and the others", "alice", "root some others")
    case(2, "revoked for some reasons", "bob", "root some")
    case(2, "revoked for some of all reasons", "bob", "root others some")
    case(4, "some reasons about the intermediate", "alice", "rootsome mid")


def deltas():
    remove = entry("1002", reason(8))

    def delta(out, entries, base, n, **more):
        crl(out, "mid", entries, number(bytes([base]), BASE, True), n=n, **more)

    crl("base.crl", "mid", (HOLD,), n=5)
    delta("delta.crl", (ALICE, remove), 5, 6)
    delta("ahead.crl", (ALICE, remove), 6, 7)
    delta("old.crl", (ALICE, remove), 3, 4)
    delta("stale-delta.crl", (ALICE, remove), 5, 6, this=-2 * DAY, until=-DAY)
    delta("strangedelta.crl", (ALICE, remove), 5, 6, key="stranger")
    crl("stalebase.crl", "mid", (), n=5, this=-2 * DAY, until=-DAY)
    crl("scopedelta.crl", "mid", (ALICE,), number(b"\5", BASE, True), idp(FLAG["user"]), n=6)
    case(2, "revoked since, by a delta", "alice", "root base delta")
    case(0, "a hold lifted by a delta", "bob", "root base delta")
    case(2, "which is on hold without it", "bob", "root base")
    case(4, "a delta alone", "alice", "root delta")
    case(0, "a base older than the delta's is used alone", "alice", "root base ahead")
    case(2, "so that the hold stands", "bob", "root base ahead")
    case(2, "as with a delta older than the base", "bob", "root base old")
    case(2, "and one that is too old", "bob", "root base stale-delta")
    case(2, "and a stranger's", "bob", "root base strangedelta", untrusted="mid stranger")
    case(5, "a base that is too old, and a delta that is not for it", "alice", "root stalebase ahead")
    case(0, "a delta of another scope is none", "alice", "root base scopedelta")
    # RFC 5280 section 5.3.1: removed because it has expired, and not because it is good.
    end = 400 * DAY
    crl("lastroot.crl", "root", (), this=end - 600, until=end + DAY)
    crl("lastbase.crl", "mid", (BOB,), n=5, this=end - 600, until=end + DAY)
    delta("afterwards.crl", (remove,), 5, 6, this=end + 100, until=end + DAY)
    at_end = "--at=%d" % (NOW + end - 180)
    case(2, "revoked on the last day", "bob", "lastroot lastbase", at_end)
    case(2, "and still, when a delta made after its end removes it", "bob", "lastroot lastbase afterwards", at_end)
    crl("mutebase.crl", "mute", (HOLD,), n=5, key="signer")
    crl("mutedelta.crl", "mute", (ALICE,), number(b"\5", BASE, True), n=6, key="signer")
    crl("othersdelta.crl", "mute", (ALICE,), number(b"\5", BASE, True), n=6, key="badsigner")
    both = "mute signer badsigner"
    case(2, "a delta of the base's signer", "mutes", "root mutebase mutedelta", untrusted=both)
    case(0, "one of another key of that name is not for the base", "mutes", "root mutebase othersdelta",
         untrusted=both)


def indirect():
    owner = extension(OWNER, seq(tlv(0xa4, name("Mid"))), True)
    flag = idp(FLAG["indirect"])
    crl("authority.crl", "authority", (entry("1006"), entry("1001", owner), entry("1005")), flag)
    crl("direct.crl", "authority", ())
    crl("selfmade.crl", "selfmade", (), flag)
    crl("selfrevoked.crl", "selfmade", (entry("15", extension(OWNER, seq(tlv(0xa4, name("Root"))), True)),), flag)
    case(2, "listed by an indirect CRL, under an issuer named in an entry before", "ivan",
         "root authority", untrusted="mid authority")
    case(0, "not listed by it: the same serial of its own is another certificate", "ida",
         "root authority", untrusted="mid authority")
    case(4, "a CRL of that issuer that is not indirect", "ida", "root direct", untrusted="mid authority")
    case(4, "an indirect CRL says nothing about who does not name its issuer", "alice", "root authority",
         untrusted="mid authority")
    # rootca.crl says nothing about these signers, which are no CAs.
    case(0, "a CRL that alone speaks about its own signer", "sam", "rootca selfmade", untrusted="mid selfmade")
    case(4, "unless it revokes it", "sam", "selfrevoked rootca", untrusted="mid selfmade")
    crl("x.crl", "x", (), flag)
    crl("y.crl", "y", (), flag)
    crl("yx.crl", "y", (entry("18", extension(OWNER, seq(tlv(0xa4, name("Root"))), True)),), flag)
    case(0, "two signers that speak about each other", "xena", "rootca x y", untrusted="mid x y")
    case(4, "where one revokes the other, nobody vouches for it", "yves", "rootca x yx",
         untrusted="mid x y")
    case(4, "unless one revokes the other", "xena", "rootca x yx", untrusted="mid x y")
    for i in range(1, 6):
        crl("a%d.crl" % i, "a%d" % i, (), flag)
    case(0, "a signer whose signer's signer is good", "near", "rootca a3 a4 a5",
         untrusted="mid a3 a4 a5")
    case(4, "a missing CRL about one of them", "near", "rootca a3 a5", untrusted="mid a3 a4 a5")
    case(4, "signers about signers go only so deep", "far", "rootca a1 a2 a3 a4 a5",
         untrusted="mid a1 a2 a3 a4 a5")


def paths():
    none = "--revocation=none"
    case(3, "no path", "alice", "", none, untrusted="")
    case(3, "another root of that name", "alice", "", none, anchors="otherroot")
    case(0, "an anchor that is not self-signed", "alice", "mid", anchors="mid", untrusted="")
    case(3, "before it was made", "alice", "", none, "--at=%d" % (NOW - 2 * DAY))
    case(3, "after its end", "alice", "", none, "--at=%d" % (NOW + 500 * DAY))
    case(3, "an unknown critical extension of a certificate", "critical", "", none)
    case(3, "a certificate signed with SHA-1", "sha1", "", none)
    case(0, "is taken on demand: --allow-sha1", "sha1", "", none, "--allow-sha1")
    case(3, "a key of RSA 1024 above it", "rsa1024", "", none, untrusted="rsa")
    case(0, "goes with SHA-1", "rsa1024", "", none, "--allow-sha1", untrusted="rsa")
    case(3, "MD5 does not", "md5", "", none, "--allow-sha1", untrusted="rsa")
    case(3, "nor does a key of RSA 512", "rsa512", "", none, "--allow-sha1")
    case(0, "for serverAuth", "server", "", none, "--purpose=serverAuth")
    case(3, "which is not for codeSigning", "server", "", none, "--purpose=codeSigning")
    case(0, "one that names no purpose is for all", "alice", "", none, "--purpose=codeSigning")
    case(0, "for its name", "server", "", none, "--host=www.example.org")
    case(0, "for a name under its wildcard", "server", "", none, "--host=a.example.net")
    case(0, "for its address", "server", "", none, "--host=192.0.2.1")
    case(3, "for no other name", "server", "", none, "--host=example.org")
    case(3, "for no other address", "server", "", none, "--host=192.0.2.2")
    case(3, "a common name is no host name", "named", "", none, "--host=www.example.com")
    case(0, "without a policy, when none is wanted", "alice", "", none, "--policy=1.2.3.4")
    case(3, "an explicit policy is wanted", "alice", "", none, "--explicit-policy")
    case(0, "and there", "policy", "", none, "--explicit-policy", untrusted="policied")
    case(0, "the one that is asked for", "policy", "", none, "--explicit-policy", "--policy=1.2.3.4",
         untrusted="policied")
    case(3, "one that only the leaf has", "policy", "", none, "--explicit-policy", "--policy=1.2.3.5",
         untrusted="policied")


def ocsp():
    lines = ["%s.ors signer=mid produced=-60 about=alice issuer=mid %s" % (out, what) for out, what in
             (("good", "good"), ("revoked", "revoked=-60:1"), ("unknown", "unknown"))]
    lines += ["mids.ors signer=root produced=-60 about=mid issuer=root good",
              "bobs.ors signer=mid produced=-60 about=bob issuer=mid good",
              "theirs.ors signer=stranger produced=-60 about=alice issuer=mid good",
              "delegated.ors signer=delegate produced=-60 certs=delegate about=alice issuer=mid good"]
    lines = [line + " this=-60 next=86400" for line in lines]
    subprocess.run([sys.executable, HERE + "/ocsp_answers.py", str(NOW)], check=True,
                   input="\n".join(lines).encode() + b"\n")
    with open("garbage.ors", "wb") as f:
        f.write(b"garbage")
    crl("alice.crl", "mid", (ALICE,))
    crl("nodelegate.crl", "mid", (entry("100c", reason(1)),), idp(FULL_NAME))
    case(0, "OCSP answers about every certificate", "alice", ocsp="good mids")
    case(0, "an answer about the leaf, and a CRL of the root", "alice", "root", ocsp="good")
    case(4, "an answer about the leaf alone", "alice", ocsp="good")
    case(2, "revoked by OCSP, whatever the CRL says", "alice", "root mid", ocsp="revoked")
    case(2, "revoked by a CRL, whatever OCSP says", "alice", "root alice", ocsp="good")
    case(2, "revoked by one of two answers", "alice", "root", ocsp="good revoked")
    case(2, "revoked by the last of nine answers", "alice", "root", ocsp="good " * 8 + "revoked")
    case(0, "good by the last of nine, which others know nothing of", "alice", "root", ocsp="unknown " * 8 + "good")
    case(0, "unknown to OCSP, good by the CRL", "alice", "root mid", ocsp="unknown")
    case(4, "unknown to OCSP", "alice", "root", ocsp="unknown")
    crl("lasting.crl", "root", (), until=30 * DAY)
    case(5, "an answer that is too old", "alice", "lasting", "--at=%d" % (NOW + 3 * DAY), ocsp="good")
    case(2, "revoked in an answer that is too old", "alice", "lasting", "--at=%d" % (NOW + 3 * DAY),
         ocsp="revoked")
    case(4, "an answer about another certificate", "alice", "root", ocsp="bobs")
    case(4, "a stranger's answer", "alice", "root", ocsp="theirs")
    case(4, "garbage is no evidence", "alice", "root", ocsp="garbage")
    case(0, "nor does it hurt", "alice", "root mid", ocsp="garbage")
    case(0, "a delegate's answer", "alice", "root", ocsp="delegated")
    case(4, "unless a CRL revokes the delegate", "alice", "root nodelegate", ocsp="delegated")


certificates()
for part in (all_of_the_chain, the_newest, of_no_use, signers, scopes, deltas, indirect, paths, ocsp):
    part()
with open("cases", "w", encoding="utf-8") as f:
    f.write("".join("%d\t%s\t%s\n" % c for c in CASES))
