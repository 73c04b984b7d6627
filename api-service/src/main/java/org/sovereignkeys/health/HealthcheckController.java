/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.health;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import org.sovereignkeys.audit.AuditLog;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.cluster.Node;
import org.sovereignkeys.cluster.NodeState;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.web.NotReadyException;

/** Answers the load balancer: 204 when this node can serve a secret now. Asks nobody; what it tells is kept up to date. */
@RestController
class HealthcheckController {
    private final Node node;
    private final AuditLog log;
    private final List<Dependency> dependencies;
    private final @Nullable Path drainFile;

    HealthcheckController(Node node, AuditLog log, ObjectProvider<Dependency> dependencies,
            SovereignKeysSettings settings) {
        this.node = node;
        this.log = log;
        this.dependencies = dependencies.stream().filter(Dependency::isEssential).toList();
        this.drainFile = settings.drainFile();
    }

    @GetMapping("/healthcheck")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void healthcheck() {
        NodeState state = node.state();
        if (state != NodeState.READY) {
            throw new NotReadyException("This node is " + state.description() + ".");
        }
        // Not before: a node that says this has its secrets, and its self-locker closes SSH.
        if (drainFile != null && Files.exists(drainFile)) {
            throw new NotReadyException("This node is being taken out of service.");
        }
        if (log.isFailing()) {
            throw new NotReadyException("This node cannot write its audit log.");
        }
        dependencies.stream().filter(Dependency::isAway).findFirst().ifPresent(away -> {
            throw new NotReadyException("This node can serve nothing now: " + away.name() + " is away.");
        });
    }
}
