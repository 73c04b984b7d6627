/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Makes the checks of a start, after it. */
@Component
class StartChecks {
    private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

    private final List<StartCheck> checks;

    StartChecks(ObjectProvider<StartCheck> checks) {
        this.checks = checks.orderedStream().toList();
    }

    @EventListener(ApplicationReadyEvent.class)
    void make() {
        checks.forEach(check -> Thread.ofVirtual().name("start-check").start(() -> make(check)));
    }

    private static void make(StartCheck check) {
        try {
            check.shortcomings().forEach(LOG::warn);
        } catch (RuntimeException e) {
            LOG.warn("a check of the start failed", e);
        }
    }
}
