/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "operations.h"

#include <string.h>

#include "derive.h"
#include "gcm.h"
#include "keys.h"
#include "log.h"
#include "nss.h"
#include "rules.h"

static CK_RV check_mechanism(const struct dialect *dialect, const CK_MECHANISM *mechanism, CK_FLAGS use)
{
    if (mechanism == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    if (dialect_mechanism(dialect, mechanism->mechanism, use) == NULL) {
        say_verbose("mechanism 0x%lx is not offered for this by %s", mechanism->mechanism, dialect->name);
        return CKR_MECHANISM_INVALID;
    }
    return CKR_OK;
}

static CK_RV check_no_parameter(const CK_MECHANISM *mechanism)
{
    return mechanism->ulParameterLen == 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

/* A session that is gone is told before a key that is gone with it. */
static CK_RV prepare(const struct dialect *dialect, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                     CK_FLAGS use)
{
    CK_RV rv = check_session(session);
    return rv == CKR_OK ? check_mechanism(dialect, mechanism, use) : rv;
}

CK_RV generate_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                   CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    struct template complete;
    CK_RV rv = prepare(dialect, session, mechanism, CKF_GENERATE);
    if (rv == CKR_OK) {
        rv = check_no_parameter(mechanism);
    }
    if (rv == CKR_OK) {
        CK_KEY_TYPE type = mechanism->mechanism == CKM_AES_KEY_GEN ? CKK_AES : CKK_GENERIC_SECRET;
        rv = rules_complete(dialect, BY_GENERATE, CKO_SECRET_KEY, type, template, count, &complete);
    }
    return rv == CKR_OK ? nss->C_GenerateKey(session, mechanism, complete.attributes, complete.count, key) : rv;
}

CK_RV generate_key_pair(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                        CK_ATTRIBUTE *public_template, CK_ULONG public_count, CK_ATTRIBUTE *private_template,
                        CK_ULONG private_count, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
    struct template public_half;
    struct template private_half;
    CK_RV rv = prepare(dialect, session, mechanism, CKF_GENERATE_KEY_PAIR);
    if (rv == CKR_OK) {
        rv = check_no_parameter(mechanism);
    }
    if (rv == CKR_OK) {
        rv = rules_complete(dialect, BY_GENERATE_PAIR, CKO_PUBLIC_KEY, CKK_EC, public_template, public_count,
                            &public_half);
    }
    if (rv == CKR_OK) {
        rv = rules_complete(dialect, BY_GENERATE_PAIR, CKO_PRIVATE_KEY, CKK_EC, private_template, private_count,
                            &private_half);
    }
    return rv == CKR_OK ? nss->C_GenerateKeyPair(session, mechanism, public_half.attributes, public_half.count,
                                                 private_half.attributes, private_half.count, public_key,
                                                 private_key)
                        : rv;
}

static CK_RV check_may_leave(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    static const struct demand extractable = {CKA_EXTRACTABLE, CKR_KEY_UNEXTRACTABLE, CKR_KEY_HANDLE_INVALID};
    CK_RV rv = key_demand(session, key, &extractable);
    if (rv == CKR_OK && key_is(session, key, CKO_SECRET_KEY, CKK_AES, CKR_KEY_NOT_WRAPPABLE) != CKR_OK) {
        rv = key_is(session, key, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_KEY_NOT_WRAPPABLE);
    }
    return rv;
}

/* SHA-256, MGF1 with SHA-256, source "specified", no label. */
static CK_RV check_oaep(const CK_MECHANISM *mechanism)
{
    CK_RSA_PKCS_OAEP_PARAMS given;
    if (mechanism->pParameter == NULL || mechanism->ulParameterLen != sizeof given) {
        return CKR_MECHANISM_PARAM_INVALID;
    }
    memcpy(&given, mechanism->pParameter, sizeof given);
    return given.hashAlg == CKM_SHA256 && given.mgf == CKG_MGF1_SHA256 && given.source == CKZ_DATA_SPECIFIED
                   && given.pSourceData == NULL && given.ulSourceDataLen == 0
               ? CKR_OK
               : CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV wrap_oaep(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
                       CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_length)
{
    CK_RV rv = check_oaep(mechanism);
    if (rv == CKR_OK) {
        rv = key_is(session, wrapping_key, CKO_PUBLIC_KEY, CKK_RSA, CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
    }
    return rv == CKR_OK ? nss->C_WrapKey(session, mechanism, wrapping_key, key, out, out_length) : rv;
}

CK_RV wrap_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
               CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_length)
{
    static const struct demand may_wrap = {CKA_WRAP, CKR_KEY_FUNCTION_NOT_PERMITTED,
                                           CKR_WRAPPING_KEY_HANDLE_INVALID};
    if (out_length == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_RV rv = prepare(dialect, session, mechanism, CKF_WRAP);
    if (rv == CKR_OK) {
        rv = key_demand(session, wrapping_key, &may_wrap);
    }
    if (rv == CKR_OK) {
        rv = check_may_leave(session, key);
    }
    if (rv == CKR_OK && mechanism->mechanism == CKM_RSA_PKCS_OAEP) {
        return wrap_oaep(session, mechanism, wrapping_key, key, out, out_length);
    }
    if (rv == CKR_OK) {
        rv = key_is(session, wrapping_key, CKO_SECRET_KEY, CKK_AES, CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
    }
    return rv == CKR_OK ? gcm_wrap(dialect, mechanism, wrapping_key, key, out, out_length) : rv;
}

CK_RV unwrap_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                 CK_OBJECT_HANDLE unwrapping_key, CK_BYTE *wrapped, CK_ULONG wrapped_length, CK_ATTRIBUTE *template,
                 CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    static const struct demand may_unwrap = {CKA_UNWRAP, CKR_KEY_FUNCTION_NOT_PERMITTED,
                                             CKR_UNWRAPPING_KEY_HANDLE_INVALID};
    struct template complete;
    if (wrapped == NULL || key == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_RV rv = prepare(dialect, session, mechanism, CKF_UNWRAP);
    if (rv == CKR_OK) {
        rv = key_demand(session, unwrapping_key, &may_unwrap);
    }
    if (rv == CKR_OK) {
        rv = key_is(session, unwrapping_key, CKO_SECRET_KEY, CKK_AES, CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT);
    }
    if (rv == CKR_OK) {
        rv = rules_complete(dialect, BY_UNWRAP, CK_UNAVAILABLE_INFORMATION, CK_UNAVAILABLE_INFORMATION, template,
                            count, &complete);
    }
    return rv == CKR_OK ? gcm_unwrap(dialect, session, mechanism, unwrapping_key, wrapped, wrapped_length, &complete,
                                     key)
                        : rv;
}

CK_RV derive_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                 CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    static const struct demand may_derive = {CKA_DERIVE, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_HANDLE_INVALID};
    struct template complete;
    CK_RV rv = prepare(dialect, session, mechanism, CKF_DERIVE);
    if (rv == CKR_OK) {
        rv = key_demand(session, base_key, &may_derive);
    }
    if (rv == CKR_OK) {
        rv = key_is(session, base_key, CKO_SECRET_KEY, CKK_AES, CKR_KEY_TYPE_INCONSISTENT);
    }
    if (rv == CKR_OK) {
        rv = rules_complete(dialect, BY_DERIVE, CK_UNAVAILABLE_INFORMATION, CK_UNAVAILABLE_INFORMATION, template,
                            count, &complete);
    }
    return rv == CKR_OK ? derive(session, mechanism, base_key, &complete, key) : rv;
}

CK_RV sign_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                CK_OBJECT_HANDLE key)
{
    static const struct demand may_sign = {CKA_SIGN, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_HANDLE_INVALID};
    CK_RV rv = prepare(dialect, session, mechanism, CKF_SIGN);
    if (rv == CKR_OK) {
        rv = key_demand(session, key, &may_sign);
    }
    return rv == CKR_OK ? nss->C_SignInit(session, mechanism, key) : rv;
}

CK_RV verify_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                  CK_OBJECT_HANDLE key)
{
    static const struct demand may_verify = {CKA_VERIFY, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_HANDLE_INVALID};
    CK_RV rv = prepare(dialect, session, mechanism, CKF_VERIFY);
    if (rv == CKR_OK) {
        rv = key_demand(session, key, &may_verify);
    }
    return rv == CKR_OK ? nss->C_VerifyInit(session, mechanism, key) : rv;
}

static CK_RV refuse_cipher(const struct dialect *dialect, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                           CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE use, CK_FLAGS flag)
{
    const struct demand may = {use, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_HANDLE_INVALID};
    CK_RV rv = check_session(session);
    if (rv == CKR_OK) {
        rv = key_demand(session, key, &may);
    }
    return rv == CKR_OK ? check_mechanism(dialect, mechanism, flag) : rv;
}

CK_RV encrypt_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                   CK_OBJECT_HANDLE key)
{
    CK_RV rv = refuse_cipher(dialect, session, mechanism, key, CKA_ENCRYPT, CKF_ENCRYPT);
    return rv == CKR_OK ? CKR_FUNCTION_NOT_SUPPORTED : rv;
}

CK_RV decrypt_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                   CK_OBJECT_HANDLE key)
{
    CK_RV rv = refuse_cipher(dialect, session, mechanism, key, CKA_DECRYPT, CKF_DECRYPT);
    return rv == CKR_OK ? CKR_FUNCTION_NOT_SUPPORTED : rv;
}

/* NSS does not look at the session. */
CK_RV generate_random(CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG length)
{
    CK_RV rv = check_session(session);
    return rv == CKR_OK ? nss->C_GenerateRandom(session, out, length) : rv;
}
