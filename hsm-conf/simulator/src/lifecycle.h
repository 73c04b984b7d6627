/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The module's life: initialised or not, the device there or not, and who may be inside NSS.
 *
 * Calls run in parallel; each holds a lock, shared with all others, while it is inside NSS. Only what ends the life of
 * sessions takes it alone: C_Initialize, C_Finalize, the device going away, sessions dropped.
 */
#ifndef SIM_LIFECYCLE_H
#define SIM_LIFECYCLE_H

#include <stdbool.h>

#include "ck.h"
#include "dialect.h"
#include "functions.h"

CK_RV lifecycle_initialize(CK_VOID_PTR arguments);

CK_RV lifecycle_finalize(CK_VOID_PTR reserved);

/*
 * Begins a call: its faults, then the shared lock. Each CKR_OK is followed by lifecycle_end(). A call that slept over a
 * C_Finalize gets CKR_CRYPTOKI_NOT_INITIALIZED, even if the module has been initialised again: its handles are stale.
 */
CK_RV lifecycle_begin(enum function function);

void lifecycle_end(void);

/* With the shared lock: the vendor, and whether the device is there. */
const struct dialect *lifecycle_dialect(void);
bool lifecycle_device_present(void);

/*
 * The plan's word on the device. Going away, and dropping sessions, ends all sessions, their objects and the login.
 * reinitialise: from now on every call fails until the module is initialised again with the device there.
 */
void lifecycle_set_device(bool gone, bool reinitialise, bool drop_sessions);

#endif
