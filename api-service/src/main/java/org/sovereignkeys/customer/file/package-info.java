/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The customers as a list in a YAML file, read again when it changes. */
@NullMarked
package org.sovereignkeys.customer.file;

import org.jspecify.annotations.NullMarked;
