/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The customers' wrapped master keys as files on a local disk; processes may share the folder. */
@NullMarked
package org.sovereignkeys.customerkey.file;

import org.jspecify.annotations.NullMarked;
