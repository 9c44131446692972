# A program that Alice sealed, and what a responder of the CA says about her.
. "$source_root/tests/prog/examples.d/seal-extract.sh"
w ca issue "Example OCSP" --responder --out responder --insecure-plain-key
awk '/BEGIN/ { n++ } n == 2' alice.pem >intermediate.pem
printf 'V\t461231235959Z\t\t%s\tunknown\t/CN=Alice\n' \
    "$(openssl x509 -in alice.pem -noout -serial | cut -d= -f2)" >index.txt
openssl ocsp -index index.txt -CA intermediate.pem -rsigner responder.pem -rkey responder.key \
    -issuer intermediate.pem -cert alice.pem -no_nonce -respout answer.der -ndays 7 >/dev/null 2>&1
