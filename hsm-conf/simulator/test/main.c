/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* The sanitizers ask for these; they would not see hidden ones. */
#define SEEN __attribute__((visibility("default")))
SEEN const char *__lsan_default_suppressions(void);
SEEN const char *__tsan_default_suppressions(void);

/* NSS keeps a few things until the process ends. What this module allocates is checked for leaks. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libsoftokn3\nleak:libfreeblpriv3\nleak:libnspr4\nleak:libnssutil3\nleak:libsqlite3\n";
}

/*
 * NSS is not built for the thread sanitizer. It uses the locks of objects again for other objects, which looks like
 * a cycle where a key is copied: the copy's lock is taken within the original's, and nobody else knows the copy yet.
 */
const char *__tsan_default_suppressions(void)
{
    return "deadlock:PR_Lock\nrace:libsoftokn3\nrace:libfreeblpriv3\nrace:libnspr4\nrace:libsqlite3\n";
}

static void test_vendor(const char *vendor, bool threads_only)
{
    use_vendor(vendor);
    if (!threads_only) {
        test_protocol();
        test_refusals();
        test_templates();
        test_token();
        test_faults();
    }
    test_threads();
}

/* MODULE [threads], or for the second process of a test: MODULE VENDOR WHAT */
int main(int count, char **arguments)
{
    if (count < 2) {
        (void)fprintf(stderr, "usage: %s MODULE [threads]\n", arguments[0]);
        return 2;
    }
    program = arguments[0];
    load_module(arguments[1]);
    if (count == 4) {
        use_vendor(arguments[2]);
        return second_process(arguments[3]);
    }
    bool threads_only = count == 3 && strcmp(arguments[2], "threads") == 0;
    test_vendor("proteccio", threads_only);
    test_vendor("cloudhsm", threads_only);
    return test_result();
}
