/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.logging;

import ch.qos.logback.classic.LoggerContext;

import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/** Puts the cap in place as soon as logging is configured: behind Boot's own listener, which resets the log context. */
class ForeignLogCapInstaller implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            ForeignLogCap cap = new ForeignLogCap();
            cap.setContext(context);
            cap.start();
            context.addTurboFilter(cap);
        } else {
            throw new IllegalStateException("the log is not Logback's; its level cannot be capped");
        }
    }

    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }
}
