/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "rules.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

static const CK_BBOOL yes = CK_TRUE;
static const CK_BBOOL no = CK_FALSE;

/* The bit of each flag is its place here. */
static const struct {
    CK_ATTRIBUTE_TYPE type;
    const char *name;
} flags[A_COUNT] = {
    {CKA_TOKEN, "CKA_TOKEN"},
    {CKA_PRIVATE, "CKA_PRIVATE"},
    {CKA_SENSITIVE, "CKA_SENSITIVE"},
    {CKA_EXTRACTABLE, "CKA_EXTRACTABLE"},
    {CKA_MODIFIABLE, "CKA_MODIFIABLE"},
    {CKA_ENCRYPT, "CKA_ENCRYPT"},
    {CKA_DECRYPT, "CKA_DECRYPT"},
    {CKA_SIGN, "CKA_SIGN"},
    {CKA_SIGN_RECOVER, "CKA_SIGN_RECOVER"},
    {CKA_VERIFY, "CKA_VERIFY"},
    {CKA_VERIFY_RECOVER, "CKA_VERIFY_RECOVER"},
    {CKA_WRAP, "CKA_WRAP"},
    {CKA_UNWRAP, "CKA_UNWRAP"},
    {CKA_DERIVE, "CKA_DERIVE"},
};

/* secp384r1, 1.3.132.0.34, as a DER object identifier. */
static const CK_BYTE p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};

static flag_set flag_of(CK_ATTRIBUTE_TYPE type)
{
    for (unsigned int i = 0; i < A_COUNT; i++) {
        if (flags[i].type == type) {
            return 1U << i;
        }
    }
    return 0;
}

static const CK_ATTRIBUTE *find(const CK_ATTRIBUTE *given, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
    for (CK_ULONG i = 0; i < count; i++) {
        if (given[i].type == type) {
            return &given[i];
        }
    }
    return NULL;
}

void template_add(struct template *out, CK_ATTRIBUTE_TYPE type, const void *value, CK_ULONG length)
{
    CK_ATTRIBUTE *attribute = &out->attributes[out->count++];
    attribute->type = type;
    attribute->pValue = (void *)(uintptr_t)value;
    attribute->ulValueLen = length;
}

static CK_RV refuse(const struct kind *kind, CK_ATTRIBUTE_TYPE type, const char *why, CK_RV rv)
{
    const char *name = "attribute";
    for (unsigned int i = 0; i < A_COUNT; i++) {
        if (flags[i].type == type) {
            name = flags[i].name;
        }
    }
    say_verbose("template of a %s refused: %s (0x%lx) %s", kind != NULL ? kind->name : "key", name, type, why);
    return rv;
}

/* The template may say what the mechanism makes, but nothing else. */
static CK_RV read_number(const CK_ATTRIBUTE *given, CK_ULONG count, CK_ATTRIBUTE_TYPE type, CK_ULONG *value)
{
    const CK_ATTRIBUTE *attribute = find(given, count, type);
    if (attribute == NULL) {
        bool known = *value != CK_UNAVAILABLE_INFORMATION;
        return known ? CKR_OK : refuse(NULL, type, "is missing", CKR_TEMPLATE_INCOMPLETE);
    }
    CK_ULONG said;
    if (attribute->pValue == NULL || attribute->ulValueLen != sizeof said) {
        return refuse(NULL, type, "is no number", CKR_ATTRIBUTE_VALUE_INVALID);
    }
    memcpy(&said, attribute->pValue, sizeof said);
    if (*value != CK_UNAVAILABLE_INFORMATION && *value != said) {
        return refuse(NULL, type, "is not what this mechanism makes", CKR_TEMPLATE_INCONSISTENT);
    }
    *value = said;
    return CKR_OK;
}

static bool matches(const struct kind *kind, enum operation operation, CK_OBJECT_CLASS object_class,
                    CK_KEY_TYPE key_type)
{
    if (kind->needs_import) {
        const char *import = getenv("SK_SIMULATOR_IMPORT");
        if (import == NULL || strcmp(import, "1") != 0) {
            return false;
        }
    }
    return kind->operation == operation && kind->object_class == object_class && kind->key_type == key_type;
}

/* Where two kinds come the same way (AES keys that are generated), CKA_EXTRACTABLE tells them apart. */
static const struct kind *recognise(const struct dialect *dialect, enum operation operation,
                                    CK_OBJECT_CLASS object_class, CK_KEY_TYPE key_type, bool extractable)
{
    const struct kind *found = NULL;
    if (matches(dialect->kek, operation, object_class, key_type)) {
        return dialect->kek;
    }
    for (size_t i = 0; i < common_kind_count; i++) {
        const struct kind *kind = &common_kinds[i];
        if (matches(kind, operation, object_class, key_type)) {
            found = kind;
            if (((kind->on & A_EXTRACTABLE) != 0) == extractable) {
                break;
            }
        }
    }
    return found;
}

static bool is_true(const CK_ATTRIBUTE *attribute)
{
    return attribute != NULL && attribute->pValue != NULL && attribute->ulValueLen == sizeof(CK_BBOOL)
           && *(const CK_BBOOL *)attribute->pValue != CK_FALSE;
}

/* The kind's own sets, with what the vendor says of temporary keys. */
static struct kind with_token_rule(const struct kind *kind, const struct dialect *dialect)
{
    struct kind result = *kind;
    if (kind->temporary && dialect->temporary_token_objects) {
        result.either |= A_TOKEN;
    } else if (kind->temporary) {
        result.off |= A_TOKEN;
        result.may_miss |= A_TOKEN;
    }
    return result;
}

static CK_RV check_flag(const struct kind *kind, const CK_ATTRIBUTE *attribute, flag_set flag)
{
    if (attribute->pValue == NULL || attribute->ulValueLen != sizeof(CK_BBOOL)
        || *(const CK_BBOOL *)attribute->pValue > CK_TRUE) {
        return refuse(kind, attribute->type, "is no CK_BBOOL", CKR_ATTRIBUTE_VALUE_INVALID);
    }
    if ((kind->either & flag) != 0) {
        return CKR_OK;
    }
    if (((kind->on | kind->off) & flag) == 0) {
        return refuse(kind, attribute->type, "has no place here", CKR_ATTRIBUTE_TYPE_INVALID);
    }
    if (is_true(attribute) != ((kind->on & flag) != 0)) {
        return refuse(kind, attribute->type, is_true(attribute) ? "must be false" : "must be true",
                      CKR_TEMPLATE_INCONSISTENT);
    }
    return CKR_OK;
}

static bool is_needed(const struct kind *kind, CK_ATTRIBUTE_TYPE type)
{
    for (size_t i = 0; i < sizeof kind->needed / sizeof kind->needed[0]; i++) {
        if (kind->needed[i] == type) {
            return true;
        }
    }
    return false;
}

static CK_RV check_value(const struct kind *kind, const CK_ATTRIBUTE *attribute)
{
    switch (attribute->type) {
    case CKA_CLASS:
    case CKA_KEY_TYPE:
    case CKA_LABEL:
    case CKA_ID:
        return CKR_OK;
    default:
        break;
    }
    if (!is_needed(kind, attribute->type) && attribute->type != kind->value_length) {
        return refuse(kind, attribute->type, "has no place here", CKR_ATTRIBUTE_TYPE_INVALID);
    }
    if (attribute->pValue == NULL || attribute->ulValueLen == 0) {
        return refuse(kind, attribute->type, "has no value", CKR_ATTRIBUTE_VALUE_INVALID);
    }
    if (attribute->type == CKA_VALUE_LEN) {
        CK_ULONG length = 0;
        memcpy(&length, attribute->pValue, attribute->ulValueLen == sizeof length ? sizeof length : 0);
        return length == SIM_KEY_BYTES ? CKR_OK : refuse(kind, CKA_VALUE_LEN, "must be 32", CKR_KEY_SIZE_RANGE);
    }
    if (attribute->type == CKA_VALUE && attribute->ulValueLen != SIM_KEY_BYTES) {
        return refuse(kind, CKA_VALUE, "must have 32 bytes", CKR_KEY_SIZE_RANGE);
    }
    if (attribute->type == CKA_EC_PARAMS
        && (attribute->ulValueLen != sizeof p384 || memcmp(attribute->pValue, p384, sizeof p384) != 0)) {
        return refuse(kind, CKA_EC_PARAMS, "must be P-384", CKR_CURVE_NOT_SUPPORTED);
    }
    return CKR_OK;
}

static CK_RV check_given(const struct kind *kind, const CK_ATTRIBUTE *given, CK_ULONG count)
{
    for (CK_ULONG i = 0; i < count; i++) {
        if (find(given, i, given[i].type) != NULL) {
            return refuse(kind, given[i].type, "is there twice", CKR_TEMPLATE_INCONSISTENT);
        }
        flag_set flag = flag_of(given[i].type);
        CK_RV rv = flag != 0 ? check_flag(kind, &given[i], flag) : check_value(kind, &given[i]);
        if (rv != CKR_OK) {
            return rv;
        }
    }
    return CKR_OK;
}

static CK_RV check_missing(const struct kind *kind, const CK_ATTRIBUTE *given, CK_ULONG count)
{
    flag_set must = (kind->on | kind->off) & ~kind->may_miss;
    for (unsigned int i = 0; i < A_COUNT; i++) {
        if ((must & (1U << i)) != 0 && find(given, count, flags[i].type) == NULL) {
            return refuse(kind, flags[i].type, "is missing", CKR_TEMPLATE_INCOMPLETE);
        }
    }
    for (size_t i = 0; i < sizeof kind->needed / sizeof kind->needed[0] && kind->needed[i] != 0; i++) {
        if (find(given, count, kind->needed[i]) == NULL) {
            return refuse(kind, kind->needed[i], "is missing", CKR_TEMPLATE_INCOMPLETE);
        }
    }
    return CKR_OK;
}

/* What was left out and may be: CKA_MODIFIABLE is true by default (PKCS#11 2.40, 4.4), the rest false. */
static void complete(const struct kind *kind, const CK_ATTRIBUTE *given, CK_ULONG count, struct template *out)
{
    out->count = 0;
    for (CK_ULONG i = 0; i < count; i++) {
        /* CKA_VALUE_LEN of an unwrapped key is checked; NSS, which gets CKA_VALUE, does not want it. */
        if (kind->operation != BY_UNWRAP || given[i].type != CKA_VALUE_LEN) {
            out->attributes[out->count++] = given[i];
        }
    }
    flag_set all = kind->on | kind->off | kind->either;
    for (unsigned int i = 0; i < A_COUNT; i++) {
        flag_set flag = 1U << i;
        if ((all & flag) != 0 && find(given, count, flags[i].type) == NULL) {
            bool on = (kind->on & flag) != 0 || ((kind->either & flag) != 0 && flag == A_MODIFIABLE);
            template_add(out, flags[i].type, on ? &yes : &no, sizeof yes);
        }
    }
}

CK_RV rules_complete(const struct dialect *dialect, enum operation operation, CK_OBJECT_CLASS object_class,
                     CK_KEY_TYPE key_type, const CK_ATTRIBUTE *given, CK_ULONG count, struct template *out)
{
    if (given == NULL || count > TEMPLATE_MAX - A_COUNT - 2) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_RV rv = read_number(given, count, CKA_CLASS, &object_class);
    if (rv == CKR_OK) {
        rv = read_number(given, count, CKA_KEY_TYPE, &key_type);
    }
    if (rv != CKR_OK) {
        return rv;
    }
    const CK_ATTRIBUTE *extractable = find(given, count, CKA_EXTRACTABLE);
    if (extractable == NULL && object_class != CKO_PUBLIC_KEY) {
        return refuse(NULL, CKA_EXTRACTABLE, "is missing", CKR_TEMPLATE_INCOMPLETE);
    }
    const struct kind *recognised = recognise(dialect, operation, object_class, key_type, is_true(extractable));
    if (recognised == NULL) {
        return refuse(NULL, CKA_KEY_TYPE, "is not offered this way", CKR_ATTRIBUTE_VALUE_INVALID);
    }
    struct kind kind = with_token_rule(recognised, dialect);
    rv = check_given(&kind, given, count);
    if (rv == CKR_OK) {
        rv = check_missing(&kind, given, count);
    }
    if (rv == CKR_OK) {
        complete(&kind, given, count, out);
    }
    return rv;
}
