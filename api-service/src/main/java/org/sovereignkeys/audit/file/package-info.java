/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The audit log as files on a local disk, laid out like the bucket; one process writes a log. */
@NullMarked
package org.sovereignkeys.audit.file;

import org.jspecify.annotations.NullMarked;
