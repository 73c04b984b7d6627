/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Templates: is this a kind of key that the vendor makes, and does the template say all that it must? */
#ifndef SIM_RULES_H
#define SIM_RULES_H

#include "ck.h"
#include "dialect.h"

#define TEMPLATE_MAX 40

/* A template as it goes to NSS. The values are the caller's, or constants. */
struct template {
    CK_ATTRIBUTE attributes[TEMPLATE_MAX];
    CK_ULONG count;
};

/*
 * Checks a caller's template and completes it: what may be left out is put in, so that no default of NSS's counts.
 * With SK_SIMULATOR_VERBOSE=1 a line on stderr says which attribute is wrong.
 *
 * object_class and key_type are what the mechanism makes, or CK_UNAVAILABLE_INFORMATION where the template says it.
 *
 * CKR_TEMPLATE_INCOMPLETE: an attribute is missing. CKR_TEMPLATE_INCONSISTENT: one has the wrong value, or is there
 * twice. CKR_ATTRIBUTE_TYPE_INVALID: one has no place here. CKR_ATTRIBUTE_VALUE_INVALID: one is malformed, or this
 * class or type of key is not made this way. CKR_KEY_SIZE_RANGE: CKA_VALUE_LEN is not 32.
 * CKR_CURVE_NOT_SUPPORTED: not P-384.
 */
CK_RV rules_complete(const struct dialect *dialect, enum operation operation, CK_OBJECT_CLASS object_class,
                     CK_KEY_TYPE key_type, const CK_ATTRIBUTE *given, CK_ULONG count, struct template *out);

/* Adds an attribute to a completed template, which has room for two. */
void template_add(struct template *out, CK_ATTRIBUTE_TYPE type, const void *value, CK_ULONG length);

#endif
