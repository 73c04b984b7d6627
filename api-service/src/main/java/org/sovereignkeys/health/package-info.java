/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the node says of itself: the load balancer's check, and warnings where its memory could be read by others. */
@NullMarked
package org.sovereignkeys.health;

import org.jspecify.annotations.NullMarked;
