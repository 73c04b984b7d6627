/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Tests of the HSM adapter, on the simulator and on any other PKCS#11 module. */
@NullMarked
package org.sovereignkeys.hsm.pkcs11;

import org.jspecify.annotations.NullMarked;
