/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps loggers outside {@code org.sovereignkeys} at INFO and above, whatever level is configured: at DEBUG and TRACE the
 * web server and the HTTP clients write whole headers and bodies.
 */
class ForeignLogCap extends TurboFilter {
    private static final String OURS = "org.sovereignkeys";

    @Override
    public FilterReply decide(@Nullable Marker marker, Logger logger, Level level, @Nullable String format,
            Object @Nullable [] parameters, @Nullable Throwable thrown) {
        boolean ours = logger.getName().equals(OURS) || logger.getName().startsWith(OURS + ".");
        return ours || level.isGreaterOrEqual(Level.INFO) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
