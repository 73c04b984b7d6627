/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Who calls: instances, told apart by the address of a socket, or by the port. */
@NullMarked
package org.sovereignkeys.sandbox.network;

import org.jspecify.annotations.NullMarked;
