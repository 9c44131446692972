#!/bin/sh
# Goal of this test: writ's hooks are good guests.  In the program they are loaded into they show
# nothing but what OpenSSL and GnuTLS look for, many threads ask at once, forked children go on,
# CONF_modules_unload takes nothing away under a program's feet, newer data is taken over while it
# runs, and data that is missing, damaged, cut short or out of sight never breaks it.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_under_sanitizers
skip_unless openssl python3

module=$build/prog/writ/writ.so
preload=$build/prog/writ/writ-gnutls.so
make_world
cd "$tls" || exit 1

# A process looks for newer data at most once a second; here at every verification.
writ tls run --dry-run --json true >out
base=$(sed -n 's/^ *"openssl_conf": *"\(.*\)",*$/\1/p' out)
writ tls run true
holds 'there is an openssl.cnf of our own' [ -f "$base" ]
printf '.include %s\n[writ_tls]\nlook = 0\n' "$base" >eager.cnf

# probe LINE...: tls_probe does these lines; OPENSSL_CONF is eager.cnf.
probe() {
    printf '%s\n' "$@" >script
    code=0
    OPENSSL_CONF=$tls/eager.cnf "$build/tests/helpers/tls_probe" root.pem issuer.pem <script \
        >out 2>err || code=$?
}
lines() {
    printf '%s\n' "$@"
}

# ---- what can be seen of them ----

exports() {
    nm -D --defined-only "$1" | awk '{ print $3 }' | sort | tr '\n' ' '
}
holds 'the module exports what OpenSSL looks for, and nothing else' \
    [ "$(exports "$module")" = 'OPENSSL_finish OPENSSL_init ' ]
verify=gnutls_certificate_verify_peers
holds 'the preload what it stands before, and nothing else' \
    [ "$(exports "$preload")" = "$verify ${verify}2 ${verify}3 " ]
needed() {
    readelf -dW "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '
}
holds 'the module needs libcrypto and the C library' \
    [ "$(needed "$module")" = 'libc.so.6 libcrypto.so.3 ' ]
holds 'the preload needs the C library alone' sh -c '
    case $1 in "libc.so.6 " | "ld-linux-"*" libc.so.6 ") ;; *) false ;; esac' \
    sh "$(needed "$preload")"
for file in "$module" "$preload"; do
    name=$(basename "$file")
    holds "$name stays once it is loaded" \
        sh -c 'readelf -dW "$1" | grep -q "FLAGS_1.*NODELETE"' sh "$file"
    holds "$name calls nothing that prints, exits, writes or handles signals" sh -c '
        ! nm -D --undefined-only "$1" | sed "s/@.*//" | awk "{ print \$NF }" | grep -xE -e \
        "v?f?printf|__v?f?printf_chk|puts|fwrite|stdout|stderr|write|pwrite.*|(_)?exit|abort" -e \
        "atexit|__cxa_atexit|sigaction|signal|rename.*|unlink.*|mkdir.*|socket|connect"' sh "$file"
done
nm -D --undefined-only "$module" | sed -n 's/.*@OPENSSL_//p' | grep -v '^3\.0\.0$' >newer
holds 'of OpenSSL it needs what 3.0.0 has' [ ! -s newer ]

# ---- a program's life ----

probe 'verify revoked.pem' 'verify good.pem' 'verify uncovered.pem'
prints 'a revoked certificate is told at its depth, and nothing is left behind' "$(lines \
    'revoked.pem: 23 at 0' 'good.pem: 0 at -1' 'uncovered.pem: 0 at -1')"

probe unload 'verify revoked.pem' store 'verify revoked.pem' 'verify good.pem' load \
    'verify revoked.pem' store 'verify revoked.pem' unload 'verify revoked.pem'
holds 'CONF_modules_unload and another verification do not crash' [ "$code" -eq 0 ]
prints 'and what is revoked stays refused' "$(lines 'revoked.pem: 23 at 0' 'revoked.pem: 23 at 0' \
    'good.pem: 0 at -1' 'load: 1' 'revoked.pem: 23 at 0' 'revoked.pem: 23 at 0' \
    'revoked.pem: 23 at 0')"

probe 'verifications 8 400 good.pem revoked.pem'
prints 'eight threads verify, each answer is right' '0 x 1600, 23 x 1600'
probe 'handshakes 6 20 revoked.chain revoked.key' 'handshakes 6 20 good.chain good.key'
prints 'six threads shake hands' "$(lines '23 x 120' '0 x 120')"
probe 'verify revoked.pem' fork 'verify revoked.pem' fork 'verify good.pem' 'verify revoked.pem' \
    'verifications 4 50 good.pem revoked.pem'
prints 'a child, and a child of it, go on' "$(lines 'revoked.pem: 23 at 0' 'revoked.pem: 23 at 0' \
    'good.pem: 0 at -1' 'revoked.pem: 23 at 0' '0 x 100, 23 x 100')"

# ---- data that changes ----

pull="python3 $world filters $filters $now issuer.pem"
probe 'verify good.pem' "run $pull 11 66" 'verify good.pem' "run $pull 66" 'verify good.pem'
prints 'newer data is taken over while the program runs' "$(lines 'good.pem: 0 at -1' 'run: 0' \
    'good.pem: 23 at 0' 'run: 0' 'good.pem: 0 at -1')"
(while [ -d "$tls" ] && [ ! -e stop ]; do $pull 66; $pull 66 77; done) &
changing=$!
probe 'verifications 6 1500 good.pem revoked.pem'
: >stop
wait "$changing"
prints 'it may change all the time under six threads' '0 x 4500, 23 x 4500'

probe 'verify revoked.pem' "run rm -r $filters" 'verify revoked.pem' store 'verify revoked.pem'
prints 'data that goes away is kept by those who have it' "$(lines 'revoked.pem: 23 at 0' 'run: 0' \
    'revoked.pem: 23 at 0' 'revoked.pem: 23 at 0')"
probe 'verify revoked.pem' 'verify good.pem' "run $pull 66" 'verify revoked.pem'
prints 'without data everything passes, until there is some' "$(lines 'revoked.pem: 0 at -1' \
    'good.pem: 0 at -1' 'run: 0' 'revoked.pem: 23 at 0')"
if [ "$(id -u)" = 0 ]; then
    mkdir -p jail
    cp revoked.pem jail/
    probe 'verify revoked.pem' "chroot $tls/jail" 'verify revoked.pem' store 'verify revoked.pem'
    prints 'so it is after chroot' "$(lines 'revoked.pem: 23 at 0' 'chroot: 0' \
        'revoked.pem: 23 at 0' 'revoked.pem: 23 at 0')"
    probe "chroot $tls/jail" 'verify revoked.pem'
    holds 'even before the first verification' grep -q '^revoked.pem: 23 at 0' out
fi

filter=$filters/revocation/filter
probe 'verify revoked.pem' "run truncate -s 20 $filter" 'verify revoked.pem' \
    "run truncate -s 0 $filter" 'verify revoked.pem' "run $pull 66" 'verify revoked.pem'
holds 'a file that somebody cuts short does not kill the program' [ "$code" -eq 0 ]
holds 'and the next pull makes it good' [ "$(tail -n 1 out)" = 'revoked.pem: 23 at 0' ]

# A large one, whose end lies on pages that are gone.
python3 - "$filter" <<'END'
import os, sys
path = sys.argv[1]
content = open(path, "rb").read()
# The empty column becomes one of 100,000 words of zeros: the same answers.
grown = content[:-4] + (100000).to_bytes(4, "big") + bytes(800000)
open(path + ".new", "wb").write(grown)
os.rename(path + ".new", path)
END
sed -i "s/^file .*/file $(sha256sum "$filter" | cut -d ' ' -f 1) 1 1 1 1 filter/" "$filters/pulled"
probe 'verify revoked.pem' "run truncate -s 4096 $filter" 'verify revoked.pem' 'verify good.pem'
holds 'nor when what is gone would have been read' [ "$code" -eq 0 ]
prints 'it goes on without' "$(lines 'revoked.pem: 23 at 0' 'run: 0' 'revoked.pem: 0 at -1' \
    'good.pem: 0 at -1')"

# ---- data that is damaged from the beginning ----

# damaged CLAIM COMMAND: after it, everything passes.
damaged() {
    make_filters
    sh -c "$2" sh "$filters" >/dev/null 2>&1
    probe 'verify revoked.pem' 'verify good.pem'
    prints "$1: the program goes on" "$(lines 'revoked.pem: 0 at -1' 'good.pem: 0 at -1')"
    rm -rf "$filters"
}
damaged 'no filters at all' 'rm -r "$1"'
damaged 'an empty filter' ': >"$1/revocation/filter"'
damaged 'garbage for a filter' 'head -c 5000 /dev/urandom >"$1/revocation/filter"'
damaged 'no filter, but its index' 'rm "$1/revocation/filter"'
damaged 'an index cut short' 'truncate -s 60 "$1/revocation/index.bin"'
damaged 'garbage for a record' 'head -c 300 /dev/urandom >"$1/pulled"'
damaged 'a directory where a file should be' 'rm "$1/pulled"; mkdir "$1/pulled"'
damaged 'a FIFO where a file should be' 'rm "$1/revocation/filter"; mkfifo "$1/revocation/filter"'
damaged 'a filter that leads to itself' 'ln -sf filter "$1/revocation/filter"'

make_filters
for value in nonsense '' 99999 -1; do
    printf '.include %s\n[writ_tls]\nlook = %s\npolicy = %s\nunknown = 1\n' "$base" "$value" \
        "$value" >eager.cnf
    probe 'verify revoked.pem' 'verify good.pem'
    prints "settings that make no sense (\"$value\") do not matter" \
        "$(lines 'revoked.pem: 23 at 0' 'good.pem: 0 at -1')"
done
printf '.include %s\n[writ_tls]\npolicy = refuse\n' "$base" >eager.cnf
probe 'verify good.pem' 'verify uncovered.pem' 'verify revoked.pem' 'verify root.pem'
prints 'the policy of the section counts' "$(lines 'good.pem: 0 at -1' 'uncovered.pem: 3 at 0' \
    'revoked.pem: 23 at 0' 'root.pem: 0 at -1')"
WRIT_TLS_POLICY=pass
export WRIT_TLS_POLICY
probe 'verify uncovered.pem'
prints 'and that of the environment before it' 'uncovered.pem: 0 at -1'
unset WRIT_TLS_POLICY

# ---- the module itself ----

OPENSSL_CONF=$base
export OPENSSL_CONF
exits 0 'openssl starts with the module' openssl version
conf=$build/prog/writ/writ-openssl.cnf
sed "s|$conf|$tls/nowhere.cnf|" "$base" >without.cnf
OPENSSL_CONF=$tls/without.cnf
exits 0 'and without it, where writ has been removed' openssl version
exits 0 'as if it had never been there' \
    openssl verify -CAfile root.pem -untrusted issuer.pem revoked.pem
unset OPENSSL_CONF

cd "$dir" || exit 1
finish
