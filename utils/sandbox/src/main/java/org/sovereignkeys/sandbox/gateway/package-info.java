/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the private API gateway does with a call before the service sees it. */
@NullMarked
package org.sovereignkeys.sandbox.gateway;

import org.jspecify.annotations.NullMarked;
