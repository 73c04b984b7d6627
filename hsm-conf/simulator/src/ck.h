/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The PKCS#11 types, and what more the module and its vendors' dialects need of numbers. */
#ifndef SIM_CK_H
#define SIM_CK_H

#include <pkcs11.h>

/* The only slot that callers see. NSS has its key database in slot 2; slot 1 (its key-less slot) stays hidden. */
#define SIM_SLOT ((CK_SLOT_ID)2)

/* AWS CloudHSM's own mechanisms (vendor-defined bit and a number). */
#define CKM_CLOUDHSM_SP800_108_COUNTER_KDF ((CK_MECHANISM_TYPE)0x80000001UL)
#define CKM_CLOUDHSM_AES_GCM ((CK_MECHANISM_TYPE)0x80001087UL)

/* Every secret key of the protocol has 256 bits. */
#define SIM_KEY_BYTES 32
#define SIM_GCM_IV_BYTES 12
#define SIM_GCM_TAG_BYTES 16

#endif
