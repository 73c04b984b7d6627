/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The module's face: the function table of PKCS#11 2.40. Each entry begins a call, does its work, and ends it. */

#include "functions.h"
#include "info.h"
#include "lifecycle.h"
#include "nss.h"
#include "objects.h"
#include "operations.h"
#include "refused.h"
#include "sessions.h"

#define EXPORTED __attribute__((visibility("default")))

/* An entry NAME with these parameters, whose work is that expression. */
#define ENTRY(name, parameters, work)           \
    static CK_RV entry_##name parameters        \
    {                                           \
        CK_RV rv = lifecycle_begin(FN_##name);  \
        if (rv == CKR_OK) {                     \
            rv = (work);                        \
            lifecycle_end();                    \
        }                                       \
        return rv;                              \
    }

#define VENDOR lifecycle_dialect()

static CK_BBOOL present(void)
{
    return lifecycle_device_present() ? CK_TRUE : CK_FALSE;
}

ENTRY(C_GetInfo, (CK_INFO_PTR info), info_library(VENDOR, info))
ENTRY(C_GetSlotList, (CK_BBOOL with_token, CK_SLOT_ID_PTR slots, CK_ULONG_PTR count),
      info_slots(with_token, present(), slots, count))
ENTRY(C_GetSlotInfo, (CK_SLOT_ID slot, CK_SLOT_INFO_PTR info), info_slot(slot, present(), info))
ENTRY(C_GetTokenInfo, (CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info), info_token(VENDOR, slot, info))
ENTRY(C_GetMechanismList, (CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR types, CK_ULONG_PTR count),
      info_mechanisms(VENDOR, slot, types, count))
ENTRY(C_GetMechanismInfo, (CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info),
      info_mechanism(VENDOR, slot, type, info))

ENTRY(C_OpenSession,
      (CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session),
      ((void)application, (void)notify, session_open(slot, flags, session)))
ENTRY(C_CloseSession, (CK_SESSION_HANDLE session), session_close(session))
ENTRY(C_CloseAllSessions, (CK_SLOT_ID slot), session_close_all(slot))
ENTRY(C_GetSessionInfo, (CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info), nss->C_GetSessionInfo(session, info))
ENTRY(C_Login, (CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length),
      session_login(VENDOR, session, user, pin, length))
ENTRY(C_Logout, (CK_SESSION_HANDLE session), session_logout(session))

ENTRY(C_CreateObject,
      (CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR object),
      object_create(VENDOR, session, template, count, object))
ENTRY(C_DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), nss->C_DestroyObject(session, object))
ENTRY(C_GetAttributeValue,
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count),
      nss->C_GetAttributeValue(session, object, template, count))
ENTRY(C_SetAttributeValue,
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count),
      object_set_attributes(session, object, template, count))
ENTRY(C_FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count),
      nss->C_FindObjectsInit(session, template, count))
ENTRY(C_FindObjects,
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG most, CK_ULONG_PTR count),
      object_find(session, objects, most, count))
ENTRY(C_FindObjectsFinal, (CK_SESSION_HANDLE session), nss->C_FindObjectsFinal(session))

ENTRY(C_EncryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key),
      encrypt_init(VENDOR, session, mechanism, key))
ENTRY(C_Encrypt, (CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG length, CK_BYTE_PTR out, CK_ULONG_PTR out_length),
      nss->C_Encrypt(session, in, length, out, out_length))
ENTRY(C_DecryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key),
      decrypt_init(VENDOR, session, mechanism, key))
ENTRY(C_Decrypt, (CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG length, CK_BYTE_PTR out, CK_ULONG_PTR out_length),
      nss->C_Decrypt(session, in, length, out, out_length))
ENTRY(C_SignInit, (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key),
      sign_init(VENDOR, session, mechanism, key))
ENTRY(C_Sign,
      (CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR out, CK_ULONG_PTR out_length),
      nss->C_Sign(session, data, length, out, out_length))
ENTRY(C_VerifyInit, (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key),
      verify_init(VENDOR, session, mechanism, key))
ENTRY(C_Verify,
      (CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG signature_length),
      nss->C_Verify(session, data, length, signature, signature_length))

ENTRY(C_GenerateKey,
      (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR template, CK_ULONG count,
       CK_OBJECT_HANDLE_PTR key),
      generate_key(VENDOR, session, mechanism, template, count, key))
ENTRY(C_GenerateKeyPair,
      (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR public_template, CK_ULONG public_count,
       CK_ATTRIBUTE_PTR private_template, CK_ULONG private_count, CK_OBJECT_HANDLE_PTR public_key,
       CK_OBJECT_HANDLE_PTR private_key),
      generate_key_pair(VENDOR, session, mechanism, public_template, public_count, private_template, private_count,
                        public_key, private_key))
ENTRY(C_WrapKey,
      (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key,
       CK_BYTE_PTR out, CK_ULONG_PTR out_length),
      wrap_key(VENDOR, session, mechanism, wrapping_key, key, out, out_length))
ENTRY(C_UnwrapKey,
      (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE unwrapping_key, CK_BYTE_PTR wrapped,
       CK_ULONG wrapped_length, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR key),
      unwrap_key(VENDOR, session, mechanism, unwrapping_key, wrapped, wrapped_length, template, count, key))
ENTRY(C_DeriveKey,
      (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE_PTR template,
       CK_ULONG count, CK_OBJECT_HANDLE_PTR key),
      derive_key(VENDOR, session, mechanism, base_key, template, count, key))
ENTRY(C_GenerateRandom, (CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG length),
      generate_random(session, out, length))

EXPORTED CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list);

static CK_FUNCTION_LIST table = {
    .version = {2, 40},
    .C_Initialize = lifecycle_initialize,
    .C_Finalize = lifecycle_finalize,
    .C_GetInfo = entry_C_GetInfo,
    .C_GetFunctionList = C_GetFunctionList,
    .C_GetSlotList = entry_C_GetSlotList,
    .C_GetSlotInfo = entry_C_GetSlotInfo,
    .C_GetTokenInfo = entry_C_GetTokenInfo,
    .C_GetMechanismList = entry_C_GetMechanismList,
    .C_GetMechanismInfo = entry_C_GetMechanismInfo,
    .C_InitToken = refused_init_token,
    .C_InitPIN = refused_input,
    .C_SetPIN = refused_set_pin,
    .C_OpenSession = entry_C_OpenSession,
    .C_CloseSession = entry_C_CloseSession,
    .C_CloseAllSessions = entry_C_CloseAllSessions,
    .C_GetSessionInfo = entry_C_GetSessionInfo,
    .C_GetOperationState = refused_output,
    .C_SetOperationState = refused_set_state,
    .C_Login = entry_C_Login,
    .C_Logout = entry_C_Logout,
    .C_CreateObject = entry_C_CreateObject,
    .C_CopyObject = refused_copy,
    .C_DestroyObject = entry_C_DestroyObject,
    .C_GetObjectSize = refused_object_size,
    .C_GetAttributeValue = entry_C_GetAttributeValue,
    .C_SetAttributeValue = entry_C_SetAttributeValue,
    .C_FindObjectsInit = entry_C_FindObjectsInit,
    .C_FindObjects = entry_C_FindObjects,
    .C_FindObjectsFinal = entry_C_FindObjectsFinal,
    .C_EncryptInit = entry_C_EncryptInit,
    .C_Encrypt = entry_C_Encrypt,
    .C_EncryptUpdate = refused_both,
    .C_EncryptFinal = refused_output,
    .C_DecryptInit = entry_C_DecryptInit,
    .C_Decrypt = entry_C_Decrypt,
    .C_DecryptUpdate = refused_both,
    .C_DecryptFinal = refused_output,
    .C_DigestInit = refused_init,
    .C_Digest = refused_both,
    .C_DigestUpdate = refused_input,
    .C_DigestKey = refused_key,
    .C_DigestFinal = refused_output,
    .C_SignInit = entry_C_SignInit,
    .C_Sign = entry_C_Sign,
    .C_SignUpdate = refused_input,
    .C_SignFinal = refused_output,
    .C_SignRecoverInit = refused_init_key,
    .C_SignRecover = refused_both,
    .C_VerifyInit = entry_C_VerifyInit,
    .C_Verify = entry_C_Verify,
    .C_VerifyUpdate = refused_input,
    .C_VerifyFinal = refused_input,
    .C_VerifyRecoverInit = refused_init_key,
    .C_VerifyRecover = refused_both,
    .C_DigestEncryptUpdate = refused_both,
    .C_DecryptDigestUpdate = refused_both,
    .C_SignEncryptUpdate = refused_both,
    .C_DecryptVerifyUpdate = refused_both,
    .C_GenerateKey = entry_C_GenerateKey,
    .C_GenerateKeyPair = entry_C_GenerateKeyPair,
    .C_WrapKey = entry_C_WrapKey,
    .C_UnwrapKey = entry_C_UnwrapKey,
    .C_DeriveKey = entry_C_DeriveKey,
    .C_SeedRandom = refused_input,
    .C_GenerateRandom = entry_C_GenerateRandom,
    .C_GetFunctionStatus = refused_legacy,
    .C_CancelFunction = refused_legacy,
    .C_WaitForSlotEvent = refused_wait,
};

EXPORTED CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    if (list == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    *list = &table;
    return CKR_OK;
}
