#include "writ/table_serve.h"

#define FILES(n, v, h)                                                                             \
    {                                                                                              \
        .name = n, .value = v, .help = h, .hint = COMMAND_HINT_FILE, .repeatable = true            \
    }

const struct command command_serve = {
    .words = "serve",
    .group = "more",
    .summary = "answer OCSP requests about CAs, and serve the feed",
    .options =
        (const struct option_spec[]){
            FILES("responder", "FILE", "certificate that signs (writ ca issue --responder)"),
            FILES("key", "FILE", "its key; one for each --responder"),
            FILES("store", "FILE", "a CA's ca.db; default: this machine's CA"),
            FILES("crl", "FILE", "answer from this CRL; with its --issuer"),
            FILES("issuer", "FILE", "certificate of the CA of a --crl"),
            {.name = "listen",
             .value = "WHERE",
             .help = "at ADDRESS:PORT; default 127.0.0.1:2560",
             .repeatable = true},
            {.name = "base", .value = "PATH", .help = "where GET requests begin; default /"},
            {.name = "feed",
             .value = "DIR",
             .help = "serve it, at /feed/",
             .hint = COMMAND_HINT_DIRECTORY},
            {.name = "set",
             .value = "NAME=VALUE",
             .help = "limits and lifetimes: see writ-serve(1)",
             .repeatable = true},
            {.name = "check", .help = "start everything but listening, say so and end"},
            {0}},
    .network = "always",
    .needs_passphrase = true,
    .examples =
        (const char *const[]){"writ serve --responder ocsp.pem --key ocsp.key --check", NULL},
    .run = run_serve,
};
