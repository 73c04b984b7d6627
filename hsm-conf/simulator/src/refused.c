/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The arguments have names for the reader only. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#include "refused.h"

CK_RV refused_init_token(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG length, CK_UTF8CHAR_PTR label)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_set_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old_pin, CK_ULONG old_length,
                      CK_UTF8CHAR_PTR new_pin, CK_ULONG new_length)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_set_state(CK_SESSION_HANDLE session, CK_BYTE_PTR state, CK_ULONG length, CK_OBJECT_HANDLE encryption,
                        CK_OBJECT_HANDLE authentication)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_copy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count,
                   CK_OBJECT_HANDLE_PTR copy)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_object_size(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG_PTR size)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_init_key(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_input(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG length)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_output(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR length)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_both(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG in_length, CK_BYTE_PTR out,
                   CK_ULONG_PTR out_length)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_wait(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

CK_RV refused_legacy(CK_SESSION_HANDLE session)
{
    return CKR_FUNCTION_NOT_PARALLEL;
}
