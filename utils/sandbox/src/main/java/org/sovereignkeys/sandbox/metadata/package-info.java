/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The metadata service that each instance asks who it is. */
@NullMarked
package org.sovereignkeys.sandbox.metadata;

import org.jspecify.annotations.NullMarked;
