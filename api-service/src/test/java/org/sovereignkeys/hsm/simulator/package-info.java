/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The HSM simulator as tests start it: in this process, or in one that they spawn. */
@NullMarked
package org.sovereignkeys.hsm.simulator;

import org.jspecify.annotations.NullMarked;
