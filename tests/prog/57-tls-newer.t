#!/bin/sh
# Goal of this test: the hooks that were built for OpenSSL 3.0 and GnuTLS 3.7 work in the next
# Debian's OpenSSL 3.5 and GnuTLS 3.8.
#
# Debian 13's packages are fetched with apt-get from where this machine gets Debian's packages, once
# for each build directory, and unpacked there; nothing is installed.  Skipped where that cannot be
# done, and with WRIT_NO_APT=1.

. "$(dirname "$0")/lib.sh"
. "$source_root/tests/prog/tls.sh"
skip_under_sanitizers
skip_unless nginx

there=$build/debian-13
packages='openssl libssl3t64 libc6 libzstd1 zlib1g wget libgnutls30t64 libnettle8t64 libhogweed6t64
    libgmp10 libp11-kit0 libffi8 libtasn1-6 libidn2-0 libunistring5 libpsl5t64
    libpcre2-8-0 libuuid1'

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

# Where this machine gets Debian from.
archive() {
    apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/ Debian$//p' | head -n 1
}

apt_get() {
    timeout 300 apt-get -qq -c "$dir/apt.conf" "$@"
}

# Everything that apt-get would write stands in $dir.
unpack() {
    mkdir -p apt/lists/partial apt/cache/archives/partial apt/debs
    : >apt/status
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$key] $1 trixie main" >apt/sources.list
    cat >apt.conf <<END
Dir::Etc::SourceList "$dir/apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::Etc::PreferencesParts "-";
Dir::State::Lists "$dir/apt/lists";
Dir::State::Status "$dir/apt/status";
Dir::Cache "$dir/apt/cache";
APT::Sandbox::User "";
Acquire::Retries "1";
Acquire::http::Timeout "20";
END
    # shellcheck disable=SC2086 # words
    apt_get update && (cd apt/debs && apt_get download $packages) || return 1
    for deb in apt/debs/*.deb; do
        dpkg-deb -x "$deb" unpacked || return 1
    done
    rm -rf "$there" && mv unpacked "$there"
}

if ! [ -d "$there" ]; then
    [ "${WRIT_NO_APT:-}" != 1 ] || skip 'WRIT_NO_APT is set, and Debian 13 has to be fetched'
    command -v apt-get >/dev/null || skip 'there is no apt-get'
    from=$(archive)
    [ -n "$from" ] || skip 'apt-get knows no archive of Debian'
    unpack "$from" >apt.log 2>&1 ||
        skip "Debian 13's packages cannot be had: $(tail -n 1 apt.log)"
fi

libraries=$(dirname "$(find "$there/usr/lib" -name libcrypto.so.3)")
loader=$(find "$libraries" -name 'ld-linux*.so*' | head -n 1)

# newer PROGRAM ARG...: with Debian 13's libraries.
newer() {
    program=$1
    shift
    "$loader" --library-path "$libraries" "$there/usr/bin/$program" "$@"
}
# hooked PROGRAM ARG...: the same under writ.
hooked() {
    program=$1
    shift
    writ tls run -- "$loader" --library-path "$libraries" "$there/usr/bin/$program" "$@"
}

make_world
serve good revoked uncovered

exits 0 'the newer OpenSSL starts' newer openssl version
holds 'it is 3.5' grep -q '^OpenSSL 3\.5' out
exits 0 'and under writ' hooked openssl version

verify() {
    "$1" openssl verify -CAfile "$tls/root.pem" -untrusted "$tls/issuer.pem" "$tls/$2.pem"
}
exits 0 'alone it verifies a revoked certificate' verify newer revoked
exits 2 'under writ it refuses it' verify hooked revoked
holds 'as revoked' grep -q 'error 23 at 0 depth lookup: certificate revoked' err
exits 0 'and takes the good one' verify hooked good
exits 0 'and the one that is not covered' verify hooked uncovered

s_client() {
    hooked openssl s_client -verify_return_error -connect "localhost:$1" -CAfile "$tls/root.pem"
}
exits 1 'a handshake with the revoked server fails' s_client "$port_revoked"
holds 'for that reason' grep -q 'verify error:num=23:certificate revoked' err
exits 0 'one with the good server does not' s_client "$port_good"

get() {
    hooked wget -nv -O - --ca-certificate "$tls/root.pem" --tries 1 "https://localhost:$1/"
}
exits 5 'the newer wget refuses the revoked server' get "$port_revoked"
holds 'and says so' grep -q 'has been revoked' err
exits 0 'and talks to the good one' get "$port_good"
exits 0 'it talks to the revoked one without writ' newer wget -nv -O - \
    --ca-certificate "$tls/root.pem" --tries 1 "https://localhost:$port_revoked/"

finish
