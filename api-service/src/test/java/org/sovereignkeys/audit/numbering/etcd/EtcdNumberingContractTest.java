/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.numbering.Numbering;
import org.sovereignkeys.audit.numbering.NumberingContract;
import org.sovereignkeys.etcd.EtcdServer;

/** Each numbering finds an etcd without data. */
class EtcdNumberingContractTest extends NumberingContract {
    private static EtcdServer server;
    private final List<EtcdNode> nodes = new ArrayList<>();

    @BeforeAll
    static void start() {
        server = EtcdServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        nodes.forEach(EtcdNode::close);
        EtcdNode.deleteAll(server);
    }

    @Override
    protected Numbering numbering(AuditStore store) {
        EtcdNode node = EtcdNode.start(server, store);
        nodes.add(node);
        return node.numbering();
    }
}
