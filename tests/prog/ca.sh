# tests/prog/ca.sh - a CA's store, feeds that no honest CA would publish, and states that must not
# change
#
# Sourced after lib.sh and journey.sh.
#
#   refuses CODE WORDS CLAIM COMMAND...     it exits with CODE and says one sentence with these words
#   state [DIR]          every name, mode and content below a device's state, lock files aside
#   keeps_state          the state is as it was at the last remember_state [DIR]
#   dump                 all that the CA's store holds, as text
#   key_of PURPOSE FILE  a plain key of the CA: root, intermediate, feed
#   forge ...            see there

unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

forgefeed=$build/tests/helpers/forgefeed
table_probe=$build/tests/helpers/table_probe

state_dir() {
    echo "$WRIT_ROOT/var/lib/writ"
}

store() {
    echo "$(state_dir)/ca/ca.db"
}

# What a command that must not change anything has left.  The lock that keeps two pulls apart stays.
state() {
    (
        cd "${1:-$(state_dir)}" 2>/dev/null || exit 0
        find . ! -name lock ! -name '*.lock' ! -name 'ca.db-*' -printf '%p %y %m %l\n' | sort
        find . -type f ! -name lock ! -name '*.lock' ! -name 'ca.db-*' -exec sha256sum {} + | sort -k 2
    )
}

remember_state() {
    remembered=${1:-$(state_dir)}
    state "$remembered" >"$dir/state.before"
}

keeps_state() {
    state "$remembered" >"$dir/state.after"
    cmp -s "$dir/state.before" "$dir/state.after" || {
        diff "$dir/state.before" "$dir/state.after" | sed 's/^/# /'
        return 1
    }
}

# One sentence on standard error, for a person, and nothing on standard output.
one_sentence() {
    [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] && ! grep -q '\.$' err
}

refuses() {
    refused_code=$1
    refused_words=$2
    refused_claim=$3
    shift 3
    run "$@"
    if [ "$code" -eq "$refused_code" ] && one_sentence && grep -q -e "$refused_words" err; then
        holds "$refused_claim" true
    else
        echo "# exit $code, wanted $refused_code and \"$refused_words\""
        sed 's/^/# out: /' out
        holds "$refused_claim" false
    fi
}

# works CLAIM COMMAND...: exit 0 (out and err as after run).
works() {
    exits 0 "$@"
}

dump() {
    sqlite3 -readonly "$(store)" .dump
}

query() {
    sqlite3 -readonly "$(store)" "$@"
}

key_of() {
    case $1 in
    root) key_purpose=1 ;;
    intermediate) key_purpose=2 ;;
    feed) key_purpose=3 ;;
    esac
    sqlite3 -readonly "$(store)" \
        "SELECT writefile('$2', pkcs8) FROM keys WHERE purpose = $key_purpose ORDER BY id DESC LIMIT 1" \
        >"$dir/key_of.out"
}

# The certificates of the CA, DER: root.der, intermediate.der, and the root as root.pem.
ca_certificates() {
    query "SELECT writefile('$dir/root.der', der) FROM certificates WHERE role = 1;
           SELECT writefile('$dir/intermediate.der', der) FROM certificates WHERE role = 2;" >/dev/null
    openssl x509 -inform DER -in "$dir/root.der" -out "$dir/root.pem"
    openssl x509 -inform DER -in "$dir/intermediate.der" -out "$dir/intermediate.pem"
}

# The SHA-256 of a certificate's SubjectPublicKeyInfo, hexadecimal.
spki_hash() {
    openssl x509 -inform DER -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER |
        openssl dgst -sha256 -r | cut -d' ' -f1
}

sha256() {
    sha256sum "$1" | cut -d' ' -f1
}

# --- a feed by hand: everything a note and a table say is an argument ---

# forge_start DIR: from now on feeds are forged in DIR with the keys of the CA (forge_key, its feed
# key), by default exactly as the CA would write them.
forge_start() {
    forge_dir=$1
    mkdir -p "$forge_dir/targets"
    cp "$(state_dir)/ca/bundle.pem" "$forge_dir/"
    key_of feed "$dir/feed.key"
    ca_certificates
    forge_origin=$(query "SELECT origin FROM ca")
    forge_root=$(spki_hash "$dir/root.der")
    forge_key=$dir/feed.key
    forge_intermediate=$(spki_hash "$dir/intermediate.der")
}

# epoch TIME: seconds since 1970.
epoch() {
    date -u -d "$1" +%s
}

# instant SECONDS: as in a note.
instant() {
    date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# forge_table [AS_OF]: a table of this CA's issuers at AS_OF (seconds; default $now) into targets.
# More lines of a description come on standard input.
forge_table() {
    forge_as_of=${1:-$(epoch "$now")}
    {
        echo "list numbered $forge_as_of 2 $dir/root.der"
        echo "list numbered $forge_as_of 100 $dir/intermediate.der $dir/root.der"
        cat
    } | "$table_probe" build "$forge_as_of" >"$dir/forged.table" || exit 1
    forge_target "$dir/forged.table"
}

# forge_target FILE: the table of the next note, whatever it is.
forge_target() {
    forge_hash=$(sha256 "$1")
    forge_bytes=$(wc -c <"$1")
    cp "$1" "$forge_dir/targets/$forge_hash.table"
}

# forge_text VERSION AS_OF EXPIRES [LINE...]: the text of a note (seconds).
forge_text() {
    echo "writ-feed/v1 $forge_origin $forge_root"
    echo "version $1"
    echo "as_of $(instant "$2")"
    echo "expires $(instant "$3")"
    echo "file targets/$forge_hash.table $forge_bytes $forge_hash"
    shift 3
    for line; do
        echo "$line"
    done
}

# forge VERSION [AS_OF EXPIRES [LINE...]]: a whole feed in $forge_dir; 7 days from $now by default.
forge() {
    forge_version=$1
    forge_from=${2:-$(epoch "$now")}
    forge_until=${3:-$((forge_from + 604800))}
    if [ $# -gt 3 ]; then shift 3; else shift $#; fi
    forge_table "$forge_from" </dev/null
    forge_text "$forge_version" "$forge_from" "$forge_until" "$@" | forge_sign
}

# forge_sign: signs the text on standard input as the feed's note.
forge_sign() {
    "$forgefeed" sign "$forge_key" "${forge_name:-$forge_origin}" >"$forge_dir/feed.note" || exit 1
}

# --- servers on loopback ---

servers=

# serve_tree DIR: serves it by tests/prog/server.py; $url is then http://127.0.0.1:PORT, its files are
# $url/tree/..., and $served is the log of what was asked for.
serve_tree() {
    servers_n=$((${servers_n:-0} + 1))
    port_file=$dir/port.$servers_n
    (cd "$1" && exec python3 "$source_root/tests/prog/server.py" "$port_file") 2>"$dir/server.err" &
    servers="$servers $!"
    served=$port_file.log
    await_file "$port_file"
    url=http://127.0.0.1:$(cat "$port_file")
}

# await_file FILE: returns when it is there.
await_file() {
    tries=0
    while [ ! -e "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || { echo "Bail out! no $1"; exit 1; }
        sleep 0.01
    done
}

stop_servers() {
    for server in $servers; do
        kill "$server" 2>/dev/null
    done
    servers=
}
trap 'stop_servers; rm -rf "$dir"' EXIT
