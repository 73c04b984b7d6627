/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "dialect.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define SECRET_USES (A_ENCRYPT | A_DECRYPT | A_SIGN | A_VERIFY | A_WRAP | A_UNWRAP | A_DERIVE)
#define SECRET_USES_BUT(uses) ((flag_set)(SECRET_USES & ~(uses)))

const struct kind common_kinds[] = {
    {
        .name = "domain key",
        .operation = BY_GENERATE,
        .object_class = CKO_SECRET_KEY,
        .key_type = CKK_AES,
        .on = A_TOKEN | A_PRIVATE | A_SENSITIVE | A_DERIVE,
        .off = A_EXTRACTABLE | A_MODIFIABLE | SECRET_USES_BUT(A_DERIVE),
        .needed = {CKA_VALUE_LEN},
        .value_length = CKA_VALUE_LEN,
    },
    {
        .name = "new customer master key",
        .operation = BY_GENERATE,
        .object_class = CKO_SECRET_KEY,
        .key_type = CKK_AES,
        .on = A_PRIVATE | A_SENSITIVE | A_EXTRACTABLE,
        .off = SECRET_USES,
        .either = A_MODIFIABLE,
        .temporary = true,
        .needed = {CKA_VALUE_LEN},
        .value_length = CKA_VALUE_LEN,
    },
    {
        .name = "unwrapped customer master key",
        .operation = BY_UNWRAP,
        .object_class = CKO_SECRET_KEY,
        .key_type = CKK_AES,
        .on = A_PRIVATE | A_SENSITIVE | A_DERIVE,
        .off = A_EXTRACTABLE | SECRET_USES_BUT(A_DERIVE),
        .either = A_MODIFIABLE,
        .temporary = true,
        .needed = {CKA_KEY_TYPE},
        .value_length = CKA_VALUE_LEN,
    },
    {
        .name = "new secret",
        .operation = BY_GENERATE,
        .object_class = CKO_SECRET_KEY,
        .key_type = CKK_GENERIC_SECRET,
        .on = A_PRIVATE | A_SENSITIVE | A_EXTRACTABLE | A_DERIVE,
        .off = SECRET_USES_BUT(A_DERIVE),
        .either = A_MODIFIABLE,
        .temporary = true,
        .needed = {CKA_VALUE_LEN},
        .value_length = CKA_VALUE_LEN,
    },
    {
        .name = "unwrapped secret",
        .operation = BY_UNWRAP,
        .object_class = CKO_SECRET_KEY,
        .key_type = CKK_GENERIC_SECRET,
        .on = A_PRIVATE | A_SENSITIVE | A_EXTRACTABLE | A_DERIVE,
        .off = SECRET_USES_BUT(A_DERIVE),
        .either = A_MODIFIABLE,
        .temporary = true,
        .needed = {CKA_KEY_TYPE},
        .value_length = CKA_VALUE_LEN,
    },
    {
        .name = "RSA public key",
        .operation = BY_CREATE,
        .object_class = CKO_PUBLIC_KEY,
        .key_type = CKK_RSA,
        .on = A_PRIVATE | A_WRAP,
        .off = A_ENCRYPT | A_VERIFY | A_VERIFY_RECOVER | A_DERIVE,
        .may_miss = A_VERIFY_RECOVER | A_DERIVE,
        .either = A_MODIFIABLE,
        .temporary = true,
        .needed = {CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT},
    },
    {
        .name = "signing key, public half",
        .operation = BY_GENERATE_PAIR,
        .object_class = CKO_PUBLIC_KEY,
        .key_type = CKK_EC,
        .on = A_TOKEN | A_PRIVATE | A_VERIFY,
        .off = A_MODIFIABLE | A_ENCRYPT | A_WRAP | A_DERIVE | A_VERIFY_RECOVER,
        .may_miss = A_DERIVE | A_VERIFY_RECOVER,
        .needed = {CKA_EC_PARAMS},
    },
    {
        .name = "signing key, private half",
        .operation = BY_GENERATE_PAIR,
        .object_class = CKO_PRIVATE_KEY,
        .key_type = CKK_EC,
        .on = A_TOKEN | A_PRIVATE | A_SENSITIVE | A_SIGN,
        .off = A_EXTRACTABLE | A_MODIFIABLE | A_DECRYPT | A_UNWRAP | A_DERIVE | A_SIGN_RECOVER,
        .may_miss = A_SIGN_RECOVER,
    },
    {
        .name = "imported parent key",
        .operation = BY_CREATE,
        .object_class = CKO_SECRET_KEY,
        .key_type = CKK_AES,
        .on = A_PRIVATE | A_SENSITIVE | A_DERIVE,
        .off = A_EXTRACTABLE | SECRET_USES_BUT(A_DERIVE),
        .either = A_TOKEN | A_MODIFIABLE,
        .needs_import = true,
        .needed = {CKA_KEY_TYPE, CKA_VALUE},
    },
};

const size_t common_kind_count = COUNT(common_kinds);

/* Proteccio wants CKA_SIGN and CKA_VERIFY of a key that does AES-GCM. */
static const struct kind proteccio_kek = {
    .name = "KEK",
    .operation = BY_DERIVE,
    .object_class = CKO_SECRET_KEY,
    .key_type = CKK_AES,
    .on = A_PRIVATE | A_SENSITIVE | A_MODIFIABLE | A_WRAP | A_UNWRAP | A_SIGN | A_VERIFY,
    .off = A_EXTRACTABLE | A_ENCRYPT | A_DECRYPT | A_DERIVE,
    .may_miss = A_MODIFIABLE,
    .temporary = true,
    .needed = {CKA_KEY_TYPE, CKA_VALUE_LEN},
    .value_length = CKA_VALUE_LEN,
};

/* CloudHSM refuses to derive a key that is not extractable. */
static const struct kind cloudhsm_kek = {
    .name = "KEK",
    .operation = BY_DERIVE,
    .object_class = CKO_SECRET_KEY,
    .key_type = CKK_AES,
    .on = A_PRIVATE | A_SENSITIVE | A_MODIFIABLE | A_WRAP | A_UNWRAP | A_EXTRACTABLE,
    .off = A_ENCRYPT | A_DECRYPT | A_DERIVE,
    .may_miss = A_MODIFIABLE,
    .either = A_SIGN | A_VERIFY,
    .temporary = true,
    .needed = {CKA_KEY_TYPE, CKA_VALUE_LEN},
    .value_length = CKA_VALUE_LEN,
};

/* Key sizes: bytes for AES and generic secrets, bits for RSA and EC (PKCS#11 2.40 mechanisms, their tables). */
#define COMMON_MECHANISMS                                                             \
    {CKM_AES_KEY_GEN, {32, 32, CKF_HW | CKF_GENERATE}},                               \
    {CKM_GENERIC_SECRET_KEY_GEN, {32, 32, CKF_HW | CKF_GENERATE}},                    \
    {CKM_EC_KEY_PAIR_GEN, {384, 384, CKF_HW | CKF_GENERATE_KEY_PAIR | CKF_EC_F_P}},   \
    {CKM_ECDSA, {384, 384, CKF_HW | CKF_SIGN | CKF_VERIFY | CKF_EC_F_P}},             \
    {CKM_RSA_PKCS_OAEP, {2048, 4096, CKF_HW | CKF_WRAP}}

static const struct mechanism proteccio_mechanisms[] = {
    COMMON_MECHANISMS,
    {CKM_AES_ECB_ENCRYPT_DATA, {32, 32, CKF_HW | CKF_DERIVE}},
    {CKM_AES_GCM, {32, 32, CKF_HW | CKF_WRAP | CKF_UNWRAP}},
};

static const struct mechanism cloudhsm_mechanisms[] = {
    COMMON_MECHANISMS,
    {CKM_CLOUDHSM_SP800_108_COUNTER_KDF, {32, 32, CKF_HW | CKF_DERIVE}},
    {CKM_CLOUDHSM_AES_GCM, {32, 32, CKF_HW | CKF_WRAP | CKF_UNWRAP}},
};

static const struct dialect dialects[] = {
    {
        .name = "proteccio",
        .mechanisms = proteccio_mechanisms,
        .mechanism_count = COUNT(proteccio_mechanisms),
        .kek = &proteccio_kek,
        .derive = CKM_AES_ECB_ENCRYPT_DATA,
        .gcm = CKM_AES_GCM,
    },
    {
        .name = "cloudhsm",
        .mechanisms = cloudhsm_mechanisms,
        .mechanism_count = COUNT(cloudhsm_mechanisms),
        .kek = &cloudhsm_kek,
        .derive = CKM_CLOUDHSM_SP800_108_COUNTER_KDF,
        .gcm = CKM_CLOUDHSM_AES_GCM,
        .own_iv = true,
        .pin_has_user = true,
        .temporary_token_objects = true,
    },
};

const struct dialect *dialect_by_name(const char *name)
{
    if (name == NULL || *name == '\0') {
        return &dialects[0];
    }
    for (size_t i = 0; i < COUNT(dialects); i++) {
        if (strcmp(dialects[i].name, name) == 0) {
            return &dialects[i];
        }
    }
    return NULL;
}

bool dialect_accepts_pin(const struct dialect *dialect, const CK_BYTE *pin, size_t length)
{
    if (!dialect->pin_has_user) {
        return true;
    }
    const CK_BYTE *colon = memchr(pin, ':', length);
    return colon != NULL && colon != pin && colon != pin + length - 1;
}

const struct mechanism *dialect_mechanism(const struct dialect *dialect, CK_MECHANISM_TYPE type, CK_FLAGS use)
{
    for (size_t i = 0; i < dialect->mechanism_count; i++) {
        const struct mechanism *mechanism = &dialect->mechanisms[i];
        if (mechanism->type == type && (mechanism->info.flags & use) == use) {
            return mechanism;
        }
    }
    return NULL;
}
