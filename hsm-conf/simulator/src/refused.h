/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions that no vendor's dialect offers. They answer CKR_FUNCTION_NOT_SUPPORTED, whatever they get. */
#ifndef SIM_REFUSED_H
#define SIM_REFUSED_H

#include "ck.h"

CK_RV refused_init_token(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG length, CK_UTF8CHAR_PTR label);
CK_RV refused_set_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old_pin, CK_ULONG old_length,
                      CK_UTF8CHAR_PTR new_pin, CK_ULONG new_length);
CK_RV refused_set_state(CK_SESSION_HANDLE session, CK_BYTE_PTR state, CK_ULONG length, CK_OBJECT_HANDLE encryption,
                        CK_OBJECT_HANDLE authentication);
CK_RV refused_copy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count,
                   CK_OBJECT_HANDLE_PTR copy);
CK_RV refused_object_size(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG_PTR size);
CK_RV refused_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism);
CK_RV refused_init_key(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
CK_RV refused_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);
CK_RV refused_input(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG length);
CK_RV refused_output(CK_SESSION_HANDLE session, CK_BYTE_PTR out, CK_ULONG_PTR length);
CK_RV refused_both(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG in_length, CK_BYTE_PTR out,
                   CK_ULONG_PTR out_length);
CK_RV refused_wait(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved);

/* CKR_FUNCTION_NOT_PARALLEL, as PKCS#11 2.40 wants of the legacy functions. */
CK_RV refused_legacy(CK_SESSION_HANDLE session);

#endif
