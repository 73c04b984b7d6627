/* SPDX-License-Identifier: GPL-3.0-or-later */

/* AES-GCM in C_WrapKey and C_UnwrapKey: what NSS does not do. */
#ifndef SIM_GCM_H
#define SIM_GCM_H

#include "ck.h"
#include "dialect.h"
#include "rules.h"

/* IV (where the HSM makes it), ciphertext and tag go to out. A null out asks for the length. */
CK_RV gcm_wrap(const struct dialect *dialect, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
               CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_length);

/*
 * The template is a completed one. CKR_WRAPPED_KEY_LEN_RANGE: not the length of a wrapped 256-bit key.
 * CKR_ENCRYPTED_DATA_INVALID: the tag does not fit ciphertext, IV, AAD and key.
 */
CK_RV gcm_unwrap(const struct dialect *dialect, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                 CK_OBJECT_HANDLE unwrapping_key, const CK_BYTE *wrapped, CK_ULONG wrapped_length,
                 struct template *template, CK_OBJECT_HANDLE *key);

#endif
