/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The authority of the cluster's certificates, and a node's own. */
@NullMarked
package org.sovereignkeys.node.certificate;

import org.jspecify.annotations.NullMarked;
