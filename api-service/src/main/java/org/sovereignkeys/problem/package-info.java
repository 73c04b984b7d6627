/* SPDX-License-Identifier: GPL-3.0-or-later */
/** How a failure is told over HTTP: the one place where each kind of failure gets its status and its sentence. */
@NullMarked
package org.sovereignkeys.problem;

import org.jspecify.annotations.NullMarked;
