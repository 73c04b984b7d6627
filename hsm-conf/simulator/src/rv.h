/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Names of return codes. */
#ifndef SIM_RV_H
#define SIM_RV_H

#include <stdbool.h>

#include "ck.h"

/* The code of that name (CKR_DEVICE_ERROR), or that number (0x30, 48). False when it is neither. */
bool rv_by_name(const char *text, CK_RV *rv);

#endif
