/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import org.sovereignkeys.cluster.NodeCannotWork;

/** Ends the process when the node must not go on, after the calls that run are answered. */
@Component
class NodeStop {
    /** EX_CONFIG of sysexits.h: an operator must look into it, a restart alone is of no use. */
    static final int EXIT_CODE = 78;

    private static final Logger LOG = LoggerFactory.getLogger(NodeStop.class);

    private final ConfigurableApplicationContext context;

    NodeStop(ConfigurableApplicationContext context) {
        this.context = context;
    }

    @EventListener
    void stop(NodeCannotWork event) {
        LOG.error("the node stops: {}", event.reason());
        Thread.ofPlatform().name("stop").start(() -> System.exit(SpringApplication.exit(context, () -> EXIT_CODE)));
    }
}
