/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Tests on the running service: the jar as it is shipped, its start script, the simulator, HTTP, files. */
@NullMarked
package org.sovereignkeys.system;

import org.jspecify.annotations.NullMarked;
