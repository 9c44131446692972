# tests/prog/responder.sh - the responder of helpers/responder.py; after lib.sh and ocspca.sh
#
#   start_responder        serves $dir; $base is its URL, $blackhole one where nobody is let in
#   forget_asked           empties the file asked, a line for each question it got
#   make_answers           good.der revoked.der unknown.der other.der stranger.der later.der malformed.der
#   issue_asking NAME SERIAL [BEHAVIOUR...]    NAME.pem names those as its responders

start_responder() {
    mkfifo responder.hold responder.port
    python3 "$source_root/tests/helpers/responder.py" "$dir" <responder.hold >responder.port 2>responder.err &
    exec 9>responder.hold
    read -r port <responder.port
    base=http://127.0.0.1:$port
    blackhole=http://127.0.0.1:$(cat blackhole)
    : >asked
}

make_answers() {
    issue_ocsp stranger 0x2001 extendedKeyUsage=OCSPSigning
    quietly openssl req -x509 -new -key stranger.key -subj '/O=Example Corp/CN=Example CA' -days 10 \
        -out stranger.pem
    answer good.der ca alice
    answer revoked.der ca bob
    answer unknown.der ca carol
    answer other.der ca bob
    answer stranger.der stranger alice
    # OCSPResponse with a status and nothing else: RFC 6960 section 4.2.1
    printf '\060\003\012\001\003' >later.der
    printf '\060\003\012\001\001' >malformed.der
}

forget_asked() {
    : >asked
}

issue_asking() {
    asking=$1
    asking_serial=$2
    shift 2
    places=
    for place in "$@"; do
        places="$places${places:+,}OCSP;URI:$base/$place/"
    done
    issue_ocsp "$asking" "$asking_serial" "authorityInfoAccess=$places"
}
