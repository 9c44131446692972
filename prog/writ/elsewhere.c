#include "shared/libexec.h"
#include "writ/table_ca.h"
#include "writ/table_serve.h"

int run_ca(const struct args *a, struct out *o)
{
    return libexec_become("writ-ca", a, o);
}

int run_serve(const struct args *a, struct out *o)
{
    return libexec_become("writ-serve", a, o);
}
