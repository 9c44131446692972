#!/bin/sh
# Goal of this test: what is installed is whole, and other programs can be built from it alone: the
# examples judge, pull and look up as writ itself does, and those of libwrit(3) compile.
set -u
up=..
. "$(dirname "$0")/prog/lib.sh"

stage=$dir/stage
library=$build/src/libwrit.so
if nm -D "$library" | grep -q __asan_; then
    echo "1..0 # SKIP a library under sanitizers is not the one that is installed"
    exit 0
fi

exits 0 'it can be installed into a folder' \
    env DESTDIR="$stage" meson install -C "$build" --no-rebuild --quiet

# ---- what is there ----

prefix=$(meson introspect "$build" --buildoptions | jq -r '.[] | select(.name == "prefix").value')
there=$stage$prefix
libdir=$(dirname "$(find "$there" -name libwrit.so)")
[ -n "$libdir" ] || echo "Bail out! libwrit.so is not installed"

# missing FILE...: those that are not installed.
missing() {
    for file in "$@"; do
        [ -s "$there/$file" ] || echo "$file"
    done
}

# none CLAIM: the file out is empty; else its lines say why not.
none() {
    holds "$1" [ ! -s out ]
    [ ! -s out ] || sed 's/^/#   /' out
}

missing bin/writ libexec/writ/writ-ca libexec/writ/writ-fetch libexec/writ/writ-serve libexec/writ/writ-signer libexec/writ/writ.so \
    libexec/writ/writ-gnutls.so libexec/writ/writ-openssl.cnf \
    share/bash-completion/completions/writ >out
none 'the programs and the completion are there'
holds 'and what is included into an openssl.cnf names the module where it will be' \
    grep -qx "path = $prefix/libexec/writ/writ.so" "$there/libexec/writ/writ-openssl.cnf"
(cd "$source_root/include" && find . -name '*.h') | sed 's|^\./|include/|' >headers
# shellcheck disable=SC2046 # names without blanks
missing $(cat headers) >out
none 'every public header is there'
find "$there/include" -name '*.h' | wc -l >out
holds 'and no other one' [ "$(cat out)" -eq "$(wc -l <headers)" ]
(cd "$source_root/man" && ls *.[1-9]) |
    sed 's|.*\.\(.\)$|share/man/man\1/&|' >pages
# shellcheck disable=SC2046
missing $(cat pages) >out
none 'every manual page is there'
holds 'the library has its three names' sh -c '
    [ "$(readlink "$1/libwrit.so")" = libwrit.so.0 ] &&
    case $(readlink "$1/libwrit.so.0") in libwrit.so.0.*) ;; *) false ;; esac' sh "$libdir"
exits 0 'the completion is what writ prints' \
    sh -c 'writ completion bash | cmp - "$1"' sh "$there/share/bash-completion/completions/writ"

# ---- systemd's units ----

units=$there/lib/systemd/system
missing lib/systemd/system/writ-pull.service lib/systemd/system/writ-pull.timer \
    lib/systemd/system/writ-serve.service lib/systemd/system/writ-serve.socket >out
none 'the units of a pull by itself, and of a responder, are there'
grep -h '^ExecStart=' "$units/writ-pull.service" >out
prints 'and start the program that is installed' "ExecStart=$prefix/bin/writ -q pull"
if command -v systemd-analyze >/dev/null 2>&1 && systemd-analyze --version >/dev/null 2>&1; then
    # Only what is wrong with the units themselves counts: the program is not installed here.
    mkdir units
    sed "s|$prefix/bin/writ|$there/bin/writ|" "$units/writ-pull.service" >units/writ-pull.service
    cp "$units/writ-pull.timer" units/
    sed "s|$prefix/bin/writ|$there/bin/writ|" "$units/writ-serve.service" >units/writ-serve.service
    cp "$units/writ-serve.socket" units/
    for unit in units/*; do
        systemd-analyze verify --man=no "$dir/$unit" 2>&1
    done | grep -e 'writ-pull' -e 'writ-serve' >out
    none 'systemd finds nothing wrong with them'
    run systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$units/writ-pull.timer")"
    holds 'nor with when' [ "$code" -eq 0 ]
else
    claims=$((claims + 1))
    echo "ok $claims - systemd finds nothing wrong with them # SKIP systemd-analyze is not installed"
fi

# ---- pkg-config ----

# The installed tree lies elsewhere than it was configured for.
pc() {
    PKG_CONFIG_PATH=$libdir/pkgconfig pkg-config --define-variable=prefix="$there" "$@" \
        "${package:-writ}"
}
run pc --modversion
prints 'pkg-config knows the version that writ has' "$(writ version --json | jq -r .writ)"
run pc --libs
holds 'who links needs no libcrypto' sh -c '! grep -q crypto out && grep -q -e -lwrit out'
run pc --libs --static
holds 'who links the archive does' grep -q -e -lcrypto out

flags="-std=c11 -D_DEFAULT_SOURCE -Wall -Wextra -Wshadow -Wconversion -Werror -O2"
# shellcheck disable=SC2046,SC2086 # words
for name in verify pull lookup filter; do
    exits 0 "the example $name can be built" \
        ${CC:-cc} $flags -o "$name" "$source_root/examples/$name.c" $(pc --cflags --libs)
done
# shellcheck disable=SC2046,SC2086
exits 0 'and linked with the archive' \
    ${CC:-cc} $flags -o verify-static "$source_root/examples/verify.c" $(pc --cflags) \
    "$libdir/libwrit.a" $(PKG_CONFIG_PATH=$libdir/pkgconfig pkg-config --libs --static writ |
        sed 's/-L[^ ]*//g; s/-lwrit//g')
# shellcheck disable=SC2046,SC2086
exits 0 'a program that was written for upki can be built' \
    ${CC:-cc} $flags -o upki "$source_root/examples/upki.c" $(package=writ-upki pc --cflags --libs) \
    -lssl -lcrypto
LD_LIBRARY_PATH=$libdir
export LD_LIBRARY_PATH

# ---- real data ----

writ ca init "Example Corp" --insecure-plain-keys >log 2>&1 &&
    writ ca issue Alice --insecure-plain-key >>log 2>&1 &&
    writ ca issue Bob --insecure-plain-key >>log 2>&1 &&
    cp /bin/true app && writ sign app --key alice >>log 2>&1 &&
    cp /bin/false tool && writ sign tool --key bob >>log 2>&1 &&
    echo 'a note' >note.txt && writ sign note.txt --key alice >>log 2>&1 &&
    cp /bin/true plain &&
    writ publish feed >>log 2>&1 && writ source add feed ./feed >>log 2>&1 ||
    { sed 's/^/# /' log; echo "Bail out! no data"; exit 1; }
pin=$(writ trust show --json | jq -r .fingerprint)
bundle=feed/bundle.pem
mkdir kept

# ---- pull ----

exits 0 'the example takes a feed over' ./pull $bundle "$pin" feed kept
holds 'it says which' grep -q '^feed 1, fresh until ' out
exits 0 'it takes the same one again' ./pull $bundle "$pin" feed kept
exits 65 'it does not take a bundle for another one' \
    ./pull $bundle "$(printf %064d 1)" feed kept
says 'and says so' 'pull: bundle: its root is not the one accepted'

# ---- verify: the same words, the same JSON, the same exit code ----

now=$(date +%s)

# agrees FILE WORDS: the example says of the file what writ says, and that has the words.
agrees() {
    run ./verify $bundle "$pin" kept "$1" "$now"
    ours=$code
    sed 1d out >ours.json
    head -n 1 out >ours.line
    run writ verify "$1" --at "@$now"
    [ "$ours" -eq "$code" ] && cmp -s ours.line out && grep -q "$2" out &&
        writ verify "$1" --at "@$now" --json >theirs.json
    [ "$(jq -S . ours.json)" = "$(jq -S '.results[0] | del(.subject)' theirs.json)" ]
}

holds 'a sealed program is allowed' agrees app '^allowed: Alice, Example Corp'
holds 'so is one of somebody else' agrees tool '^allowed: Bob, Example Corp'
holds 'so is data with a seal beside it' agrees note.txt '^allowed: Alice'
holds 'a program without a seal is unsigned' agrees plain '^unsigned'
cp app changed && flip changed 20000
holds 'a changed one is modified' agrees changed '^refused: modified'
exits 0 'the archive says the same' ./verify-static $bundle "$pin" kept app "$now"

mkdir empty
exits 4 'without a feed nothing is covered' ./verify $bundle "$pin" empty app "$now"
mkdir half && cp kept/feed.note half/
exits 74 'half a feed is damage, and no verdict' ./verify $bundle "$pin" half app "$now"
cp -r kept spoiled && flip spoiled/table 70
exits 74 'so is a feed that somebody has changed' ./verify $bundle "$pin" spoiled app "$now"
exits 5 'an old one is stale' ./verify $bundle "$pin" kept app "$((now + 40 * 86400))"
mkdir app2.writ && cp app app2
exits 3 'a seal that cannot be read condemns the file' ./verify $bundle "$pin" kept app2 "$now"
exits 66 'a file that is not there is no input' ./verify $bundle "$pin" kept nothing
exits 65 'a bundle that is none is bad input' ./verify app "$pin" kept app
exits 64 'a fingerprint that is none is a wrong call' ./verify $bundle xyz kept app

# ---- revoke ----

writ ca revoke alice --reason keyCompromise >log 2>&1 && writ publish >>log 2>&1 &&
    writ pull >>log 2>&1 || sed 's/^/# /' log
cp -r kept old
exits 0 'the new feed is taken over' ./pull $bundle "$pin" feed kept
now=$(date +%s)
holds 'the revoked one is refused' agrees app '^refused: revoked .*keyCompromise'
holds 'the other one is still allowed' agrees tool '^allowed: Bob'

mkdir back back/targets
cp old/feed.note back/ && cp old/table "back/targets/$(sha256sum <old/table | cut -c 1-64).table"
exits 65 'nobody can bring the old feed back' ./pull $bundle "$pin" back kept
says 'and why is said' \
    'pull: feed: version 1 is older than version 2, which this device has accepted'
holds 'nothing has changed' cmp -s kept/feed.note feed/feed.note

# ---- lookup ----

# The certificates of a chain file, as DER: leaf.der, issuer.der.
chain() {
    awk '/BEGIN/ { n++ } { print > ("chain" n) }' "$1"
    openssl x509 -in chain1 -outform DER -out leaf.der
    openssl x509 -in chain2 -outform DER -out issuer.der
}
# The two ways of asking: the hash of the issuer's key, and the serial number.
numbers() {
    openssl x509 -inform DER -in issuer.der -noout -pubkey | openssl pkey -pubin -outform DER |
        sha256sum | cut -c 1-64
    openssl x509 -inform DER -in leaf.der -noout -serial | sed 's/serial=//'
}
chain alice.pem
exits 2 'the revoked certificate is revoked' ./lookup kept/table leaf.der issuer.der
holds 'with its reason' grep -q '^revoked (keyCompromise, since ' out
# shellcheck disable=SC2046
exits 2 'so is its serial number' ./lookup kept/table $(numbers)
exits 0 'it was good before' ./lookup old/table leaf.der issuer.der
chain bob.pem
exits 0 'the other one is good' ./lookup kept/table leaf.der issuer.der
prints 'and that is said' good
# shellcheck disable=SC2046
exits 4 'of its serial number only that it is not listed' ./lookup kept/table $(numbers)
prints 'is said' 'not listed'
exits 4 'of a stranger nothing is known' ./lookup kept/table leaf.der leaf.der
exits 65 'what is no table is bad input' ./lookup feed/feed.note leaf.der issuer.der

# ---- the manual page ----

page=$source_root/man/libwrit.3
mandoc -T lint -W warning "$page" >out 2>&1
none 'libwrit.3 is sound mdoc'
sed -n 's/^\.F[no] \(writ_[a-z_]*\).*/\1/p' "$page" | sort -u | comm -3 - "$source_root/src/libwrit.symbols" >out
none 'it names the functions that are exported'
awk '/^\.\\" compile$/ { n++; inside = 1; next }
    inside && /^\.Bd/ { next }
    /^\.Ed/ { inside = 0 }
    inside { gsub(/\\e/, "\\"); print > ("page" n ".c") }' "$page"
holds 'it has examples' [ -s page1.c ]
for example in page*.c; do
    # shellcheck disable=SC2046,SC2086
    exits 0 "its example $example compiles" \
        ${CC:-cc} $flags -pedantic -c -o page.o $(pc --cflags) "$example"
done

finish
