/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "functions.h"

#include <string.h>

static const char *const names[FN_COUNT] = {
#define X(name) [FN_##name] = #name,
    SIM_FUNCTIONS(X)
#undef X
};

enum function function_by_name(const char *name)
{
    for (int i = 0; i < FN_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            return (enum function)i;
        }
    }
    return FN_COUNT;
}

const char *function_name(enum function function)
{
    return function < FN_COUNT ? names[function] : "*";
}
