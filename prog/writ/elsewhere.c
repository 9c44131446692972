#include "shared/libexec.h"
#include "writ/table_ca.h"

int run_ca(const struct args *a, struct out *o)
{
    return libexec_become("writ-ca", a, o);
}
