/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The settings of a node: one validated record, and the original's environment variables. */
@NullMarked
package org.sovereignkeys.configuration;

import org.jspecify.annotations.NullMarked;
