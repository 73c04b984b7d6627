/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.audit.Entries;
import org.sovereignkeys.audit.file.FileAuditStores;
import org.sovereignkeys.audit.numbering.memory.MemoryNumberings;
import org.sovereignkeys.customer.VpcId;

/** A process that appends to the logs of four VPCs until it is killed, and says each number once it may be answered. */
final class AppendUnderLoad {
    static final List<VpcId> VPC_IDS = List.of(new VpcId("vpc-00000001"), new VpcId("vpc-00000002"),
            new VpcId("vpc-00000003"), new VpcId("vpc-00000004"));
    private static final int CLIENTS = 16;

    private AppendUnderLoad() {}

    /** Takes the log's folder; prints {@code VPC/NUMBER VOLUME .} on a line for each answer. */
    public static void main(String[] arguments) {
        AuditStore store = FileAuditStores.open(Path.of(arguments[0]));
        NumberedAuditLog log = new NumberedAuditLog(MemoryNumberings.of(store), store, CustomerCopies.NONE,
                new SoftwareVault(),
                new SimpleMeterRegistry());
        log.start();
        log.recover();
        for (int client = 0; client < CLIENTS; client++) {
            VpcId vpcId = VPC_IDS.get(client % VPC_IDS.size());
            Thread.ofPlatform().start(() -> append(log, vpcId));
        }
    }

    private static void append(NumberedAuditLog log, VpcId vpcId) {
        while (true) {
            String volume = UUID.randomUUID().toString();
            long number = log.append(Entries.call(vpcId, volume));
            System.out.println(vpcId + "/" + number + " " + volume + " .");
        }
    }
}
