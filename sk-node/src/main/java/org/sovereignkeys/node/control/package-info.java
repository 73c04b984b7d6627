/* SPDX-License-Identifier: GPL-3.0-or-later */
/** How commands on the node reach the node that runs. */
@NullMarked
package org.sovereignkeys.node.control;

import org.jspecify.annotations.NullMarked;
