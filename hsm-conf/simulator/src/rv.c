/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "rv.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CODES(X)                        \
    X(CKR_OK)                           \
    X(CKR_CANCEL)                       \
    X(CKR_HOST_MEMORY)                  \
    X(CKR_SLOT_ID_INVALID)              \
    X(CKR_GENERAL_ERROR)                \
    X(CKR_FUNCTION_FAILED)              \
    X(CKR_ARGUMENTS_BAD)                \
    X(CKR_ATTRIBUTE_READ_ONLY)          \
    X(CKR_ATTRIBUTE_SENSITIVE)          \
    X(CKR_ATTRIBUTE_TYPE_INVALID)       \
    X(CKR_ATTRIBUTE_VALUE_INVALID)      \
    X(CKR_DATA_INVALID)                 \
    X(CKR_DATA_LEN_RANGE)               \
    X(CKR_DEVICE_ERROR)                 \
    X(CKR_DEVICE_MEMORY)                \
    X(CKR_DEVICE_REMOVED)               \
    X(CKR_ENCRYPTED_DATA_INVALID)       \
    X(CKR_ENCRYPTED_DATA_LEN_RANGE)     \
    X(CKR_FUNCTION_CANCELED)            \
    X(CKR_FUNCTION_NOT_SUPPORTED)       \
    X(CKR_KEY_HANDLE_INVALID)           \
    X(CKR_KEY_SIZE_RANGE)               \
    X(CKR_KEY_TYPE_INCONSISTENT)        \
    X(CKR_KEY_FUNCTION_NOT_PERMITTED)   \
    X(CKR_KEY_NOT_WRAPPABLE)            \
    X(CKR_KEY_UNEXTRACTABLE)            \
    X(CKR_MECHANISM_INVALID)            \
    X(CKR_MECHANISM_PARAM_INVALID)      \
    X(CKR_OBJECT_HANDLE_INVALID)        \
    X(CKR_OPERATION_ACTIVE)             \
    X(CKR_OPERATION_NOT_INITIALIZED)    \
    X(CKR_PIN_INCORRECT)                \
    X(CKR_PIN_INVALID)                  \
    X(CKR_PIN_LEN_RANGE)                \
    X(CKR_PIN_EXPIRED)                  \
    X(CKR_PIN_LOCKED)                   \
    X(CKR_SESSION_CLOSED)               \
    X(CKR_SESSION_COUNT)                \
    X(CKR_SESSION_HANDLE_INVALID)       \
    X(CKR_SESSION_READ_ONLY)            \
    X(CKR_SIGNATURE_INVALID)            \
    X(CKR_TEMPLATE_INCOMPLETE)          \
    X(CKR_TEMPLATE_INCONSISTENT)        \
    X(CKR_TOKEN_NOT_PRESENT)            \
    X(CKR_TOKEN_NOT_RECOGNIZED)         \
    X(CKR_UNWRAPPING_KEY_HANDLE_INVALID) \
    X(CKR_USER_ALREADY_LOGGED_IN)       \
    X(CKR_USER_NOT_LOGGED_IN)           \
    X(CKR_USER_PIN_NOT_INITIALIZED)     \
    X(CKR_WRAPPED_KEY_INVALID)          \
    X(CKR_WRAPPED_KEY_LEN_RANGE)        \
    X(CKR_WRAPPING_KEY_HANDLE_INVALID)  \
    X(CKR_RANDOM_NO_RNG)                \
    X(CKR_BUFFER_TOO_SMALL)             \
    X(CKR_CRYPTOKI_NOT_INITIALIZED)     \
    X(CKR_CRYPTOKI_ALREADY_INITIALIZED) \
    X(CKR_VENDOR_DEFINED)

static const struct {
    const char *name;
    CK_RV rv;
} codes[] = {
#define X(code) {#code, code},
    CODES(X)
#undef X
};

static bool by_number(const char *text, CK_RV *rv)
{
    char *end;
    if (!isdigit((unsigned char)*text)) {
        return false;
    }
    errno = 0;
    *rv = strtoul(text, &end, 0);
    return errno == 0 && *end == '\0';
}

bool rv_by_name(const char *text, CK_RV *rv)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(codes[i].name, text) == 0) {
            *rv = codes[i].rv;
            return true;
        }
    }
    return by_number(text, rv);
}
