#!/bin/sh
# Goal of this test: a program that was written for upki (examples/upki.c) runs on libwrit-upki: it
# finds its data where upki would, gets upki's numbers, also within OpenSSL's handshakes, and never
# hears "not revoked" of a certificate that one of several covering filters has revoked.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_unless openssl python3 nginx

library=$build/prog/upki/libwrit-upki.so
headers=$source_root/include/writ-upki
sanitized=
nm -D "$library" | grep -q __asan_ && sanitized=yes

# ---- the library ----

if [ -z "$sanitized" ]; then
    nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $2, $3 }' | sort >out
    prints 'it has the five functions of upki and of upki-openssl, and nothing else' \
        'T upki_check_revocation
T upki_config_free
T upki_config_new
T upki_openssl_set_config
T upki_openssl_verify_callback'
    readelf -dW "$library" >out
    holds 'its name is libwrit-upki.so.0' grep -q 'SONAME.*\[libwrit-upki\.so\.0\]' out
    sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' out | sort >needed
    holds 'it needs OpenSSL and libc' \
        [ "$(tr '\n' ' ' <needed)" = 'libc.so.6 libcrypto.so.3 libssl.so.3 ' ]
fi

# The numbers of upki 1.0, as a program has compiled them in.
cat >numbers.c <<'END'
#include <upki.h>
#include <upki.h>
#define IS(name, number) typedef char check_##name[(name) == (number) ? 1 : -1]
IS(UPKI_OK, 0);
IS(UPKI_REVOCATION_NOT_COVERED, 1);
IS(UPKI_REVOCATION_REVOKED, 2);
IS(UPKI_REVOCATION_NOT_REVOKED, 3);
IS(UPKI_ERR_NULL_POINTER, 16);
IS(UPKI_ERR_CONFIG_PATH, 17);
IS(UPKI_ERR_UNKNOWN, 18);
IS(UPKI_ERR_PANICKED, 19);
IS(UPKI_ERR_CONFIG_DECODE, 32);
IS(UPKI_ERR_CONFIG_READ, 33);
IS(UPKI_ERR_NO_CACHE_DIR, 34);
IS(UPKI_ERR_NO_CONFIG_DIR, 35);
IS(UPKI_ERR_NO_HOME_DIR, 36);
IS(UPKI_ERR_REVOCATION_CREATE_DIR, 64);
IS(UPKI_ERR_REVOCATION_FILE_WRITE, 65);
IS(UPKI_ERR_REVOCATION_FILE_DECODE, 66);
IS(UPKI_ERR_REVOCATION_FILE_READ, 67);
IS(UPKI_ERR_REVOCATION_HASH_MISMATCH, 68);
IS(UPKI_ERR_REVOCATION_HTTP_FETCH, 69);
IS(UPKI_ERR_REVOCATION_INVALID_BASE64, 70);
IS(UPKI_ERR_REVOCATION_INVALID_END_ENTITY_CERT, 71);
IS(UPKI_ERR_REVOCATION_INVALID_INTERMEDIATE_CERT, 72);
IS(UPKI_ERR_REVOCATION_INVALID_LENGTH, 73);
IS(UPKI_ERR_REVOCATION_INVALID_SCT_ENCODING, 74);
IS(UPKI_ERR_REVOCATION_INVALID_SCT_IN_CERT, 75);
IS(UPKI_ERR_REVOCATION_INVALID_TIMESTAMP, 76);
IS(UPKI_ERR_REVOCATION_MANIFEST_ENCODE, 77);
IS(UPKI_ERR_REVOCATION_NO_ISSUER, 78);
IS(UPKI_ERR_REVOCATION_OUTDATED, 79);
IS(UPKI_ERR_REVOCATION_REMOVE_FILE, 80);
IS(UPKI_ERR_REVOCATION_TOO_FEW_CERTS, 81);
typedef char check_der[sizeof(upki_certificate_der) == 2 * sizeof(void *) ? 1 : -1];
upki_result ask(upki_config *config, const upki_certificate_der *certs, uintptr_t n);
upki_result ask(upki_config *config, const upki_certificate_der *certs, uintptr_t n)
{
    return upki_check_revocation(config, certs, n);
}
END
exits 0 'the numbers are those of upki' \
    gcc -std=c99 -Wall -Wextra -pedantic -Werror -I"$headers" -fsyntax-only numbers.c
printf '#include <upki-openssl.h>\n#include <upki-openssl.h>\n' >openssl.c
exits 0 'the header for OpenSSL stands alone' \
    gcc -std=c99 -Wall -Wextra -pedantic -Werror -I"$headers" -fsyntax-only openssl.c
if command -v g++ >/dev/null; then
    exits 0 'both are C++' g++ -x c++ -Wall -Wextra -Werror -I"$headers" -fsyntax-only \
        numbers.c openssl.c
fi

# ---- certificates, and a cache ----

upki() {
    "$build/examples/example-upki" "$@"
}

make_world
for name in good revoked uncovered bare issuer root; do
    openssl x509 -in "$tls/$name.pem" -outform DER -out $name.der
done
mv "$filters" aside # what writ has pulled

# lay AS_OF SERIAL...: the cache directory as `upki fetch` leaves it, with one filter.
lay() {
    rm -rf cache
    as_of=$1
    shift
    python3 "$world" filters cache "$as_of" "$tls/issuer.pem" "$@" && rm cache/pulled
}

# index NAME...: writes index.bin for these files (upkiidx1, or 0 where $old is set).
index() {
    python3 - "${old:-}" "$@" <<'END'
import struct, sys
old, names = sys.argv[1], sys.argv[2:]
folder = "cache/revocation/"
logs = {}
for i, name in enumerate(names):
    card = open(folder + name, "rb").read()
    logs.setdefault(card[4:36], []).append((i, *struct.unpack(">QQ", card[36:52])))
number, size = ("B", 17) if old else ("H", 18)
at = 8 + struct.calcsize(number) + 4 + 32 * len(names) + 42 * len(logs)
out = (b"upkiidx0" if old else b"upkiidx1") + struct.pack(">" + number, len(names))
out += struct.pack(">I", len(logs)) + b"".join(n.encode().ljust(32, b"\0") for n in names)
for log in sorted(logs):
    out += log + struct.pack(">QH", at, len(logs[log]))
    at += size * len(logs[log])
for log in sorted(logs):
    for entry in logs[log]:
        out += struct.pack(">" + number + "QQ", *entry)
open(folder + "index.new", "wb").write(out)
END
    mv cache/revocation/index.new cache/revocation/index.bin
}

lay "$now" 66
printf '# of this test\ncache-dir = "%s/cache"\n\n[revocation]\nfetch-url = "https://upki.invalid/"\n' \
    "$dir" >config.toml

exits 3 'a certificate that is covered and not listed is not revoked' \
    upki config.toml good.der issuer.der
prints 'and the program says so' 'not revoked'
exits 2 'a revoked one is revoked' upki config.toml revoked.der issuer.der
exits 2 'with the issuer anywhere among the rest' upki config.toml revoked.der root.der issuer.der
exits 1 'one that is newer than the data is not covered' upki config.toml uncovered.der issuer.der
exits 1 'nor one without a timestamp, though the filter would say revoked' \
    upki config.toml bare.der issuer.der
exits 1 'nor a CA certificate' upki config.toml issuer.der root.der

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
    -subj /CN=issuer -days 9 -outform DER -out impostor.der 2>/dev/null
exits 2 'of two with the name of the issuer the one that signed is taken' \
    upki config.toml revoked.der impostor.der issuer.der
exits 2 'in any order' upki config.toml revoked.der issuer.der impostor.der
exits 2 'also when there are three' \
    upki config.toml revoked.der impostor.der impostor.der issuer.der

# ---- several files ----

# The full filter says good, the delta revoked: who stops at the first that covers misses it.
mv cache/revocation/filter full
lay "$now" 11
mv cache/revocation/filter cache/revocation/delta
mv full cache/revocation/full
for order in 'full delta' 'delta full'; do
    for old in '' yes; do
        # shellcheck disable=SC2086 # names
        index $order
        exits 2 "revoked by the delta, files as $order${old:+, old index}" \
            upki config.toml good.der issuer.der
        exits 2 "revoked by the full one, files as $order${old:+, old index}" \
            upki config.toml revoked.der issuer.der
    done
done
old=

# ---- data that cannot be read ----

head -c 60 cache/revocation/delta >cut && mv cut cache/revocation/delta
exits 66 'a covering filter that is damaged is a fault' upki config.toml good.der issuer.der
exits 1 'which does not concern what it does not cover' upki config.toml uncovered.der issuer.der
rm cache/revocation/delta
exits 67 'one that is gone as well' upki config.toml good.der issuer.der
mkdir cache/revocation/delta
exits 67 'and one that is no file' upki config.toml good.der issuer.der
lay "$now" 66
head -c 30 cache/revocation/index.bin >cut && mv cut cache/revocation/index.bin
exits 66 'a damaged index is a fault' upki config.toml good.der issuer.der
: >cache/revocation/index.bin
exits 66 'an empty one too' upki config.toml good.der issuer.der
rm cache/revocation/index.bin
exits 67 'and no index' upki config.toml good.der issuer.der
mv aside "$filters"
exits 67 'although writ has data: the configuration names the cache' \
    upki config.toml good.der issuer.der
mv "$filters" aside

lay $((now - 11 * 86400)) 66
exits 1 'after ten days "not revoked" is not covered' upki config.toml good.der issuer.der
exits 2 'and revoked is revoked' upki config.toml revoked.der issuer.der
lay "$now" 66

# ---- certificates that cannot be asked about ----

exits 81 'one certificate is too few' upki config.toml good.der
exits 78 'without the issuer there is nothing to ask with' upki config.toml good.der root.der
echo none >none.der
exits 71 'a first certificate that is none' upki config.toml none.der issuer.der
exits 72 'another that is none, and no issuer' upki config.toml good.der none.der
exits 3 'another that is none, and the issuer' upki config.toml good.der none.der issuer.der

# ---- configurations ----

exits 33 'a configuration that is not there' upki nowhere.toml good.der issuer.der
echo 'cache-dir = ' >bad.toml
exits 32 'one that cannot be read' upki bad.toml good.der issuer.der
exits 17 'a name that is not UTF-8' upki "$(printf '\377')" good.der issuer.der
exits 67 'without a configuration and without data' upki '' good.der issuer.der
mkdir -p "$HOME/.config/upki" && cp config.toml "$HOME/.config/upki/"
exits 2 "the user's configuration is found" upki '' revoked.der issuer.der
rm "$HOME/.config/upki/config.toml"
mkdir -p "$WRIT_ROOT/etc/upki" && cp config.toml "$WRIT_ROOT/etc/upki/"
exits 2 "so is the system's" upki '' revoked.der issuer.der
rm "$WRIT_ROOT/etc/upki/config.toml"

mkdir -p "$HOME/.cache" && cp -r cache "$HOME/.cache/upki"
exits 2 "without one upki's own cache is asked" upki '' revoked.der issuer.der
rm -r "$HOME/.cache/upki"

# ---- what writ has pulled ----

mv aside "$filters"
exits 2 'and what writ has pulled' upki '' revoked.der issuer.der
exits 3 'which knows what is good too' upki '' good.der issuer.der
mkdir -p "$HOME/.cache" && lay "$now" 11 && cp -r cache "$HOME/.cache/upki"
exits 2 'both are asked: this one is revoked in the cache' upki '' good.der issuer.der
exits 2 'and this one in what was pulled' upki '' revoked.der issuer.der
echo damaged >"$HOME/.cache/upki/revocation/index.bin"
exits 3 'what is damaged is no matter where another knows the answer' upki '' good.der issuer.der
exits 66 'and is a fault where none does' upki '' uncovered.der issuer.der
rm -r "$HOME/.cache/upki"
exits 1 'without damage it is not covered' upki '' uncovered.der issuer.der
python3 "$world" onecrl "$filters/onecrl" "$tls/issuer.pem" && make_filters
exits 2 'a CA above it that OneCRL lists makes it revoked' upki '' good.der issuer.der root.der
exits 2 'also without the root' upki '' good.der issuer.der
rm "$filters/onecrl" && make_filters
exits 3 'no longer when it is off the list' upki '' good.der issuer.der root.der

# ---- within OpenSSL ----

lay "$now" 66
serve good revoked uncovered
# visits CODE WORDS CLAIM CONFIG SERVER [ROOT]
visits() {
    eval "port=\$port_$5"
    run upki "$4" localhost "$port" "${6:-$tls/root.pem}"
    [ "$code" -eq "$1" ] || sed 's/^/# /' out err
    holds "$3" [ "$code" -eq "$1" ]
    prints "$3: in these words" "$2"
}
for config in config.toml '' -; do
    how="with \"$config\""
    visits 23 'refused: certificate revoked' "$how a revoked server is refused" "$config" revoked
    visits 0 'connected: ok' "$how a good one is not" "$config" good
    visits 0 'connected: ok' "$how what is not covered passes" "$config" uncovered
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
    -subj /CN=stranger -days 9 -out stranger.pem 2>/dev/null
visits 20 'refused: unable to get local issuer certificate' \
    'what has failed already stays failed' config.toml good stranger.pem
rm -r cache/revocation
visits 50 'refused: application verification failure' \
    'when it cannot be asked the handshake fails' config.toml good
mv "$filters" aside
visits 50 'refused: application verification failure' \
    'also when the callback finds no data by itself' - good
mv aside "$filters"

# ---- misuse, and many threads ----

cat >misuse.py <<'END'
import ctypes, sys, threading
library = ctypes.CDLL(sys.argv[1])
class Der(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("len", ctypes.c_size_t)]
library.upki_openssl_verify_callback.argtypes = (ctypes.c_int, ctypes.c_void_p)
library.upki_config_free.argtypes = (ctypes.c_void_p,)
check = library.upki_check_revocation
check.argtypes = (ctypes.c_void_p, ctypes.POINTER(Der), ctypes.c_size_t)
config = ctypes.c_void_p()
print(library.upki_config_new(None, None), library.upki_config_new(None, ctypes.byref(config)))
chain = (Der * 2)(*[Der(d, len(d)) for d in (open(n, "rb").read() for n in sys.argv[2:4])])
print(check(None, chain, 2), check(config, None, 2), check(config, (Der * 2)(chain[0]), 2),
      check(config, chain, 0), check(config, (Der * 1025)(*[chain[0]] * 1025), 1025))
print(library.upki_openssl_verify_callback(0, None), library.upki_openssl_verify_callback(1, None))
wrong = []
def ask():
    for _ in range(100):
        if check(config, chain, 2) != 2:
            wrong.append(1)
threads = [threading.Thread(target=ask) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(len(wrong))
library.upki_config_free(config)
library.upki_config_free(None)
END
if [ -z "$sanitized" ]; then
    exits 0 'NULL crashes nothing, and many threads may ask with one configuration' \
        python3 misuse.py "$library" revoked.der issuer.der
    prints 'with the numbers for it, and the same answer 800 times' '16 0
16 16 16 81 18
0 0
0'
fi

finish
