#include <stdlib.h>
#include <unistd.h>

#include "object/cms.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "shared/ocspclient.h"
#include "shared/sealfile.h"
#include "verdict/answer.h"
#include "writ/attach.h"
#include "writ/commands.h"
#include "writ/ocspfile.h"

/* A sealed file, and what its signer's CA says of the signer. */
struct stapling {
    const struct args *a;
    const char *path;
    int fd;
    struct stat st;
    struct content_id id;
    struct sealfile sealed;
    struct certfile issuers; /* of --issuer */
    struct writ_cms cms;
    struct writ_buffer response, seal;
    struct writ_answer answer;
};

/* ---------------------------------------------------------------------- the one who signed */

/* The signer is the first certificate of the CMS that is no CA's, as writ sign writes it. */
static int find_pair(const struct stapling *s, struct ocspclient_question *q, struct writ_error *e)
{
    const struct writ_cms *cms = &s->cms;
    struct writ_cert cert, issuer;

    for (size_t i = 0; i < cms->certificate_count; i++) {
        if (writ_cert_parse(cms->certificate[i], &cert, NULL) < 0 || cert.is_ca)
            continue;
        if (!certfile_find_issuer(s->issuers.cert, s->issuers.count, &cert, &issuer) &&
            !certfile_find_issuer(cms->certificate, cms->certificate_count, &cert, &issuer))
            break;
        q->cert = cms->certificate[i];
        q->issuer = issuer.der;
        return 0;
    }
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "the seal does not hold its signer's issuer; name it with --issuer FILE");
}

static int verify(struct stapling *s, struct writ_error *e)
{
    struct ocspclient_question q = {.now = s->a->now};

    if (writ_cms_parse(s->sealed.seal.entry[0].cms, &s->cms, e) < 0 || find_pair(s, &q, e) < 0 ||
        ocspclient_verify(&q, writ_buffer_span(&s->response), &s->answer, e) < 0)
        return -1;
    if (s->answer.status == WRIT_ANSWER_GOOD)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "%s is no good staple (%s): %s", args_operand(s->a, 1),
                     writ_answer_status_name(s->answer.status), s->answer.why);
}

/* ------------------------------------------------------------------------------- the files */

static int read_response(struct stapling *s, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    int rc = -1;

    if (file_read(args_operand(s->a, 1), OCSPFILE_MAX, &bytes, e) == 0)
        rc = ocspfile_decode(writ_buffer_span(&bytes), OCSPFILE_RESPONSE, &s->response, e);
    writ_buffer_free(&bytes);
    return rc;
}

static int open_file(struct stapling *s, struct writ_error *e)
{
    struct writ_span file = WRIT_SPAN_NONE;
    int rc = -1;

    s->fd = file_open_regular(s->path, &s->st, e);
    if (s->fd >= 0 && file_map(s->fd, (size_t)s->st.st_size, &file, e) == 0)
        rc = content_identify_bytes(file, s->path, &s->id, e);
    file_unmap(&file);
    return rc == 0 ? sealfile_of(s->path, &s->sealed, e) : -1;
}

/* The seal goes back where it was. */
static int write_back(struct stapling *s, struct writ_error *e)
{
    struct attach_file file = {.path = s->path, .fd = s->fd, .seen = &s->st, .id = &s->id};
    struct attach_choice choice = {.form = s->sealed.was_tail ? ATTACH_TAIL : ATTACH_DETACHED,
                                   .why = "where it was"};
    struct places places = {0};
    int rc = 0;

    s->sealed.seal.entry[0].staple = writ_buffer_span(&s->response);
    if (writ_seal_build(&s->sealed.seal, &s->seal, e) < 0 ||
        places_find(&places, s->a->root, e) < 0)
        rc = -1;
    else if (!s->a->dry_run)
        rc = attach_write(&file, &choice, &places, writ_buffer_span(&s->seal), e);
    places_free(&places);
    return rc;
}

static void tell(const struct stapling *s, struct out *o)
{
    struct writ_buffer line = {0};
    struct writ_emit *m;

    if (s->a->json) {
        m = out_emit(o);
        writ_emit_string(m, "file", s->path);
        writ_explain_answer(&s->answer, m);
        writ_emit_flag(m, "dry_run", s->a->dry_run);
        return;
    }
    writ_explain_answer_line(&s->answer, &line);
    out_say(o, "%s: %s; %.*s", s->path, s->a->dry_run ? "would be stapled" : "stapled", (int)line.n,
            (const char *)line.p);
    writ_buffer_free(&line);
}

static int run(const struct args *a, struct out *o)
{
    struct stapling s = {.a = a, .path = args_operand(a, 0), .fd = -1};
    struct writ_error e = {0};
    const char *issuer = args_value(a, "issuer");
    int status = 0;

    if (jail_prepare(&e) < 0 || (issuer != NULL && certfile_read(issuer, &s.issuers, &e) < 0) ||
        open_file(&s, &e) < 0 || read_response(&s, &e) < 0 || verify(&s, &e) < 0 ||
        write_back(&s, &e) < 0)
        status = out_fault(o, &e);
    else
        tell(&s, o);
    if (s.fd >= 0)
        close(s.fd);
    certfile_free(&s.issuers);
    sealfile_free(&s.sealed);
    writ_buffer_free(&s.response);
    writ_buffer_free(&s.seal);
    return status;
}

const struct command command_seal_staple = {
    .words = "seal staple",
    .group = "sign",
    .summary = "put an OCSP answer about the signer into a seal",
    .description = "For devices that no source covers: until it expires it says that the signer's\n"
                   "certificate is good.  Needs no key; a newer answer replaces an older one.\n",
    .operands = (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE},
                                              {.name = "RESPONSE", .hint = COMMAND_HINT_FILE},
                                              {0}},
    .options = (const struct option_spec[]){{.name = "issuer",
                                             .value = "FILE",
                                             .help = "who issued the signer, if not in the seal",
                                             .hint = COMMAND_HINT_FILE},
                                            {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ seal staple app answer.der", NULL},
    .run = run,
};
