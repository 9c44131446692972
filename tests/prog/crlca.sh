# tests/prog/crlca.sh - a CA of openssl's that writes CRLs, and a server for them; after lib.sh
#
#   make_crl_ca                    ca.pem ca.key in this directory; stranger.pem stranger.key: the same
#                                  name, another key
#   make_crl OUT NUMBER THIS NEXT [CA]   OUT (DER): number in hexadecimal, times as 20260101000000Z
#   leaf_with_points NAME URL...   NAME.pem from that CA, with these distribution points
#   serve_crls DIR                 $crl_url serves its files; $crl_server is the process, for kill

quiet() {
    "$@" >quiet.out 2>&1 || {
        echo "Bail out! $*"
        sed 's/^/# /' quiet.out
        exit 1
    }
}

make_crl_ca() {
    for ca in ca stranger; do
        quiet openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $ca.key \
            -subj '/O=Example Corp/CN=Example CA' -days 7300 -out $ca.pem
    done
    : >index.txt
    printf '[ca]\ndefault_ca=o\n[o]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n' >ca.cnf
}

make_crl() {
    echo "$2" >crlnumber
    quiet openssl ca -config ca.cnf -gencrl -keyfile "${5:-ca}.key" -cert "${5:-ca}.pem" \
        -crl_lastupdate "$3" -crl_nextupdate "$4" -out made.pem
    quiet openssl crl -in made.pem -outform DER -out "$1"
}

leaf_with_points() {
    leaf=$1
    shift
    printf 'crlDistributionPoints=' >points
    printf '%s' "URI:$1" >>points
    shift
    for point; do printf ',URI:%s' "$point" >>points; done
    quiet openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key \
        -subj "/O=Example Corp/CN=$leaf" -out leaf.csr
    quiet openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 0x1001 -days 3650 \
        -extfile points -out "$leaf.pem"
}

serve_crls() {
    rm -f port
    port_file=$PWD/port
    (cd "$1" && exec python3 "$source_root/tests/prog/server.py" "$port_file") 2>server.err &
    crl_server=$!
    tries=0
    until [ -s port ] || [ $((tries += 1)) -gt 200 ]; do sleep 0.05; done
    crl_url=http://127.0.0.1:$(cat port)
}
