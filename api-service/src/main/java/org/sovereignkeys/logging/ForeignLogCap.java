/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.logging;

import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps loggers outside {@code org.sovereignkeys} at INFO and above, whatever level is configured: at DEBUG and TRACE the
 * web server and the HTTP clients write whole headers and bodies. Those that handle requests are kept higher: the web server
 * quotes at INFO what it could not parse, and Spring at WARN the header that it refused. etcd's client
 * would tell at WARN of each call in an outage.
 */
class ForeignLogCap extends TurboFilter {
    private static final String OURS = "org.sovereignkeys";
    private static final Map<String, Level> LEAST_LEVELS = Map.of("org.apache.coyote", Level.WARN, "org.apache.tomcat",
            Level.WARN, "org.springframework.web", Level.ERROR, "io.etcd", Level.ERROR);

    @Override
    public FilterReply decide(@Nullable Marker marker, Logger logger, Level level, @Nullable String format,
            Object @Nullable [] parameters, @Nullable Throwable thrown) {
        boolean allowed = isBelow(OURS, logger) || level.isGreaterOrEqual(leastLevel(logger));
        return allowed ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    private static Level leastLevel(Logger logger) {
        return LEAST_LEVELS.entrySet()
            .stream()
            .filter(entry -> isBelow(entry.getKey(), logger))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(Level.INFO);
    }

    private static boolean isBelow(String ancestor, Logger logger) {
        return logger.getName().equals(ancestor) || logger.getName().startsWith(ancestor + ".");
    }
}
