/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Operations with keys: first what the vendor offers and the key permits, then NSS. All run inside a call. */
#ifndef SIM_OPERATIONS_H
#define SIM_OPERATIONS_H

#include "ck.h"
#include "dialect.h"

CK_RV generate_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                   CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *key);

CK_RV generate_key_pair(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                        CK_ATTRIBUTE *public_template, CK_ULONG public_count, CK_ATTRIBUTE *private_template,
                        CK_ULONG private_count, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key);

CK_RV wrap_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
               CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_length);

CK_RV unwrap_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                 CK_OBJECT_HANDLE unwrapping_key, CK_BYTE *wrapped, CK_ULONG wrapped_length, CK_ATTRIBUTE *template,
                 CK_ULONG count, CK_OBJECT_HANDLE *key);

CK_RV derive_key(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                 CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *key);

CK_RV sign_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                CK_OBJECT_HANDLE key);

CK_RV verify_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                  CK_OBJECT_HANDLE key);

/* No kind of key may encrypt or decrypt, and no mechanism is offered for it: these say why, and never succeed. */
CK_RV encrypt_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                   CK_OBJECT_HANDLE key);

CK_RV decrypt_init(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                   CK_OBJECT_HANDLE key);

CK_RV generate_random(CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG length);

#endif
