/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_bool verbose;

void log_start(void)
{
    const char *value = getenv("SK_SIMULATOR_VERBOSE");
    atomic_store(&verbose, value != NULL && strcmp(value, "1") == 0);
}

/* One write a line, so that lines of parallel threads do not mix. */
static void line(const char *format, va_list arguments)
{
    char text[1024];
    (void)vsnprintf(text, sizeof text, format, arguments);
    (void)fprintf(stderr, "sk-simulator: %s\n", text);
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    line(format, arguments);
    va_end(arguments);
}

void say_verbose(const char *format, ...)
{
    if (!atomic_load(&verbose)) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    line(format, arguments);
    va_end(arguments);
}
