/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "plan.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "rv.h"

#define WORDS_MAX 5

static bool read_count(const char *text, CK_ULONG *value)
{
    char *end;
    if (!isdigit((unsigned char)*text)) {
        return false;
    }
    errno = 0;
    *value = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && *value > 0;
}

/* A call's number, or * for each. */
static bool read_nth(const char *text, CK_ULONG *nth)
{
    if (strcmp(text, "*") == 0) {
        *nth = 0;
        return true;
    }
    return read_count(text, nth);
}

static bool read_function(const char *text, enum function *function)
{
    *function = function_by_name(text);
    return *function != FN_COUNT;
}

static bool read_milliseconds(const char *text, long long *nanoseconds)
{
    char *end;
    if (!isdigit((unsigned char)*text)) {
        return false;
    }
    double value = strtod(text, &end);
    if (*end != '\0' || !(value <= 3600e3)) {
        return false;
    }
    *nanoseconds = (long long)(value * 1e6);
    return true;
}

static bool append(struct plan *plan, const struct directive *directive)
{
    struct directive *grown = realloc(plan->directives, (plan->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    plan->directives = grown;
    plan->directives[plan->count++] = *directive;
    return true;
}

/* latency MILLIS [FUNCTION] */
static bool add_latency(struct plan *plan, char **words, size_t count)
{
    struct directive directive = {.fault = FAULT_LATENCY, .function = FN_ANY};
    return (count == 2 || (count == 3 && read_function(words[2], &directive.function)))
           && read_milliseconds(words[1], &directive.nanoseconds) && append(plan, &directive);
}

/* fail FUNCTION N|* CODE */
static bool add_fail(struct plan *plan, char **words, size_t count)
{
    struct directive directive = {.fault = FAULT_FAIL};
    return count == 4 && read_function(words[1], &directive.function) && read_nth(words[2], &directive.nth)
           && rv_by_name(words[3], &directive.rv) && append(plan, &directive);
}

/* hang FUNCTION N|*; not for the two that start and end the watch of the control file */
static bool add_hang(struct plan *plan, char **words, size_t count)
{
    struct directive directive = {.fault = FAULT_HANG};
    return count == 3 && read_function(words[1], &directive.function) && read_nth(words[2], &directive.nth)
           && directive.function != FN_C_Initialize && directive.function != FN_C_Finalize
           && append(plan, &directive);
}

/* max-sessions N */
static bool set_max_sessions(struct plan *plan, char **words, size_t count)
{
    return count == 2 && read_count(words[1], &plan->max_sessions);
}

/* device gone [reinitialise] */
static bool set_device(struct plan *plan, char **words, size_t count)
{
    bool reinitialise = count == 3 && strcmp(words[2], "reinitialise") == 0;
    if ((count != 2 && !reinitialise) || strcmp(words[1], "gone") != 0) {
        return false;
    }
    plan->gone = true;
    plan->reinitialise = plan->reinitialise || reinitialise;
    return true;
}

/* drop-sessions */
static bool set_drop_sessions(struct plan *plan, char **words, size_t count)
{
    (void)words;
    plan->drop_sessions = count == 1;
    return count == 1;
}

static const struct {
    const char *word;
    bool (*add)(struct plan *plan, char **words, size_t count);
} readers[] = {
    {"latency", add_latency},
    {"fail", add_fail},
    {"hang", add_hang},
    {"max-sessions", set_max_sessions},
    {"device", set_device},
    {"drop-sessions", set_drop_sessions},
};

static size_t split(char *line, char **words)
{
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t\r", &rest); word != NULL; word = strtok_r(NULL, " \t\r", &rest)) {
        if (count == WORDS_MAX) {
            return WORDS_MAX + 1;
        }
        words[count++] = word;
    }
    return count;
}

static bool add_line(struct plan *plan, char *line)
{
    char *words[WORDS_MAX];
    line[strcspn(line, "#")] = '\0';
    size_t count = split(line, words);
    if (count == 0) {
        return true;
    }
    for (size_t i = 0; count <= WORDS_MAX && i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(readers[i].word, words[0]) == 0) {
            return readers[i].add(plan, words, count);
        }
    }
    return false;
}

bool plan_add(struct plan *plan, const char *text, const char *source)
{
    bool good = true;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n;");
        char *line = strndup(text, length);
        if (line == NULL || !add_line(plan, line)) {
            say("%s: no such directive: %.*s", source, (int)length, text);
            good = false;
        }
        free(line);
        text += length + (text[length] != '\0');
    }
    return good;
}

void plan_clear(struct plan *plan)
{
    free(plan->directives);
    memset(plan, 0, sizeof *plan);
}

bool plan_same_hang(const struct directive *one, const struct directive *other)
{
    return one->fault == FAULT_HANG && other->fault == FAULT_HANG && one->function == other->function
           && one->nth == other->nth;
}
