/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The vendors' key derivations, as NSS does them. */
#ifndef SIM_DERIVE_H
#define SIM_DERIVE_H

#include "ck.h"
#include "rules.h"

/* Base key and template have been checked. CKR_MECHANISM_PARAM_INVALID: not the vendor's parameter. */
CK_RV derive(CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key,
             struct template *template, CK_OBJECT_HANDLE *key);

#endif
