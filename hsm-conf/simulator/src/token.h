/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The token's folder and its PIN, from the environment. */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

#include "ck.h"
#include "dialect.h"

/*
 * Initialises NSS on the folder that SK_SIMULATOR_TOKEN names. A token that has no PIN yet (first use) is made, with
 * the PIN in SK_SIMULATOR_PIN, which is read at no other time. Processes that do this at once wait for one another.
 * CKR_GENERAL_ERROR, with a line on stderr, when a setting is missing or the folder cannot be used.
 */
CK_RV token_start(const struct dialect *dialect);

#endif
