#include "writ/table_ca.h"

static const char *const reasons[] = {
    "unspecified", "keyCompromise",        "cACompromise",       "affiliationChanged",
    "superseded",  "cessationOfOperation", "privilegeWithdrawn", NULL};

#define NOTE                                                                                       \
    {                                                                                              \
        .name = "note", .value = "TEXT", .help = "why, in a person's words"                        \
    }
#define CONTENT                                                                                    \
    {                                                                                              \
        .name = "content", .value = "FILE", .help = "the content of this file, not a certificate", \
        .hint = COMMAND_HINT_FILE                                                                  \
    }
#define CERTIFICATE_OPERAND                                                                        \
    (const struct operand_spec[])                                                                  \
    {                                                                                              \
        {.name = "SERIAL|FILE|NAME", .hint = COMMAND_HINT_FILE},                                   \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define OPTIONAL_CERTIFICATE_OPERAND                                                               \
    (const struct operand_spec[])                                                                  \
    {                                                                                              \
        {.name = "SERIAL|FILE|NAME", .hint = COMMAND_HINT_FILE, .optional = true},                 \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

const struct command command_ca_init = {
    .words = "ca init",
    .group = "run a CA",
    .summary = "make a CA: root, intermediate and feed key",
    .description = "Keys are P-256, encrypted with a passphrase; the feed's key is Ed25519.\n",
    .operands = (const struct operand_spec[]){{.name = "NAME"}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "origin", .value = "ORIGIN", .help = "what the feed is called"},
            {.name = "insecure-plain-keys", .help = "do not encrypt the keys"},
            {0}},
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"writ ca init \"Example Corp\"", NULL},
    .run = run_ca,
};

const struct command command_ca_adopt = {
    .words = "ca adopt",
    .group = "run a CA",
    .summary = "take over a CA that exists; its keys are optional",
    .description = "Later ones add intermediates, and keys, to a CA that was adopted.\n",
    .operands =
        (const struct operand_spec[]){
            {.name = "FILE", .hint = COMMAND_HINT_FILE, .optional = true, .many = true}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "key",
             .value = "FILE",
             .help = "a key of one of them, PKCS #8",
             .hint = COMMAND_HINT_FILE,
             .repeatable = true},
            {.name = "name", .value = "NAME", .help = "what the CA is called here"},
            {.name = "origin", .value = "ORIGIN", .help = "what its feed is called"},
            {.name = "bundle-signature",
             .value = "FILE",
             .help = "the root's signature over ca/bundle.info",
             .hint = COMMAND_HINT_FILE},
            {.name = "insecure-plain-keys", .help = "do not encrypt the keys"},
            NOTE,
            {0}},
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"writ ca adopt root.pem issuing.pem --key issuing.key", NULL},
    .run = run_ca,
};

static const char *const import_formats[] = {"index", "csv", "certificates", NULL};
static const char *const bases[] = {"hex", "decimal", NULL};

const struct command command_ca_import = {
    .words = "ca import",
    .group = "run a CA",
    .summary = "take over what an adopted CA has issued and revoked",
    .description = "PATH is openssl ca's index.txt, a CSV, or a folder of certificates.\n"
                   "A row that is refused stops it all, unless --skip-refused leaves it out.\n",
    .operands = (const struct operand_spec[]){{.name = "PATH", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "issuer", .value = "NAME", .help = "whose list it is"},
            {.name = "format",
             .value = "FORM",
             .help = "index, csv or certificates; default: as it looks",
             .choices = import_formats},
            {.name = "serials",
             .value = "BASE",
             .help = "how a CSV's \"serial\" is written: hex or decimal",
             .choices = bases},
            {.name = "skip-refused", .help = "import the other rows"},
            NOTE,
            {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ ca import index.txt --issuer \"Old Issuing\"",
                                      "writ ca import newcerts", NULL},
    .run = run_ca,
};

const struct command command_ca_issue = {
    .words = "ca issue",
    .group = "run a CA",
    .summary = "issue a certificate for a request, or for a new key",
    .operands = (const struct operand_spec[]){{.name = "NAME|CSR", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "out",
             .value = "PREFIX",
             .help = "write PREFIX.pem, for a new key PREFIX.key too",
             .hint = COMMAND_HINT_FILE},
            {.name = "name", .value = "NAME", .help = "the name, instead of the request's"},
            {.name = "team", .value = "TEAM", .help = "the publisher; default: from the name"},
            {.name = "life", .value = "DURATION", .help = "how long it is valid; default 1y"},
            {.name = "tsa", .help = "for a timestamp authority, not a developer"},
            {.name = "responder", .help = "for an OCSP responder of the issuer; default life 30d"},
            {.name = "issuer", .value = "NAME", .help = "who issues; default: the intermediate"},
            {.name = "ocsp", .value = "URL", .help = "name this OCSP responder in it"},
            {.name = "insecure-plain-key", .help = "do not encrypt the new key"},
            NOTE,
            {0}},
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"writ ca issue \"Alice\" --out alice", NULL},
    .run = run_ca,
};

const struct command command_ca_list = {
    .words = "ca list",
    .group = "run a CA",
    .summary = "list every certificate that was issued",
    .options =
        (const struct option_spec[]){
            {.name = "revoked", .help = "only revoked and held ones"},
            {.name = "team", .value = "TEAM", .help = "only those of a team"},
            {0}},
    .examples = (const char *const[]){"writ ca list", "writ ca list --revoked --json", NULL},
    .run = run_ca,
};

const struct command command_ca_show = {
    .words = "ca show",
    .group = "run a CA",
    .summary = "show the CA, or one certificate",
    .operands = OPTIONAL_CERTIFICATE_OPERAND,
    .options =
        (const struct option_spec[]){{.name = "pem", .help = "print the certificate and its chain"},
                                     {.name = "audit", .help = "who did what, when and why"},
                                     {0}},
    .examples = (const char *const[]){"writ ca show --audit", "writ ca show Alice",
                                      "writ ca show Alice --pem > alice-again.pem", NULL},
    .run = run_ca,
};

const struct command command_ca_revoke = {
    .words = "ca revoke",
    .group = "run a CA",
    .summary = "revoke a certificate, or the content of a file",
    .description = "Revoking again may only widen: an earlier --since, or a graver reason.\n",
    .operands = OPTIONAL_CERTIFICATE_OPERAND,
    .options =
        (const struct option_spec[]){
            {.name = "reason",
             .value = "CODE",
             .help = "why, in RFC 5280's words; see writ-ca(1)",
             .choices = reasons},
            {.name = "since",
             .value = "TIME",
             .help = "seals stamped before it may stay good; see writ-ca(1)"},
            CONTENT,
            NOTE,
            {0}},
    .mutates = true,
    .examples =
        (const char *const[]){"writ ca revoke Alice --reason keyCompromise",
                              "writ ca revoke --content app --note \"wipes the disk\"", NULL},
    .run = run_ca,
};

const struct command command_ca_hold = {
    .words = "ca hold",
    .group = "run a CA",
    .summary = "refuse a certificate until it is reinstated",
    .operands = CERTIFICATE_OPERAND,
    .options = (const struct option_spec[]){NOTE, {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ ca hold Alice --note \"laptop missing\"", NULL},
    .run = run_ca,
};

const struct command command_ca_reinstate = {
    .words = "ca reinstate",
    .group = "run a CA",
    .summary = "undo a revocation or lift a hold",
    .operands = OPTIONAL_CERTIFICATE_OPERAND,
    .options = (const struct option_spec[]){NOTE, CONTENT, {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ ca reinstate Alice --note \"laptop found\"", NULL},
    .run = run_ca,
};

const struct command command_ca_export = {
    .words = "ca export",
    .group = "run a CA",
    .summary = "write CRLs and certificates for other programs",
    .options =
        (const struct option_spec[]){
            {.name = "crl",
             .value = "FILE",
             .help = "a CRL of each issuer, PEM, in one file",
             .hint = COMMAND_HINT_FILE},
            {.name = "chain",
             .value = "FILE",
             .help = "the issuers' certificates, PEM, root last",
             .hint = COMMAND_HINT_FILE},
            {.name = "hashed-dir",
             .value = "DIR",
             .help = "both, named as openssl -CApath looks for them",
             .hint = COMMAND_HINT_DIRECTORY},
            {.name = "delta", .help = "in --crl-dir only what has changed since the complete one"},
            {.name = "crl-dir",
             .value = "DIR",
             .help = "a CRL file of each issuer, DER, for a web server",
             .hint = COMMAND_HINT_DIRECTORY},
            {.name = "crl-url", .value = "URL", .help = "of that folder; new certificates name it"},
            {.name = "partitions", .value = "N", .help = "in N parts too, by serial number"},
            {.name = "expires", .value = "DURATION", .help = "good for so long; default 7d"},
            {.name = "drop-expired", .help = "without certificates that have ended"},
            {.name = "follows",
             .value = "FILE",
             .help = "a CRL that others made before: ours get greater numbers",
             .hint = COMMAND_HINT_FILE,
             .repeatable = true},
            {.name = "reload-cmd", .value = "CMD", .help = "run it when the files are there"},
            {0}},
    .mutates = true,
    .needs_passphrase = true,
    .examples =
        (const char *const[]){"writ ca export --crl ca.crl --chain ca.pem --reload-cmd true", NULL},
    .run = run_ca,
};

const struct command command_ca_backup = {
    .words = "ca backup",
    .group = "run a CA",
    .summary = "copy the CA's store into a file",
    .description = "The copy knows that it is one: restored, it burns a gap of numbers.\n",
    .operands = (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE}, {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ ca backup ca-backup.db", NULL},
    .run = run_ca,
};

const struct command command_publish = {
    .words = "publish",
    .group = "run a CA",
    .summary = "write the feed: static files for any web server",
    .description = "The directory is remembered: later `writ publish` alone is enough.\n",
    .operands =
        (const struct operand_spec[]){
            {.name = "DIR", .hint = COMMAND_HINT_DIRECTORY, .optional = true}, {0}},
    .options = (const struct option_spec[]){{.name = "expires",
                                             .value = "DURATION",
                                             .help = "fresh for so long; default 7d, at most 30d"},
                                            NOTE,
                                            {0}},
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"writ publish ./feed", "writ publish --expires 2d", NULL},
    .run = run_ca,
};

static const char *const forms[] = {"clubcard4", "clubcard3", NULL};

const struct command command_filter_build = {
    .words = "filter build",
    .group = "more",
    .summary = "make a clubcard of known and revoked certificates",
    .description =
        "A list is a folder of files ISSUER.known or ISSUER.revoked, a serial a line; or\n"
        "text of lines \"ISSUER tab SERIAL\". Afterwards each certificate is looked up.\n",
    .options =
        (const struct option_spec[]){
            {.name = "known",
             .value = "DIR|FILE",
             .help = "all certificates there are",
             .hint = COMMAND_HINT_FILE},
            {.name = "revoked",
             .value = "DIR|FILE",
             .help = "those of them that are revoked",
             .hint = COMMAND_HINT_FILE},
            {.name = "ca", .help = "the certificates of writ's own CA instead"},
            {.name = "format",
             .value = "FORM",
             .help = "clubcard4 (default), or clubcard3, which Firefox reads",
             .choices = forms},
            {.name = "coverage",
             .value = "FILE",
             .help = "what is covered: ct-logs.json, or lines of log and times",
             .hint = COMMAND_HINT_FILE},
            {.name = "threads", .value = "N", .help = "default: one for each processor"},
            {.name = "out",
             .value = "FILE",
             .help = "where the filter goes",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {0}},
    .mutates = true,
    .examples =
        (const char *const[]){"writ filter build --known all --revoked bad --out filter",
                              "writ filter build --ca --coverage ct-logs.json --out filter", NULL},
    .run = run_ca,
};
