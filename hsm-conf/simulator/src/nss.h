/* SPDX-License-Identifier: GPL-3.0-or-later */

/* NSS softoken, the token underneath. */
#ifndef SIM_NSS_H
#define SIM_NSS_H

#include "ck.h"

/* NSS's functions. Valid from a successful nss_load() to the end of the process. */
extern CK_FUNCTION_LIST_PTR nss;

/* Loads libsoftokn3.so, once a process. CKR_GENERAL_ERROR, with a line on stderr, when there is none. */
CK_RV nss_load(void);

/* Initialises NSS on the key database in that folder, which must exist. Missing databases are made. */
CK_RV nss_start(const char *folder);

CK_RV nss_stop(void);

/*
 * A session of the module's own, for keys that live for one call. Closing it destroys them, on every path out of
 * the call; and an operation that the caller has begun in its session is not disturbed.
 */
CK_RV nss_open_scratch(CK_SESSION_HANDLE *session);

void nss_close_scratch(CK_SESSION_HANDLE session);

#endif
