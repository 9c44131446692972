#!/bin/sh
# Goal of this test: `writ tls enable` puts into a system what programs need and `disable` takes it
# away byte for byte; `tls status` and `doctor` see whether it works, with the modules really
# loaded, and what else is wrong.
#
# The system is a folder, --root; the programs that read its files are this machine's.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_under_sanitizers
skip_unless openssl python3 jq

make_world
conf=$WRIT_ROOT/etc/ssl/openssl.cnf
units=$WRIT_ROOT/etc/systemd/system
mkdir -p "$WRIT_ROOT/etc/ssl" "$units" "$WRIT_ROOT/lib/systemd/system"

# refused: a program that reads this openssl.cnf refuses what is revoked, and nothing else.
refuses_revoked() {
    for name in revoked:2 good:0 "uncovered:${2:-0}"; do
        OPENSSL_CONF=$1 openssl verify -CAfile "$tls/root.pem" -untrusted "$tls/issuer.pem" \
            "$tls/${name%:*}.pem" >verified 2>&1
        [ $? -eq "${name#*:}" ] || { cat verified && return 1; }
    done
}

# ---- the system's openssl.cnf ----

# turns CLAIM: with the file conf, enabling works, and disabling brings it back.
turns() {
    cp -a "$conf" before.cnf
    exits 0 "$1: --dry-run says what it would do" writ tls enable --system --dry-run
    holds "$1: and does nothing" cmp -s "$conf" before.cnf
    exits 0 "$1: it can be enabled" writ tls enable --system
    holds "$1: a program that reads it refuses what is revoked" refuses_revoked "$conf"
    cp "$conf" enabled.cnf
    exits 0 "$1: enabling it again" writ tls enable --system
    holds "$1: changes nothing" cmp -s "$conf" enabled.cnf
    exits 0 "$1: another policy" writ tls enable --system --policy refuse
    holds "$1: takes the place of the first" refuses_revoked "$conf" 2
    exits 0 "$1: it can be disabled" writ tls disable --system
    holds "$1: and is what it was, byte for byte" cmp -s "$conf" before.cnf
}

cp /etc/ssl/openssl.cnf "$conf"
turns "Debian's own file"
printf 'openssl_conf = x\n[x]\nproviders = p\n[p]\ndefault = d\n[d]\nactivate = 1' >"$conf"
turns 'a file whose last line has no end'
: >"$conf"
turns 'an empty file'
printf '[req]\ndistinguished_name = n\n[n]\n' >"$conf"
turns 'a file that configures no modules'
printf '\n\n# the end\n\n' >"$conf"
turns 'a file of comments'

cp /etc/ssl/openssl.cnf "$conf"
chmod 640 "$conf"
run writ tls enable --system
holds 'mode and owner stay' [ "$(stat -c '%a %U' "$conf")" = "640 $(id -un)" ]
echo '# added by hand' >>"$conf"
{ cat /etc/ssl/openssl.cnf && echo '# added by hand'; } >wanted
run writ tls disable --system
holds 'what was added behind it later stays too' cmp -s "$conf" wanted
exits 0 'where nothing is enabled, nothing is disabled' writ tls disable --system
prints 'and that is said' "$conf: kept"
holds 'the file is as it was' cmp -s "$conf" wanted

mv "$conf" "$conf.real"
ln -s openssl.cnf.real "$conf"
run writ tls enable --system
holds 'a symbolic link stays one' [ -L "$conf" ]
holds 'and the file it leads to is changed' grep -q writ_tls "$conf.real"
run writ tls disable
holds 'disable without an option finds it' cmp -s "$conf.real" wanted
rm "$conf"
mv "$conf.real" "$conf"

# unchanged CODE WORDS CLAIM COMMAND...: it fails so, and the file is as it was.
unchanged() {
    cp "$conf" before.cnf
    wanted=$2
    exits "$1" "$3" sh -c 'shift 3; "$@"' sh "$@"
    holds "$3: it says so" grep -q -e "$wanted" err
    holds "$3: and nothing is changed" cmp -s "$conf" before.cnf
}
printf '[half\n' >"$conf"
unchanged 78 'OpenSSL cannot read line' 'a file that OpenSSL cannot read' writ tls enable --system
printf 'openssl_conf = x\n[x]\nnowhere = y\n[y]\npath = /nonexistent.so\n' >"$conf"
unchanged 78 'nonexistent.so' 'a file whose other modules are missing' writ tls enable --system

# The child that tries the new text waits for a module that is a pipe nobody writes to.
printf 'openssl_conf = x\n[x]\nwaiting = y\n[y]\npath = %s/pipe\n' "$dir" >"$conf"
cp "$conf" before.cnf
mkfifo pipe
writ tls enable --system >out 2>&1 &
enabling=$!
exec 9>pipe # goes on when the child is there
holds 'while it is tried the file is as it was, so that a kill changes nothing' \
    cmp -s "$conf" before.cnf
exec 9>&-
wait "$enabling"
holds 'nor when it turned out not to work' cmp -s "$conf" before.cnf
cp /etc/ssl/openssl.cnf "$conf"
printf '%s\n' '[openssl_init]' 'waiting = waiting_section' '[waiting_section]' \
    "path = $dir/pipe" >>"$conf"
writ tls enable --system >out 2>&1 &
enabling=$!
exec 9>pipe
echo '# edited meanwhile' >>"$conf"
exec 9>&-
wait "$enabling"
holds 'what somebody writes meanwhile is not lost' [ "$(tail -n 1 "$conf")" = '# edited meanwhile' ]
cp /etc/ssl/openssl.cnf "$conf"
writ tls enable --system >out
sed -i '/enable --system: end/d' "$conf"
unchanged 78 'no end' 'a block whose end somebody has cut off' writ tls enable --system
unchanged 78 'no end' 'nor is it guessed when disabling' writ tls disable
exits 78 'tls status sees it' writ tls status
exits 78 'and so does doctor' writ doctor
holds 'in words' grep -q "writ's block in it has no end" out
rm "$conf"
exits 66 'without the file there is nothing to enable' writ tls enable --system
cp /etc/ssl/openssl.cnf "$conf"
exits 64 'who does not say for whom is asked' writ tls enable
exits 64 'and one at a time' writ tls enable --system --service x
exits 64 'a policy there is not is refused' writ tls enable --system --policy maybe

# ---- services ----

touch "$WRIT_ROOT/lib/systemd/system/web.service" "$WRIT_ROOT/lib/systemd/system/at@.service"
(cd "$WRIT_ROOT" && find etc lib | sort) >before
exits 0 'a service: --dry-run' writ tls enable --service web --dry-run
(cd "$WRIT_ROOT" && find etc lib | sort) | cmp -s - before
holds 'does nothing' [ $? -eq 0 ]
exits 0 'it can be enabled' writ tls enable --service web --policy refuse
drop_in=$units/web.service.d/writ-tls.conf
holds 'by a drop-in file' [ -f "$drop_in" ]
holds 'that says how to make it so' \
    grep -q 'systemctl daemon-reload && systemctl restart web.service' err
value() {
    sed -n "s/^Environment=\"$1=\\(.*\\)\"\$/\\1/p" "$drop_in"
}
OPENSSL_CONF=$WRIT_ROOT$(value OPENSSL_CONF)
sed "s|^.include /etc|.include $WRIT_ROOT/etc|" "$OPENSSL_CONF" >inside.cnf
holds 'its openssl.cnf reads the system'"'"'s' \
    grep -q '^.include /etc/ssl/openssl.cnf$' "$OPENSSL_CONF"
WRIT_TLS_POLICY=$(value WRIT_TLS_POLICY)
export WRIT_TLS_POLICY
holds 'with it a program refuses what is revoked' refuses_revoked "$dir/inside.cnf" 2
unset OPENSSL_CONF WRIT_TLS_POLICY
holds 'it preloads the hook for GnuTLS' \
    [ "$(value LD_PRELOAD)" = "$build/prog/writ/writ-gnutls.so" ]
exits 0 'an instance is found by its template' writ tls enable --service at@one
exits 0 'tls status lists both' writ tls status --json
holds 'with their policies' [ "$(jq -r '.services[] | .unit + " " + .policy' out | tr '\n' ' ')" = \
    'at@one.service pass web.service refuse ' ]
holds 'as working' [ "$(jq -c '[.services[].works]' out)" = '[true,true]' ]
rm "$WRIT_ROOT"/var/lib/writ/tls/openssl-*.cnf
exits 78 'it sees what has become of one' writ tls status --json
holds 'and says why' sh -c 'jq -r ".services[1].reason" out | grep -q "is not there"'
exits 78 'doctor says what to do' writ doctor
holds 'namely' grep -q 'to do: writ tls enable --service web.service' out
exits 0 'what it says helps' writ tls enable --service web
exits 0 'one is disabled' writ tls disable --service web
exits 0 'and all that are left' writ tls disable
(cd "$WRIT_ROOT" && find etc lib | sort) | cmp -s - before
holds 'no file and no folder is left of it' [ $? -eq 0 ]

exits 66 'a unit there is not' writ tls enable --service nothing
exits 64 'a name that is none' writ tls enable --service ../web
exits 66 'disabling what is not enabled' writ tls disable --service web
mkdir -p "$units/web.service.d"
echo 'Environment=LD_PRELOAD=/usr/lib/other.so' >"$units/web.service.d/other.conf"
exits 78 'a service that preloads something itself is left alone' writ tls enable --service web
holds 'and it says where' grep -q "web.service.d/other.conf sets LD_PRELOAD" err
rm "$units/web.service.d/other.conf"
echo '[Service]' >"$units/web.service.d/writ-tls.conf"
exits 78 'a file of that name which is not ours is not taken away' writ tls disable --service web
holds 'it is still there' [ -f "$units/web.service.d/writ-tls.conf" ]
rm -r "$units/web.service.d"

# ---- tls run ----

exits 3 'the exit code is the program'"'"'s' writ tls run -- sh -c 'exit 3'
exits 127 'a program there is not' writ tls run -- ./nothing
touch not-executable
exits 126 'one that cannot be run' writ tls run -- ./not-executable
exits 0 'arguments and options reach the program' \
    writ tls run --policy refuse sh -c 'echo "$1 $2"' sh --policy -v
prints 'as they are' '--policy -v'
exits 0 '--dry-run only says what it would do' writ tls run --dry-run sh -c 'echo no'
holds 'in words' grep -q '^would run sh with OPENSSL_CONF=' out
printf 'openssl_conf = mine\n[mine]\nproviders = p\n[p]\ndefault = d\n[d]\nactivate = 1\n' >own.cnf
OPENSSL_CONF=$dir/own.cnf LD_PRELOAD=$build/prog/writ/writ-gnutls.so \
    writ tls run -- sh -c 'echo "$LD_PRELOAD"; cat "$OPENSSL_CONF"' >out 2>err
holds 'an openssl.cnf that was set before is read first' grep -q "^.include $dir/own.cnf\$" out
holds 'and what was preloaded before stays' grep -q "writ-gnutls.so:.*writ-gnutls.so\$" out
OPENSSL_CONF=/dev/null run writ tls run -- openssl verify -CAfile "$tls/root.pem" -untrusted \
    "$tls/issuer.pem" "$tls/revoked.pem"
holds 'OPENSSL_CONF=/dev/null is no way past it' [ "$code" -eq 2 ]
odd="$dir/a folder; with \$signs # and \"quotes\""
mkdir -p "$odd/var"
cp own.cnf "$odd/own.cnf"
cp -r "$WRIT_ROOT/var/lib" "$odd/var/"
OPENSSL_CONF=$odd/own.cnf run writ --root "$odd" tls run -- openssl verify -CAfile "$tls/root.pem" \
    -untrusted "$tls/issuer.pem" "$tls/revoked.pem"
holds 'whatever the names of folders' [ "$code" -eq 2 ]
holds 'says so' grep -q 'certificate revoked' err
rm -r "$filters"
exits 0 'without data it runs' writ tls run true
says 'and says that it cannot help' \
    'writ: no filter or CRL on this device knows what is revoked; see writ doctor'
make_filters $((now - 11 * 86400))
exits 0 'with old data too' writ tls run true
says 'and says so' 'writ: what this device knows of revocations is old; see writ doctor'
make_filters
exits 0 'otherwise it says nothing' writ tls run true
holds 'at all' [ ! -s err ]

# ---- doctor ----

# copy_of_writ FOLDER: writ and its hooks in a folder of their own, which others can reach.
copy_of_writ() {
    mkdir -p "$1"
    for part in writ writ-ca writ-fetch writ.so writ-gnutls.so; do
        cp "$build/prog/writ/$part" "$1"
    done
    sed "s|^path = .*|path = $dir/$1/writ.so|" "$build/prog/writ/writ-openssl.cnf" \
        >"$1/writ-openssl.cnf"
}
chmod 755 "$dir"
copy_of_writ installed
PATH=$dir/installed:$PATH

# finds LEVEL WORDS CLAIM COMMAND...: it exits with 78 or 0, and a finding of that level has the
# words.
finds() {
    level=$1
    words=$2
    claim=$3
    shift 3
    [ "$level" = wrong ] && want=78 || want=0
    exits "$want" "$claim" "$@"
    holds "it says so: $words" true_of_findings \
        '[.[] | select(.level == $level and (.text | contains($words)))] | length > 0'
    holds 'and what to do' true_of_findings \
        '.[] | select(.text | contains($words)) | .remedy | length > 0'
}
true_of_findings() {
    jq -e --arg level "$level" --arg words "$words" ".findings | $1" out >/dev/null
}
finds note 'no program asks them by itself' 'that nothing is enabled is worth a note' \
    writ doctor --json
writ tls enable --system >out
exits 0 'a machine on which all is well' writ doctor
holds 'has nothing wrong' grep -q '^nothing is wrong' out
finds wrong 'OPENSSL_CONF=/etc/ssl/openssl.cnf keeps programs from asking' \
    'a variable that leads past writ' \
    env OPENSSL_CONF=/etc/ssl/openssl.cnf writ doctor --json
finds wrong 'is no policy' 'a policy that is mistyped' env WRIT_TLS_POLICY=refuze writ doctor --json
finds wrong 'the clock stands before the data' 'a clock that is wrong' \
    writ doctor --json --at 2001-01-01T00:00:00Z
make_filters $((now - 11 * 86400))
finds wrong 'too old to say that anything is good' 'old data' writ doctor --json
exits 5 'which tls status sees too' writ tls status
make_filters
truncate -s 30 "$filters/revocation/filter"
finds wrong 'test: ' 'damaged data' writ doctor --json
exits 5 'which tls status sees too' writ tls status
rm -r "$filters"
finds wrong 'there is no filter that knows anything' 'no data' writ doctor --json
exits 5 'which tls status sees too' writ tls status
make_filters
mkdir -p "$WRIT_ROOT/var/lib/writ/sources" mirror
printf 'kind = upki\nlocation = %s\ncache = %s\n' "$dir/mirror" "$dir/cache" \
    >"$WRIT_ROOT/var/lib/writ/sources/new.conf"
finds wrong 'new was never pulled' 'a source that was added and never pulled' writ doctor --json
echo nonsense >"$WRIT_ROOT/var/lib/writ/sources/new.conf"
finds wrong 'new.conf' 'a source that cannot be read' writ doctor --json
rm -r "$WRIT_ROOT/var/lib/writ/sources"
if [ "$(id -u)" = 0 ]; then
    chmod 700 "$WRIT_ROOT/var/lib/writ/filters"
    finds wrong "other users' programs cannot read" 'data that only root can read' \
        writ doctor --json
    chmod 755 "$WRIT_ROOT/var/lib/writ/filters"
fi
WRIT_PASSPHRASE=x
export WRIT_PASSPHRASE
run writ ca init 'Example'
fingerprint=$(sed -n 's/^ *root *//p' out)
run writ publish feed
exits 0 'a CA can be trusted without a feed' \
    writ trust add feed/bundle.pem --fingerprint "$fingerprint"
finds wrong 'is trusted, and nothing was ever pulled' 'a CA without a feed' writ doctor --json
exits 0 'whose feed is added' writ source add feed ./feed
exits 0 'is well' writ doctor
finds wrong 'is fresh until' 'a feed that is too old' \
    writ doctor --json --at "$(date -u -d '+9 days' +%Y-%m-%dT%H:%M:%SZ)"

# A writ that was installed in part.
mkdir lonely
cp "$build/prog/writ/writ" lonely/
finds wrong 'writ.so is missing' 'a module that is missing' lonely/writ doctor --json
exits 78 'which tls status sees too' lonely/writ tls status
exits 125 'and without which nothing is run' lonely/writ tls run true
exits 78 'or enabled' lonely/writ tls enable --system
cp "$build"/prog/writ/writ-gnutls.so lonely/
head -c 3000 "$build/prog/writ/writ.so" >lonely/writ.so
sed "s|^path = .*|path = $dir/lonely/writ.so|" "$build/prog/writ/writ-openssl.cnf" \
    >lonely/writ-openssl.cnf
finds wrong 'the module for OpenSSL does not work' 'a module that cannot be loaded' \
    lonely/writ doctor --json
exits 78 'and that is not enabled' lonely/writ tls enable --system
copy_of_writ closed/inside
chmod 700 closed
finds wrong "other users' programs cannot load the hooks" 'hooks in a folder that is closed' \
    closed/inside/writ doctor --json
printf 'void OPENSSL_init(void); void OPENSSL_init(void) { __builtin_trap(); }' >crash.c
if ${CC:-cc} -shared -fPIC -o lonely/writ.so crash.c 2>/dev/null; then
    finds wrong 'a program that loads it ends with' 'a module that kills' lonely/writ doctor --json
fi

finish
