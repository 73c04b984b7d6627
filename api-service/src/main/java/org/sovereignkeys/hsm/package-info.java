/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the service asks of the HSM: the port, and the values that go in and come out. */
@NullMarked
package org.sovereignkeys.hsm;

import org.jspecify.annotations.NullMarked;
