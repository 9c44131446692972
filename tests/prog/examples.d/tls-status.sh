# A machine that has pulled filters, and a system with a service.
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -subj /CN=issuer -out issuer.pem 2>/dev/null
python3 "$source_root/tests/helpers/tlsworld.py" filters "$WRIT_ROOT/var/lib/writ/filters/crlite" \
    "$(date +%s)" issuer.pem 66
mkdir -p "$WRIT_ROOT/etc/ssl" "$WRIT_ROOT/lib/systemd/system"
cp /etc/ssl/openssl.cnf "$WRIT_ROOT/etc/ssl/"
touch "$WRIT_ROOT/lib/systemd/system/nginx.service"
