/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import org.sovereignkeys.audit.numbering.NumberedAuditLog;
import org.sovereignkeys.cluster.NodeCannotWork;
import org.sovereignkeys.cluster.NodeState;
import org.sovereignkeys.cluster.NodeStateChanged;

/** What follows when the node comes into another state. */
@Component
class NodeLifecycle {
    /** EX_CONFIG of sysexits.h: an operator must look into it, a restart alone is of no use. */
    static final int EXIT_CODE = 78;

    private static final Logger LOG = LoggerFactory.getLogger(NodeLifecycle.class);

    private final ConfigurableApplicationContext context;
    private final NumberedAuditLog log;

    NodeLifecycle(ConfigurableApplicationContext context, NumberedAuditLog log) {
        this.context = context;
        this.log = log;
    }

    /** What an earlier process left unfinished in the log can be signed now. */
    @EventListener
    void recoverLog(NodeStateChanged event) {
        if (event.state() == NodeState.READY) {
            log.recover();
        }
    }

    /** Ends the process, after the calls that run are answered. */
    @EventListener
    void stop(NodeCannotWork event) {
        LOG.error("the node stops: {}", event.reason());
        Thread.ofPlatform()
            .name("stop")
            .daemon(false) // the exit code would be lost if the process could end before this thread
            .start(() -> System.exit(SpringApplication.exit(context, () -> EXIT_CODE)));
    }
}
