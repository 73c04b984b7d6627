/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What shall go wrong: the directives of the control file and of SK_SIMULATOR_FAULTS, read into a plan. */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "ck.h"
#include "functions.h"

enum fault { FAULT_LATENCY, FAULT_FAIL, FAULT_HANG };

/* A fault of one function, or of any. */
struct directive {
    enum fault fault;
    enum function function;
    CK_ULONG nth; /* which call, counted from 1; 0 is each */
    CK_RV rv;
    long long nanoseconds;
    CK_ULONG calls; /* counted so far */
};

struct plan {
    struct directive *directives;
    size_t count;
    CK_ULONG max_sessions; /* 0: no limit */
    bool gone;
    bool reinitialise;
    bool drop_sessions;
};

/*
 * Adds the directives in a text, one a line (a semicolon ends a line too). Each that cannot be read is named on stderr
 * and left out; then the result is false.
 */
bool plan_add(struct plan *plan, const char *text, const char *source);

void plan_clear(struct plan *plan);

/* Whether both hang the same call. */
bool plan_same_hang(const struct directive *one, const struct directive *other);

#endif
