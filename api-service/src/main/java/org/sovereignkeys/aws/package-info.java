/* SPDX-License-Identifier: GPL-3.0-or-later */
/** How AWS is asked: clients with bounded times, and a circuit for each dependency. */
@NullMarked
package org.sovereignkeys.aws;

import org.jspecify.annotations.NullMarked;
