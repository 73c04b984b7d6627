/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "info.h"

#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "nss.h"
#include "sessions.h"

#define WHAT_IT_IS "SIMULATOR - NOT AN HSM"

/* PKCS#11 texts have a fixed size, blanks at their end and no zero byte. */
static void pad(CK_UTF8CHAR *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    memset(out, ' ', size);
    memcpy(out, text, length < size ? length : size);
}

CK_RV info_library(const struct dialect *dialect, CK_INFO *info)
{
    char description[64];
    if (info == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    (void)snprintf(description, sizeof description, WHAT_IT_IS " %s", dialect->name);
    memset(info, 0, sizeof *info);
    info->cryptokiVersion = (CK_VERSION){2, 40};
    info->libraryVersion = (CK_VERSION){0, 1};
    pad(info->manufacturerID, sizeof info->manufacturerID, WHAT_IT_IS);
    pad(info->libraryDescription, sizeof info->libraryDescription, description);
    return CKR_OK;
}

CK_RV info_slots(CK_BBOOL with_token, CK_BBOOL device_present, CK_SLOT_ID *slots, CK_ULONG *count)
{
    if (count == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_ULONG room = *count;
    *count = with_token && !device_present ? 0 : 1;
    if (slots == NULL) {
        return CKR_OK;
    }
    if (room < *count) {
        return CKR_BUFFER_TOO_SMALL;
    }
    if (*count == 1) {
        slots[0] = SIM_SLOT;
    }
    return CKR_OK;
}

CK_RV info_slot(CK_SLOT_ID slot, CK_BBOOL device_present, CK_SLOT_INFO *info)
{
    if (slot != SIM_SLOT) {
        return CKR_SLOT_ID_INVALID;
    }
    CK_RV rv = nss->C_GetSlotInfo(SIM_SLOT, info);
    if (rv == CKR_OK) {
        pad(info->slotDescription, sizeof info->slotDescription, WHAT_IT_IS);
        pad(info->manufacturerID, sizeof info->manufacturerID, WHAT_IT_IS);
        info->flags = CKF_REMOVABLE_DEVICE | (device_present ? CKF_TOKEN_PRESENT : 0);
    }
    return rv;
}

CK_RV info_token(const struct dialect *dialect, CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    if (slot != SIM_SLOT) {
        return CKR_SLOT_ID_INVALID;
    }
    CK_RV rv = nss->C_GetTokenInfo(SIM_SLOT, info);
    if (rv == CKR_OK) {
        pad(info->label, sizeof info->label, WHAT_IT_IS);
        pad(info->manufacturerID, sizeof info->manufacturerID, WHAT_IT_IS);
        pad(info->model, sizeof info->model, dialect->name);
        info->ulSessionCount = session_count();
        info->ulMaxSessionCount = faults_max_sessions();
    }
    return rv;
}

CK_RV info_mechanisms(const struct dialect *dialect, CK_SLOT_ID slot, CK_MECHANISM_TYPE *types, CK_ULONG *count)
{
    if (slot != SIM_SLOT) {
        return CKR_SLOT_ID_INVALID;
    }
    if (count == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_ULONG room = *count;
    *count = dialect->mechanism_count;
    if (types == NULL) {
        return CKR_OK;
    }
    if (room < *count) {
        return CKR_BUFFER_TOO_SMALL;
    }
    for (size_t i = 0; i < dialect->mechanism_count; i++) {
        types[i] = dialect->mechanisms[i].type;
    }
    return CKR_OK;
}

CK_RV info_mechanism(const struct dialect *dialect, CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    if (slot != SIM_SLOT) {
        return CKR_SLOT_ID_INVALID;
    }
    const struct mechanism *mechanism = dialect_mechanism(dialect, type, 0);
    if (mechanism == NULL) {
        return CKR_MECHANISM_INVALID;
    }
    if (info == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    *info = mechanism->info;
    return CKR_OK;
}
