/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "objects.h"

#include <stdbool.h>

#include "keys.h"
#include "nss.h"
#include "rules.h"

CK_RV object_create(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count,
                    CK_OBJECT_HANDLE *object)
{
    struct template complete;
    CK_RV rv = rules_complete(dialect, BY_CREATE, CK_UNAVAILABLE_INFORMATION, CK_UNAVAILABLE_INFORMATION, template,
                              count, &complete);
    return rv == CKR_OK ? nss->C_CreateObject(session, complete.attributes, complete.count, object) : rv;
}

static bool is_bool(const CK_ATTRIBUTE *attribute, CK_BBOOL value)
{
    return attribute->pValue != NULL && attribute->ulValueLen == sizeof(CK_BBOOL)
           && *(const CK_BBOOL *)attribute->pValue == value;
}

/* Nothing that would loosen what the key's maker said (PKCS#11 2.40, 4.9 and 4.10: one way only). */
static bool may_change(const CK_ATTRIBUTE *attribute)
{
    switch (attribute->type) {
    case CKA_LABEL:
    case CKA_ID:
        return true;
    case CKA_SENSITIVE:
        return is_bool(attribute, CK_TRUE);
    case CKA_EXTRACTABLE:
        return is_bool(attribute, CK_FALSE);
    default:
        return false;
    }
}

CK_RV object_set_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template,
                            CK_ULONG count)
{
    static const struct demand modifiable = {CKA_MODIFIABLE, CKR_ATTRIBUTE_READ_ONLY, CKR_OBJECT_HANDLE_INVALID};
    if (template == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_RV rv = key_demand(session, object, &modifiable);
    for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++) {
        rv = may_change(&template[i]) ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY;
    }
    return rv == CKR_OK ? nss->C_SetAttributeValue(session, object, template, count) : rv;
}

static CK_ULONG without_hidden(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG count)
{
    CK_ULONG kept = 0;
    for (CK_ULONG i = 0; i < count; i++) {
        if (!key_is_hidden(session, objects[i])) {
            objects[kept++] = objects[i];
        }
    }
    return kept;
}

/* No object is the sign of the end, so a batch of nothing but hidden keys is followed by the next. */
CK_RV object_find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG most, CK_ULONG *count)
{
    if (objects == NULL || count == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_ULONG found;
    do {
        CK_RV rv = nss->C_FindObjects(session, objects, most, &found);
        if (rv != CKR_OK) {
            return rv;
        }
        *count = without_hidden(session, objects, found);
    } while (found > 0 && *count == 0);
    return CKR_OK;
}
