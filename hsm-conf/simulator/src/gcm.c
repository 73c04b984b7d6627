/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gcm.h"

#include <string.h>

#include "keys.h"
#include "log.h"
#include "nss.h"

#define CIPHERTEXT_BYTES (SIM_KEY_BYTES + SIM_GCM_TAG_BYTES)

/*
 * CK_GCM_PARAMS comes in two layouts, with ulIvBits (the header of PKCS#11 2.40, and 3.0) and without (the text
 * of 2.40); their lengths tell them apart.
 */
static CK_RV read_parameters(const CK_MECHANISM *mechanism, CK_GCM_PARAMS_V3 *out)
{
    CK_NSS_GCM_PARAMS without_bits;
    if (mechanism->pParameter == NULL) {
        return CKR_MECHANISM_PARAM_INVALID;
    }
    if (mechanism->ulParameterLen == sizeof *out) {
        memcpy(out, mechanism->pParameter, sizeof *out);
    } else if (mechanism->ulParameterLen == sizeof without_bits) {
        memcpy(&without_bits, mechanism->pParameter, sizeof without_bits);
        *out = (CK_GCM_PARAMS_V3){without_bits.pIv,      without_bits.ulIvLen,  without_bits.ulIvLen * 8,
                                  without_bits.pAAD,     without_bits.ulAADLen, without_bits.ulTagBits};
    } else {
        say_verbose("AES-GCM refused: parameter of %lu bytes", mechanism->ulParameterLen);
        return CKR_MECHANISM_PARAM_INVALID;
    }
    return out->pAAD == NULL && out->ulAADLen != 0 ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

static CK_RV check_parameters(const struct dialect *dialect, const CK_GCM_PARAMS_V3 *parameters)
{
    if (parameters->ulTagBits != SIM_GCM_TAG_BYTES * 8) {
        say_verbose("AES-GCM refused: the tag must have 128 bits, not %lu", parameters->ulTagBits);
        return CKR_MECHANISM_PARAM_INVALID;
    }
    if (dialect->own_iv && (parameters->pIv != NULL || parameters->ulIvLen != 0 || parameters->ulIvBits != 0)) {
        say_verbose("AES-GCM refused: the HSM makes the IV; pIv must be null, ulIvLen and ulIvBits 0");
        return CKR_MECHANISM_PARAM_INVALID;
    }
    if (!dialect->own_iv && (parameters->pIv == NULL || parameters->ulIvLen != SIM_GCM_IV_BYTES)) {
        say_verbose("AES-GCM refused: the IV must have 12 bytes");
        return CKR_MECHANISM_PARAM_INVALID;
    }
    if (parameters->ulIvBits != 0 && parameters->ulIvBits != parameters->ulIvLen * 8) {
        say_verbose("AES-GCM refused: ulIvBits is not ulIvLen in bits");
        return CKR_MECHANISM_PARAM_INVALID;
    }
    return CKR_OK;
}

static CK_RV parameters_of(const struct dialect *dialect, const CK_MECHANISM *mechanism, CK_GCM_PARAMS_V3 *out)
{
    CK_RV rv = read_parameters(mechanism, out);
    return rv == CKR_OK ? check_parameters(dialect, out) : rv;
}

static void use_iv(CK_GCM_PARAMS_V3 *parameters, CK_BYTE *iv)
{
    parameters->pIv = iv;
    parameters->ulIvLen = SIM_GCM_IV_BYTES;
    parameters->ulIvBits = SIM_GCM_IV_BYTES * 8;
}

static CK_RV encrypt(CK_SESSION_HANDLE scratch, CK_OBJECT_HANDLE wrapping_key, CK_GCM_PARAMS_V3 *parameters,
                     CK_BYTE clear[SIM_KEY_BYTES], CK_BYTE *out)
{
    CK_OBJECT_HANDLE twin;
    CK_MECHANISM gcm = {CKM_AES_GCM, parameters, sizeof *parameters};
    CK_ULONG length = CIPHERTEXT_BYTES;
    CK_RV rv = key_twin(scratch, wrapping_key, CKA_ENCRYPT, &twin);
    if (rv == CKR_OK) {
        rv = nss->C_EncryptInit(scratch, &gcm, twin);
    }
    return rv == CKR_OK ? nss->C_Encrypt(scratch, clear, SIM_KEY_BYTES, out, &length) : rv;
}

static CK_RV decrypt(CK_SESSION_HANDLE scratch, CK_OBJECT_HANDLE unwrapping_key, CK_GCM_PARAMS_V3 *parameters,
                     CK_BYTE *ciphertext, CK_BYTE clear[SIM_KEY_BYTES])
{
    CK_OBJECT_HANDLE twin;
    CK_MECHANISM gcm = {CKM_AES_GCM, parameters, sizeof *parameters};
    /* NSS wants room for the tag too. */
    CK_BYTE opened[CIPHERTEXT_BYTES];
    CK_ULONG length = sizeof opened;
    CK_RV rv = key_twin(scratch, unwrapping_key, CKA_DECRYPT, &twin);
    if (rv == CKR_OK) {
        rv = nss->C_DecryptInit(scratch, &gcm, twin);
    }
    if (rv == CKR_OK) {
        rv = nss->C_Decrypt(scratch, ciphertext, CIPHERTEXT_BYTES, opened, &length);
    }
    if (rv == CKR_OK) {
        memcpy(clear, opened, SIM_KEY_BYTES);
    }
    explicit_bzero(opened, sizeof opened);
    return rv;
}

static CK_RV wrap_in(CK_SESSION_HANDLE scratch, const struct dialect *dialect, CK_GCM_PARAMS_V3 *parameters,
                     CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE *out)
{
    CK_BYTE clear[SIM_KEY_BYTES];
    CK_RV rv = CKR_OK;
    if (dialect->own_iv) {
        rv = nss->C_GenerateRandom(scratch, out, SIM_GCM_IV_BYTES);
        use_iv(parameters, out);
        out += SIM_GCM_IV_BYTES;
    }
    if (rv == CKR_OK) {
        rv = key_export(scratch, key, clear);
    }
    if (rv == CKR_OK) {
        rv = encrypt(scratch, wrapping_key, parameters, clear, out);
    }
    explicit_bzero(clear, sizeof clear);
    return rv;
}

static CK_ULONG blob_length(const struct dialect *dialect)
{
    return CIPHERTEXT_BYTES + (dialect->own_iv ? SIM_GCM_IV_BYTES : 0);
}

CK_RV gcm_wrap(const struct dialect *dialect, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
               CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_length)
{
    CK_GCM_PARAMS_V3 parameters;
    CK_SESSION_HANDLE scratch;
    CK_RV rv = parameters_of(dialect, mechanism, &parameters);
    if (rv != CKR_OK) {
        return rv;
    }
    CK_ULONG room = *out_length;
    *out_length = blob_length(dialect);
    if (out == NULL || room < *out_length) {
        return out == NULL ? CKR_OK : CKR_BUFFER_TOO_SMALL;
    }
    rv = nss_open_scratch(&scratch);
    if (rv == CKR_OK) {
        rv = wrap_in(scratch, dialect, &parameters, wrapping_key, key, out);
        nss_close_scratch(scratch);
    }
    return rv;
}

static CK_RV open_blob(CK_GCM_PARAMS_V3 *parameters, CK_OBJECT_HANDLE unwrapping_key, CK_BYTE *ciphertext,
                       CK_BYTE clear[SIM_KEY_BYTES])
{
    CK_SESSION_HANDLE scratch;
    CK_RV rv = nss_open_scratch(&scratch);
    if (rv == CKR_OK) {
        rv = decrypt(scratch, unwrapping_key, parameters, ciphertext, clear);
        nss_close_scratch(scratch);
    }
    return rv;
}

CK_RV gcm_unwrap(const struct dialect *dialect, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                 CK_OBJECT_HANDLE unwrapping_key, const CK_BYTE *wrapped, CK_ULONG wrapped_length,
                 struct template *template, CK_OBJECT_HANDLE *key)
{
    CK_GCM_PARAMS_V3 parameters;
    CK_BYTE blob[SIM_GCM_IV_BYTES + CIPHERTEXT_BYTES];
    CK_BYTE *ciphertext = blob;
    CK_BYTE clear[SIM_KEY_BYTES];
    CK_RV rv = parameters_of(dialect, mechanism, &parameters);
    if (rv != CKR_OK) {
        return rv;
    }
    if (wrapped_length != blob_length(dialect)) {
        return CKR_WRAPPED_KEY_LEN_RANGE;
    }
    memcpy(blob, wrapped, wrapped_length);
    if (dialect->own_iv) {
        use_iv(&parameters, blob);
        ciphertext += SIM_GCM_IV_BYTES;
    }
    rv = open_blob(&parameters, unwrapping_key, ciphertext, clear);
    if (rv == CKR_OK) {
        template_add(template, CKA_VALUE, clear, sizeof clear);
        rv = nss->C_CreateObject(session, template->attributes, template->count, key);
    }
    explicit_bzero(clear, sizeof clear);
    return rv;
}
