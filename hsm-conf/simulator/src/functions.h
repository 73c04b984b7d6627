/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The functions that the module offers, in PKCS#11's order. A fault can be set for each of them by its name. */
#ifndef SIM_FUNCTIONS_H
#define SIM_FUNCTIONS_H

#define SIM_FUNCTIONS(X)   \
    X(C_Initialize)        \
    X(C_Finalize)          \
    X(C_GetInfo)           \
    X(C_GetSlotList)       \
    X(C_GetSlotInfo)       \
    X(C_GetTokenInfo)      \
    X(C_GetMechanismList)  \
    X(C_GetMechanismInfo)  \
    X(C_OpenSession)       \
    X(C_CloseSession)      \
    X(C_CloseAllSessions)  \
    X(C_GetSessionInfo)    \
    X(C_Login)             \
    X(C_Logout)            \
    X(C_CreateObject)      \
    X(C_DestroyObject)     \
    X(C_GetAttributeValue) \
    X(C_SetAttributeValue) \
    X(C_FindObjectsInit)   \
    X(C_FindObjects)       \
    X(C_FindObjectsFinal)  \
    X(C_EncryptInit)       \
    X(C_Encrypt)           \
    X(C_DecryptInit)       \
    X(C_Decrypt)           \
    X(C_SignInit)          \
    X(C_Sign)              \
    X(C_VerifyInit)        \
    X(C_Verify)            \
    X(C_GenerateKey)       \
    X(C_GenerateKeyPair)   \
    X(C_WrapKey)           \
    X(C_UnwrapKey)         \
    X(C_DeriveKey)         \
    X(C_GenerateRandom)

enum function {
#define X(name) FN_##name,
    SIM_FUNCTIONS(X)
#undef X
    FN_COUNT,
    FN_ANY = FN_COUNT
};

/* The function of that name, or FN_COUNT. */
enum function function_by_name(const char *name);

const char *function_name(enum function function);

#endif
