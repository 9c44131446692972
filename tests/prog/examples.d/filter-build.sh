# Two lists of an issuer's certificates, the logs they stand in, and a CA.
issuer=039d1d04e1a382cb5d985fdf1a2f1f0f87c664a3955e6f764652f8eda4a3f3d3
mkdir known revoked all bad
printf '00cd53\n51b2\n77a4\n' | tee "known/$issuer.known" >"all/$issuer.known"
echo 51b2 | tee "revoked/$issuer.revoked" >"bad/$issuer.revoked"
printf '%s\t51b2\n%s\t77a4\n' "$issuer" "$issuer" >certificates.tsv
cat >ct-logs.json <<END
[{"LogID": "pLkJkLQYWBSHuxOizGdwCjw1mASPkb37jjd8wOyN0DE=", "MinEntry": 0, "MMD": 86400,
  "MinTimestamp": 1535760000000, "MaxTimestamp": 1764000000000}]
END
make_ca
