/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The HSM through PKCS#11: sessions, threads, recovery, return codes, and the manners of each vendor. */
@NullMarked
package org.sovereignkeys.hsm.pkcs11;

import org.jspecify.annotations.NullMarked;
