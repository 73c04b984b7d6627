/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the module says of itself, its slot and its mechanisms. All run inside a call. */
#ifndef SIM_INFO_H
#define SIM_INFO_H

#include "ck.h"
#include "dialect.h"

CK_RV info_library(const struct dialect *dialect, CK_INFO *info);

/* The slot is there with the device or without it; the token is not. */
CK_RV info_slots(CK_BBOOL with_token, CK_BBOOL device_present, CK_SLOT_ID *slots, CK_ULONG *count);

CK_RV info_slot(CK_SLOT_ID slot, CK_BBOOL device_present, CK_SLOT_INFO *info);

CK_RV info_token(const struct dialect *dialect, CK_SLOT_ID slot, CK_TOKEN_INFO *info);

CK_RV info_mechanisms(const struct dialect *dialect, CK_SLOT_ID slot, CK_MECHANISM_TYPE *types, CK_ULONG *count);

CK_RV info_mechanism(const struct dialect *dialect, CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);

#endif
