/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Carries the plan out, call by call. */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include "ck.h"
#include "functions.h"
#include "plan.h"

/*
 * What the plan has in store for this call: sleeps, hangs, or returns the code to fail with. No lock is held meanwhile.
 * CKR_OK: go on. A hanging call goes on when its directive is gone from the plan.
 */
CK_RV faults_before(enum function function);

/* The most sessions that may be open, 0 for no limit. */
CK_ULONG faults_max_sessions(void);

/* Takes over the plan and its memory. Counts start again; a call that hangs, hangs on if the new plan says so too. */
void faults_set_plan(struct plan *plan);

#endif
