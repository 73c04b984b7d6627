/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sessions and login. All functions run inside a call (see lifecycle.h), but those that end with _all. */
#ifndef SIM_SESSIONS_H
#define SIM_SESSIONS_H

#include "ck.h"
#include "dialect.h"

/* CKR_SESSION_COUNT when the plan's max-sessions are open. */
CK_RV session_open(CK_SLOT_ID slot, CK_FLAGS flags, CK_SESSION_HANDLE *session);

CK_RV session_close(CK_SESSION_HANDLE session);

CK_RV session_close_all(CK_SLOT_ID slot);

/* CKR_USER_ALREADY_LOGGED_IN goes before any word on the PIN. */
CK_RV session_login(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin,
                    CK_ULONG length);

/* Destroys the private session objects too (PKCS#11 2.40, 5.6, C_Logout), which NSS leaves usable. */
CK_RV session_logout(CK_SESSION_HANDLE session);

CK_ULONG session_count(void);

/* All sessions end, with their objects and the login. The caller holds the lifecycle's lock alone. */
void sessions_drop_all(void);

/* A new life: none is open. */
void sessions_forget_all(void);

#endif
