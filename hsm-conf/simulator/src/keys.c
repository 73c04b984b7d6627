/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys.h"

#include <string.h>

#include "nss.h"

/* The label of the module's own keys. */
static CK_UTF8CHAR own_label[] = "\x01sk-simulator\x01";
#define OWN_LABEL_LENGTH (sizeof own_label - 1)

/* Asks for the length first: NSS copies the whole value, whatever the room for it. */
static CK_RV read_attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type, void *value,
                            CK_ULONG length)
{
    CK_ATTRIBUTE attribute = {type, NULL, 0};
    CK_RV rv = nss->C_GetAttributeValue(session, key, &attribute, 1);
    if (rv != CKR_OK) {
        return rv;
    }
    if (attribute.ulValueLen != length) {
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
    attribute.pValue = value;
    return nss->C_GetAttributeValue(session, key, &attribute, 1);
}

CK_RV check_session(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;
    return nss->C_GetSessionInfo(session, &info);
}

/* NSS shows the attributes of a private token object, and uses what it has of it in memory, to anyone. */
static CK_RV check_login(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    CK_SESSION_INFO info;
    CK_BBOOL private = CK_FALSE;
    CK_RV rv = nss->C_GetSessionInfo(session, &info);
    if (rv == CKR_OK) {
        rv = read_attribute(session, key, CKA_PRIVATE, &private, sizeof private);
    }
    if (rv == CKR_OK && private == CK_TRUE && info.state != CKS_RO_USER_FUNCTIONS
        && info.state != CKS_RW_USER_FUNCTIONS) {
        rv = CKR_USER_NOT_LOGGED_IN;
    }
    return rv;
}

CK_RV key_demand(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const struct demand *demand)
{
    CK_BBOOL allowed = CK_FALSE;
    CK_RV rv = check_login(session, key);
    if (rv == CKR_OK) {
        rv = read_attribute(session, key, demand->use, &allowed, sizeof allowed);
    }
    if (rv == CKR_OBJECT_HANDLE_INVALID) {
        return demand->if_no_such_key;
    }
    /* An attribute that this class of key has not (CKA_WRAP of a private key) permits nothing. */
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID || (rv == CKR_OK && allowed != CK_TRUE)) {
        return demand->if_not_permitted;
    }
    return rv;
}

CK_RV key_is(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_OBJECT_CLASS object_class, CK_KEY_TYPE type,
             CK_RV if_not)
{
    CK_OBJECT_CLASS its_class = 0;
    CK_KEY_TYPE its_type = 0;
    if (read_attribute(session, key, CKA_CLASS, &its_class, sizeof its_class) != CKR_OK
        || read_attribute(session, key, CKA_KEY_TYPE, &its_type, sizeof its_type) != CKR_OK) {
        return if_not;
    }
    return its_class == object_class && its_type == type ? CKR_OK : if_not;
}

static CK_RV make_export_key(CK_SESSION_HANDLE scratch, CK_OBJECT_HANDLE *key)
{
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG length = SIM_KEY_BYTES;
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
    CK_ATTRIBUTE template[] = {
        {CKA_LABEL, own_label, OWN_LABEL_LENGTH},
        {CKA_TOKEN, &no, sizeof no},
        {CKA_PRIVATE, &yes, sizeof yes},
        {CKA_SENSITIVE, &yes, sizeof yes},
        {CKA_EXTRACTABLE, &no, sizeof no},
        {CKA_WRAP, &yes, sizeof yes},
        {CKA_DECRYPT, &yes, sizeof yes},
        {CKA_VALUE_LEN, &length, sizeof length},
    };
    return nss->C_GenerateKey(scratch, &mechanism, template, sizeof template / sizeof template[0], key);
}

CK_RV key_export(CK_SESSION_HANDLE scratch, CK_OBJECT_HANDLE key, CK_BYTE value[SIM_KEY_BYTES])
{
    CK_OBJECT_HANDLE export_key;
    CK_MECHANISM ecb = {CKM_AES_ECB, NULL, 0};
    CK_BYTE wrapped[2 * SIM_KEY_BYTES];
    CK_ULONG wrapped_length = sizeof wrapped;
    CK_ULONG length = SIM_KEY_BYTES;
    CK_RV rv = make_export_key(scratch, &export_key);
    if (rv == CKR_OK) {
        rv = nss->C_WrapKey(scratch, &ecb, export_key, key, wrapped, &wrapped_length);
    }
    if (rv == CKR_OK && wrapped_length != SIM_KEY_BYTES) {
        rv = CKR_KEY_SIZE_RANGE;
    }
    if (rv == CKR_OK) {
        rv = nss->C_DecryptInit(scratch, &ecb, export_key);
    }
    return rv == CKR_OK ? nss->C_Decrypt(scratch, wrapped, wrapped_length, value, &length) : rv;
}

CK_RV key_twin(CK_SESSION_HANDLE scratch, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE use, CK_OBJECT_HANDLE *twin)
{
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE template[] = {
        {CKA_LABEL, own_label, OWN_LABEL_LENGTH},
        {CKA_TOKEN, &no, sizeof no},
        {use, &yes, sizeof yes},
    };
    return nss->C_CopyObject(scratch, key, template, sizeof template / sizeof template[0], twin);
}

CK_BBOOL key_is_hidden(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    CK_BYTE label[OWN_LABEL_LENGTH];
    CK_RV rv = read_attribute(session, object, CKA_LABEL, label, sizeof label);
    return rv == CKR_OBJECT_HANDLE_INVALID || (rv == CKR_OK && memcmp(label, own_label, sizeof label) == 0);
}
