/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "derive.h"

#include <string.h>

#include "keys.h"
#include "log.h"
#include "nss.h"

/*
 * CloudHSM's counter KDF. Three fields, where PKCS#11 3.0 has five, and numbers of its own for the data parameters.
 * A width is a CK_ULONG in each format, without the endianness that PKCS#11 3.0 has there: it is always big-endian.
 */
struct vendor_kdf {
    CK_MECHANISM_TYPE prf;
    CK_ULONG count;
    void *parameters;
};

struct vendor_data {
    CK_ULONG type;
    void *value;
    CK_ULONG length;
};

struct vendor_dkm_length {
    CK_ULONG method;
    CK_ULONG width_in_bits;
};

enum { VENDOR_COUNTER = 4, VENDOR_LABEL = 5, VENDOR_CONTEXT = 6, VENDOR_DKM_LENGTH = 7, VENDOR_OPTIONAL_COUNTER = 8 };

#define DATA_COUNT 4
#define WIDTH_IN_BITS 32

/* What NSS's parameters point to. */
struct translation {
    CK_SP800_108_COUNTER_FORMAT counter;
    CK_SP800_108_DKM_LENGTH_FORMAT dkm_length;
    CK_PRF_DATA_PARAM data[DATA_COUNT];
};

static CK_RV refuse(const char *why)
{
    say_verbose("derivation refused: %s", why);
    return CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV translate_counter(const struct vendor_data *from, struct translation *out, CK_PRF_DATA_PARAM *to)
{
    CK_ULONG width;
    if (from->length != sizeof width) {
        return refuse("the counter format is no CK_ULONG");
    }
    memcpy(&width, from->value, sizeof width);
    if (width != WIDTH_IN_BITS) {
        return refuse("the counter must have 32 bits");
    }
    out->counter = (CK_SP800_108_COUNTER_FORMAT){CK_FALSE, WIDTH_IN_BITS};
    *to = (CK_PRF_DATA_PARAM){CK_SP800_108_ITERATION_VARIABLE, &out->counter, sizeof out->counter};
    return CKR_OK;
}

static CK_RV translate_dkm_length(const struct vendor_data *from, struct translation *out, CK_PRF_DATA_PARAM *to)
{
    struct vendor_dkm_length format;
    if (from->length != sizeof format) {
        return refuse("the DKM length format is not two CK_ULONGs");
    }
    memcpy(&format, from->value, sizeof format);
    if (format.method != CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS || format.width_in_bits != WIDTH_IN_BITS) {
        return refuse("the DKM length must be the sum of keys, in 32 bits");
    }
    out->dkm_length =
        (CK_SP800_108_DKM_LENGTH_FORMAT){CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_FALSE, WIDTH_IN_BITS};
    *to = (CK_PRF_DATA_PARAM){CK_SP800_108_DKM_LENGTH, &out->dkm_length, sizeof out->dkm_length};
    return CKR_OK;
}

static CK_RV translate_one(const struct vendor_data *from, struct translation *out, CK_PRF_DATA_PARAM *to)
{
    if (from->value == NULL || from->length == 0) {
        return refuse("a data parameter is empty");
    }
    switch (from->type) {
    case VENDOR_COUNTER:
        return translate_counter(from, out, to);
    case VENDOR_DKM_LENGTH:
        return translate_dkm_length(from, out, to);
    case VENDOR_LABEL:
    case VENDOR_CONTEXT:
        *to = (CK_PRF_DATA_PARAM){CK_SP800_108_BYTE_ARRAY, from->value, from->length};
        return CKR_OK;
    case VENDOR_OPTIONAL_COUNTER:
        return refuse("the optional counter is not needed here");
    default:
        return refuse("a data parameter has none of the vendor's numbers");
    }
}

/* Each of the four exactly once; their order is the order in the hashed text. */
static CK_RV translate(const struct vendor_kdf *from, struct translation *out)
{
    unsigned int seen = 0;
    for (size_t i = 0; i < DATA_COUNT; i++) {
        struct vendor_data data;
        memcpy(&data, (const CK_BYTE *)from->parameters + i * sizeof data, sizeof data);
        CK_RV rv = translate_one(&data, out, &out->data[i]);
        if (rv != CKR_OK) {
            return rv;
        }
        if ((seen & (1U << data.type)) != 0) {
            return refuse("a data parameter is there twice");
        }
        seen |= 1U << data.type;
    }
    return CKR_OK;
}

/* NSS's KDF makes no extractable key from one that is not; the vendor makes its KEK that way, and no other. */
static CK_RV derive_from_twin(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key,
                              struct template *template, CK_OBJECT_HANDLE *key)
{
    CK_SESSION_HANDLE scratch;
    CK_OBJECT_HANDLE twin;
    CK_RV rv = nss_open_scratch(&scratch);
    if (rv != CKR_OK) {
        return rv;
    }
    rv = key_twin(scratch, base_key, CKA_EXTRACTABLE, &twin);
    if (rv == CKR_OK) {
        rv = nss->C_DeriveKey(session, mechanism, twin, template->attributes, template->count, key);
    }
    nss_close_scratch(scratch);
    return rv;
}

static CK_RV derive_cloudhsm(CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key,
                             struct template *template, CK_OBJECT_HANDLE *key)
{
    struct vendor_kdf given;
    struct translation translation;
    if (mechanism->pParameter == NULL || mechanism->ulParameterLen != sizeof given) {
        return refuse("the parameter must have three fields, 24 bytes");
    }
    memcpy(&given, mechanism->pParameter, sizeof given);
    if (given.prf != CKM_SHA256_HMAC || given.count != DATA_COUNT || given.parameters == NULL) {
        return refuse("PRF 0x251 and four data parameters are wanted");
    }
    CK_RV rv = translate(&given, &translation);
    if (rv != CKR_OK) {
        return rv;
    }
    CK_SP800_108_KDF_PARAMS parameters = {CKM_SHA256_HMAC, DATA_COUNT, translation.data, 0, NULL};
    CK_MECHANISM translated = {CKM_SP800_108_COUNTER_KDF, &parameters, sizeof parameters};
    return derive_from_twin(session, &translated, base_key, template, key);
}

static CK_RV derive_proteccio(CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key,
                              struct template *template, CK_OBJECT_HANDLE *key)
{
    CK_KEY_DERIVATION_STRING_DATA data;
    if (mechanism->pParameter == NULL || mechanism->ulParameterLen != sizeof data) {
        return refuse("the parameter must be {pData, ulLen}");
    }
    memcpy(&data, mechanism->pParameter, sizeof data);
    if (data.pData == NULL || data.ulLen != SIM_KEY_BYTES) {
        return refuse("ulLen must be 32");
    }
    CK_MECHANISM same = {CKM_AES_ECB_ENCRYPT_DATA, &data, sizeof data};
    return nss->C_DeriveKey(session, &same, base_key, template->attributes, template->count, key);
}

CK_RV derive(CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key,
             struct template *template, CK_OBJECT_HANDLE *key)
{
    return mechanism->mechanism == CKM_AES_ECB_ENCRYPT_DATA
               ? derive_proteccio(session, mechanism, base_key, template, key)
               : derive_cloudhsm(session, mechanism, base_key, template, key);
}
