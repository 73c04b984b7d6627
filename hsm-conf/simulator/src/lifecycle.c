/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lifecycle.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "control.h"
#include "faults.h"
#include "log.h"
#include "nss.h"
#include "sessions.h"
#include "token.h"

/* One C_Initialize or C_Finalize at a time. Taken before in_nss, never after it. */
static pthread_mutex_t life = PTHREAD_MUTEX_INITIALIZER;

/* A writer that waits keeps new readers out, or sessions would never be dropped under load. */
static pthread_rwlock_t in_nss = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

/* Odd while the module is initialised; each C_Initialize and each C_Finalize adds one. */
static atomic_ulong generation;

/* Written with in_nss held alone. */
static const struct dialect *dialect;
static bool device_gone;
static bool reinitialisation_due;

static bool is_alive(unsigned long at)
{
    return (at & 1UL) != 0;
}

static bool works_without_device(enum function function)
{
    return function == FN_C_GetInfo || function == FN_C_GetSlotList || function == FN_C_GetSlotInfo;
}

static CK_RV enter(enum function function, unsigned long at)
{
    (void)pthread_rwlock_rdlock(&in_nss);
    CK_RV rv = CKR_OK;
    if (atomic_load(&generation) != at) {
        rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    } else if (works_without_device(function)) {
        rv = CKR_OK;
    } else if (device_gone) {
        rv = CKR_DEVICE_REMOVED;
    } else if (reinitialisation_due) {
        rv = CKR_DEVICE_ERROR;
    }
    if (rv != CKR_OK) {
        (void)pthread_rwlock_unlock(&in_nss);
    }
    return rv;
}

CK_RV lifecycle_begin(enum function function)
{
    unsigned long at = atomic_load(&generation);
    if (!is_alive(at)) {
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    }
    control_look();
    CK_RV rv = faults_before(function);
    return rv == CKR_OK ? enter(function, at) : rv;
}

void lifecycle_end(void)
{
    (void)pthread_rwlock_unlock(&in_nss);
}

const struct dialect *lifecycle_dialect(void)
{
    return dialect;
}

bool lifecycle_device_present(void)
{
    return !device_gone;
}

void lifecycle_set_device(bool gone, bool reinitialise, bool drop_sessions)
{
    (void)pthread_rwlock_wrlock(&in_nss);
    if ((drop_sessions || (gone && !device_gone)) && is_alive(atomic_load(&generation))) {
        sessions_drop_all();
    }
    device_gone = gone;
    reinitialisation_due = reinitialisation_due || reinitialise;
    (void)pthread_rwlock_unlock(&in_nss);
}

/* PKCS#11 2.40, 5.4: all four functions or none, and these only if the library may do without the system's locks. */
static CK_RV check_arguments(const CK_C_INITIALIZE_ARGS *arguments)
{
    if (arguments == NULL) {
        return CKR_OK;
    }
    int functions = (arguments->CreateMutex != NULL) + (arguments->DestroyMutex != NULL)
                    + (arguments->LockMutex != NULL) + (arguments->UnlockMutex != NULL);
    if (arguments->LibraryParameters != NULL || (functions != 0 && functions != 4)) {
        return CKR_ARGUMENTS_BAD;
    }
    if (functions == 4 && (arguments->flags & CKF_OS_LOCKING_OK) == 0) {
        return CKR_CANT_LOCK;
    }
    return (arguments->flags & CKF_LIBRARY_CANT_CREATE_OS_THREADS) != 0 ? CKR_NEED_TO_CREATE_THREADS : CKR_OK;
}

static CK_RV choose_dialect(const struct dialect **chosen)
{
    const char *vendor = getenv("SK_SIMULATOR_VENDOR");
    *chosen = dialect_by_name(vendor);
    if (*chosen == NULL) {
        say("SK_SIMULATOR_VENDOR must be proteccio or cloudhsm, not %s", vendor);
        return CKR_GENERAL_ERROR;
    }
    return CKR_OK;
}

static CK_RV start_token(const struct dialect *chosen)
{
    CK_RV rv = nss_load();
    if (rv == CKR_OK) {
        rv = token_start(chosen);
    }
    if (rv != CKR_OK) {
        return rv;
    }
    (void)pthread_rwlock_wrlock(&in_nss);
    dialect = chosen;
    sessions_forget_all();
    (void)atomic_fetch_add(&generation, 1);
    (void)pthread_rwlock_unlock(&in_nss);
    return CKR_OK;
}

static void forget_device(void)
{
    (void)pthread_rwlock_wrlock(&in_nss);
    device_gone = false;
    reinitialisation_due = false;
    (void)pthread_rwlock_unlock(&in_nss);
}

static CK_RV stop(void)
{
    (void)pthread_rwlock_wrlock(&in_nss);
    CK_RV rv = nss_stop();
    (void)pthread_rwlock_unlock(&in_nss);
    return rv;
}

static CK_RV start(void)
{
    const struct dialect *chosen;
    log_start();
    say("this is a SIMULATOR, NOT AN HSM: it protects nothing. For development and tests only.");
    CK_RV rv = choose_dialect(&chosen);
    if (rv == CKR_OK) {
        forget_device();
        rv = control_read();
    }
    if (rv != CKR_OK) {
        return rv;
    }
    rv = faults_before(FN_C_Initialize);
    if (rv == CKR_OK) {
        rv = start_token(chosen);
    }
    if (rv == CKR_OK && (rv = control_watch()) != CKR_OK) {
        (void)atomic_fetch_add(&generation, 1);
        (void)stop();
    }
    if (rv != CKR_OK) {
        control_stop();
    }
    return rv;
}

CK_RV lifecycle_initialize(CK_VOID_PTR arguments)
{
    CK_RV rv = check_arguments(arguments);
    if (rv != CKR_OK) {
        return rv;
    }
    (void)pthread_mutex_lock(&life);
    rv = is_alive(atomic_load(&generation)) ? CKR_CRYPTOKI_ALREADY_INITIALIZED : start();
    (void)pthread_mutex_unlock(&life);
    return rv;
}

CK_RV lifecycle_finalize(CK_VOID_PTR reserved)
{
    if (reserved != NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    (void)pthread_mutex_lock(&life);
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    if (is_alive(atomic_load(&generation))) {
        control_look();
        rv = faults_before(FN_C_Finalize);
    }
    if (rv == CKR_OK) {
        /* First no call begins any more; then those that hang go on, and see that they are late. */
        (void)atomic_fetch_add(&generation, 1);
        control_stop();
        rv = stop();
    }
    (void)pthread_mutex_unlock(&life);
    return rv;
}
