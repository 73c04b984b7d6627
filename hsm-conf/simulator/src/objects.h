/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Objects: made, changed, found. All run inside a call. */
#ifndef SIM_OBJECTS_H
#define SIM_OBJECTS_H

#include "ck.h"
#include "dialect.h"

CK_RV object_create(const struct dialect *dialect, CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count,
                    CK_OBJECT_HANDLE *object);

/* Of a modifiable object, label and id may change, and it may become sensitive or not extractable. */
CK_RV object_set_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template,
                            CK_ULONG count);

/* Without the module's own keys. */
CK_RV object_find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG most, CK_ULONG *count);

#endif
