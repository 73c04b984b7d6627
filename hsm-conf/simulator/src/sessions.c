/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "sessions.h"

#include <stdatomic.h>

#include "faults.h"
#include "nss.h"

/* Sessions of the callers. NSS counts the module's own too. */
static atomic_ulong open_sessions;

static CK_RV count_one_more(void)
{
    CK_ULONG most = faults_max_sessions();
    CK_ULONG count = atomic_fetch_add(&open_sessions, 1) + 1;
    if (most != 0 && count > most) {
        (void)atomic_fetch_sub(&open_sessions, 1);
        return CKR_SESSION_COUNT;
    }
    return CKR_OK;
}

CK_RV session_open(CK_SLOT_ID slot, CK_FLAGS flags, CK_SESSION_HANDLE *session)
{
    if (slot != SIM_SLOT) {
        return CKR_SLOT_ID_INVALID;
    }
    if (session == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_RV rv = count_one_more();
    if (rv != CKR_OK) {
        return rv;
    }
    rv = nss->C_OpenSession(SIM_SLOT, flags, NULL, NULL, session);
    if (rv != CKR_OK) {
        (void)atomic_fetch_sub(&open_sessions, 1);
    }
    return rv;
}

CK_RV session_close(CK_SESSION_HANDLE session)
{
    CK_RV rv = nss->C_CloseSession(session);
    if (rv == CKR_OK) {
        (void)atomic_fetch_sub(&open_sessions, 1);
    }
    return rv;
}

CK_RV session_close_all(CK_SLOT_ID slot)
{
    if (slot != SIM_SLOT) {
        return CKR_SLOT_ID_INVALID;
    }
    CK_RV rv = nss->C_CloseAllSessions(SIM_SLOT);
    if (rv == CKR_OK) {
        atomic_store(&open_sessions, 0);
    }
    return rv;
}

CK_ULONG session_count(void)
{
    return atomic_load(&open_sessions);
}

void sessions_drop_all(void)
{
    (void)session_close_all(SIM_SLOT);
}

void sessions_forget_all(void)
{
    atomic_store(&open_sessions, 0);
}

static CK_RV refuse_pin(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;
    CK_RV rv = nss->C_GetSessionInfo(session, &info);
    if (rv != CKR_OK) {
        return rv;
    }
    bool logged_in = info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
    return logged_in ? CKR_USER_ALREADY_LOGGED_IN : CKR_PIN_INCORRECT;
}

CK_RV session_login(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin,
                    CK_ULONG length)
{
    if (user != CKU_USER) {
        return CKR_USER_TYPE_INVALID;
    }
    if (pin == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    if (!dialect_accepts_pin(dialect, pin, length)) {
        return refuse_pin(session);
    }
    return nss->C_Login(session, CKU_USER, pin, length);
}

static CK_RV destroy_private_session_objects(CK_SESSION_HANDLE session)
{
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE template[] = {{CKA_TOKEN, &no, sizeof no}, {CKA_PRIVATE, &yes, sizeof yes}};
    CK_OBJECT_HANDLE objects[32];
    CK_ULONG count = 0;
    CK_RV rv = nss->C_FindObjectsInit(session, template, 2);
    if (rv != CKR_OK) {
        return rv;
    }
    do {
        rv = nss->C_FindObjects(session, objects, sizeof objects / sizeof objects[0], &count);
        for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++) {
            (void)nss->C_DestroyObject(session, objects[i]);
        }
    } while (rv == CKR_OK && count > 0);
    (void)nss->C_FindObjectsFinal(session);
    return rv;
}

CK_RV session_logout(CK_SESSION_HANDLE session)
{
    CK_SESSION_HANDLE scratch;
    CK_RV rv = nss_open_scratch(&scratch);
    if (rv != CKR_OK) {
        return rv;
    }
    (void)destroy_private_session_objects(scratch);
    nss_close_scratch(scratch);
    return nss->C_Logout(session);
}
