/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Tells CloudWatch what alarms watch. */
@NullMarked
package org.sovereignkeys.metrics.cloudwatch;

import org.jspecify.annotations.NullMarked;
