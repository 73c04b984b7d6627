/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "nss.h"

/* The PIN for a new token, or null, with a line on stderr. */
static const char *pin_for_new_token(const struct dialect *dialect)
{
    const char *pin = getenv("SK_SIMULATOR_PIN");
    if (pin == NULL || *pin == '\0') {
        say("the token has no PIN yet: set SK_SIMULATOR_PIN for this first use");
        return NULL;
    }
    if (!dialect_accepts_pin(dialect, (const CK_BYTE *)pin, strlen(pin))) {
        say("SK_SIMULATOR_PIN must have the form user:password for %s", dialect->name);
        return NULL;
    }
    return pin;
}

/* Makes the folder if it is missing, and locks it. Returns a descriptor that holds the lock, or -1. */
static int lock_folder(const char *folder)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        say("cannot make the token's folder %s: %s", folder, strerror(errno));
        return -1;
    }
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || flock(descriptor, LOCK_EX) != 0) {
        say("cannot use the token's folder %s: %s", folder, strerror(errno));
        if (descriptor >= 0) {
            (void)close(descriptor);
        }
        return -1;
    }
    return descriptor;
}

static bool has_key_database(int folder)
{
    return faccessat(folder, "key4.db", F_OK, 0) == 0;
}

/* NSS: the security officer of a database without a password has the empty one, and sets the user's first. */
static CK_RV set_first_pin(CK_SESSION_HANDLE session, const char *pin)
{
    CK_BYTE empty[1] = {0};
    CK_RV rv = nss->C_Login(session, CKU_SO, empty, 0);
    if (rv != CKR_OK) {
        return rv;
    }
    rv = nss->C_InitPIN(session, (CK_UTF8CHAR *)(uintptr_t)pin, strlen(pin));
    (void)nss->C_Logout(session);
    return rv;
}

static CK_RV ensure_pin(const struct dialect *dialect)
{
    CK_TOKEN_INFO info;
    CK_RV rv = nss->C_GetTokenInfo(SIM_SLOT, &info);
    if (rv != CKR_OK || (info.flags & CKF_USER_PIN_INITIALIZED) != 0) {
        return rv;
    }
    const char *pin = pin_for_new_token(dialect);
    if (pin == NULL) {
        return CKR_GENERAL_ERROR;
    }
    CK_SESSION_HANDLE session;
    rv = nss->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
    if (rv != CKR_OK) {
        return rv;
    }
    rv = set_first_pin(session, pin);
    (void)nss->C_CloseSession(session);
    if (rv != CKR_OK) {
        say("NSS did not take the PIN of SK_SIMULATOR_PIN: 0x%lx", rv);
    }
    return rv;
}

static CK_RV start_in(const char *folder, int descriptor, const struct dialect *dialect)
{
    /* Asked before NSS makes its databases, so that a missing PIN leaves nothing behind. */
    if (!has_key_database(descriptor) && pin_for_new_token(dialect) == NULL) {
        return CKR_GENERAL_ERROR;
    }
    CK_RV rv = nss_start(folder);
    if (rv != CKR_OK) {
        return rv;
    }
    rv = ensure_pin(dialect);
    if (rv != CKR_OK) {
        (void)nss_stop();
    }
    return rv;
}

CK_RV token_start(const struct dialect *dialect)
{
    const char *folder = getenv("SK_SIMULATOR_TOKEN");
    if (folder == NULL || *folder == '\0') {
        say("SK_SIMULATOR_TOKEN is not set: it names the token's folder");
        return CKR_GENERAL_ERROR;
    }
    int descriptor = lock_folder(folder);
    if (descriptor < 0) {
        return CKR_GENERAL_ERROR;
    }
    CK_RV rv = start_in(folder, descriptor, dialect);
    (void)close(descriptor);
    return rv;
}
