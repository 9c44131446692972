"""A CA's store with very many certificates, for bench/serve.sh.

    serve_store.py CA.DB COUNT [REVOKED]

Adds COUNT certificates to a store that `writ ca init` and one `writ ca issue` have made, as copies
of the newest one with other serial numbers, and revokes every n-th so that REVOKED are.  Their
signatures are wrong, which nobody looks at here: what a responder needs of them is their number.
Goes around writ because issuing a million takes minutes; the triggers of the store stay in force.
"""
import hashlib
import sqlite3
import sys
import time


def copies(row, first, next_number, count):
    issuer, role, serial, name, team, not_before, not_after, issued_at, spki_hash, der = row
    for i in range(count):
        new = b'\x4b' + hashlib.sha256(b'%d' % i).digest()[:len(serial) - 1]
        changed = der.replace(serial, new, 1)
        yield (first + i, issuer, role, new, next_number + i, name, team, not_before, not_after,
               issued_at, spki_hash, hashlib.sha256(changed).digest(), changed)


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    revoked = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    db = sqlite3.connect(path, isolation_level=None)
    db.execute('PRAGMA synchronous = OFF')
    db.execute('PRAGMA cache_size = -262144')
    db.execute('BEGIN IMMEDIATE')
    row = db.execute('SELECT issuer, role, serial, name, team, not_before, not_after, issued_at,'
                     ' spki_hash, der FROM certificates WHERE number IS NOT NULL'
                     ' AND role NOT IN (1, 2) ORDER BY id DESC LIMIT 1').fetchone()
    if row is None:
        sys.exit('serve_store: no certificate to copy; issue one first')
    first = db.execute('SELECT max(id) + 1 FROM certificates').fetchone()[0]
    number = db.execute('SELECT next_number FROM issuers WHERE certificate = ?', row[:1]).fetchone()[0]
    db.executemany('INSERT INTO certificates (id, issuer, role, serial, number, name, team,'
                   ' not_before, not_after, issued_at, spki_hash, fingerprint, der)'
                   ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', copies(row, first, number, count))
    now = int(time.time())
    step = count // revoked if revoked else 0
    db.executemany('INSERT INTO revocations (certificate, reason, since, since_given, revoked_at)'
                   ' VALUES (?, 4, ?, 0, ?)',
                   ((first + i * step, now, now) for i in range(revoked)))
    db.execute("INSERT INTO audit (at, who, action, subject) VALUES (?, 'bench', 'issue', ?)",
               (now, f'{count} copies'))
    db.execute('COMMIT')


main()
