/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the plan comes from: SK_SIMULATOR_FAULTS, and a watched file that SK_SIMULATOR_CONTROL names. */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "ck.h"

/*
 * Reads both and hands the plan over. CKR_GENERAL_ERROR when a directive cannot be read. A file that does not exist
 * has no directives; it may come later.
 */
CK_RV control_read(void);

/*
 * Looks at the file, and hands over its plan if it changed: a call that begins after the file changed knows. It takes
 * the lifecycle's lock.
 */
void control_look(void);

/*
 * Starts a thread that looks every 10 ms, so that the device goes when the file says so, and a hanging call goes on,
 * though nobody calls.
 */
CK_RV control_watch(void);

/* Ends the thread, and all faults; calls that hang go on. Not to be called with the lifecycle's lock held. */
void control_stop(void);

#endif
