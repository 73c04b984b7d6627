/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

import org.sovereignkeys.audit.Entries;
import org.sovereignkeys.audit.MemoryAuditStore;
import org.sovereignkeys.audit.numbering.NumberedAuditLog;
import org.sovereignkeys.audit.numbering.NumberedAuditLogs;
import org.sovereignkeys.audit.numbering.etcd.EtcdNode;
import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.FaultyWay;
import org.sovereignkeys.aws.FaultyWay.Fault;
import org.sovereignkeys.aws.StrictAws;
import org.sovereignkeys.configuration.AuditCopy;
import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.etcd.EtcdServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sovereignkeys.audit.Entries.VPC;

/** Nodes that keep one customer's copy together: what becomes of it when one of them, or etcd's data, is gone. */
class CopiesOfAClusterTest {
    private static final StrictAws AWS = StrictAws.start();
    private static final String ROLE = "arn:aws:iam::403000000000:role/sovereign";
    private static final Duration LONG = Duration.ofSeconds(40);

    private final S3Client owner = AWS.server().s3();
    private final EtcdServer etcd = EtcdServer.start();
    private final MemoryAuditStore store = new MemoryAuditStore();
    private final String bucket = AWS.server().newBucket();
    private final List<Node> nodes = new ArrayList<>();

    /** A node without HSM and callers, on its own way to AWS. */
    private final class Node {
        private final EtcdNode shared = EtcdNode.start(etcd, store);
        private final FaultyWay way = new FaultyWay(AWS.server().url());
        private final RoleSessions sessions;
        private final S3CustomerCopies copies;
        private final NumberedAuditLog log;
        /** What it has put, however often. */
        private final Set<Long> put = ConcurrentHashMap.newKeySet();

        Node() {
            nodes.add(this);
            AwsServer aws = AwsServer.at(way.url());
            sessions = new RoleSessions(aws.sts(), new Dependency("STS", shared.meters()));
            copies = new S3CustomerCopies(AuditCopy.BACKGROUND,
                    vpcId -> Optional.of(new Customer(VPC, ROLE, null, bucket, "external-1")),
                    new CustomerBuckets(aws.customersBuckets(), sessions), store, shared.backlog(), shared.meters());
            log = NumberedAuditLogs.start(shared.numbering(), store, copies, shared.meters());
            way.fail(Fault.NONE, this::notes);
            copies.start();
        }

        private boolean notes(String path) {
            if (path.startsWith("/" + bucket)) {
                put.add(Long.parseLong(path.replaceAll(".*/|\\.json", "")));
            }
            return true;
        }

        void append(int calls) {
            for (int i = 0; i < calls; i++) {
                log.append(Entries.call(VPC, "v-" + i));
            }
        }

        void breakWay() {
            way.fail(Fault.FAILING);
        }

        /** As far as others can see it is no more. */
        void kill() {
            shared.drop();
            way.vanish();
        }

        void close() {
            log.close();
            copies.close();
            shared.close();
            sessions.close();
            way.close();
        }
    }

    @BeforeEach
    void start() {
        AWS.removeRoles();
        AWS.addRole(ROLE, "external-1", bucket);
    }

    @AfterEach
    void stop() {
        nodes.forEach(Node::close);
        etcd.close();
    }

    @Test
    void whatANodeHadNotCopiedWhenItWasKilledAnotherCopiesAndNothingElse() throws Exception {
        store.putIfAbsent(VPC, 1, new byte[]{'x'});
        Node killed = new Node();
        Awaitility.await().until(() -> copied().size() == 1);
        killed.append(5);
        assertThat(copied()).hasSize(6);
        Node other = new Node();
        killed.breakWay();
        killed.append(10);
        Thread.sleep(1000);
        killed.append(10); // is on record only
        killed.kill();

        Awaitility.await().atMost(LONG).untilAsserted(() -> assertThat(copied()).hasSize(26));
        assertThat(other.put).containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(7, 26).boxed().toList());
        Awaitility.await()
            .atMost(LONG)
            .until(() -> EtcdNode.backlogs(etcd, VPC).isEmpty() && EtcdNode.records(etcd).isEmpty());
    }

    @Test
    void whenEtcdsDataIsLostTheLastEntriesArePutAgainByOneNode() {
        List<Long> numbers = LongStream.rangeClosed(1, 40).boxed().toList();
        numbers.forEach(number -> store.putIfAbsent(VPC, number, new byte[]{'x'}));
        new Node();
        new Node();
        Awaitility.await().atMost(LONG).until(() -> copied().size() == 40);
        assertThat(puts()).containsExactlyInAnyOrderElementsOf(numbers);

        nodes.forEach(node -> node.put.clear());
        etcd.restartEmpty();
        Awaitility.await().atMost(LONG).until(() -> puts().size() == 40);
        Awaitility.await().during(Duration.ofSeconds(2)).until(() -> puts().size() == 40);
        assertThat(nodes).filteredOn(node -> node.put.isEmpty()).hasSize(1);
    }

    @Test
    void withoutEtcdTheCopiesOfWhatIsStoredAreMade() {
        Node node = new Node();
        node.breakWay();
        node.append(3);
        etcd.kill();
        node.way.fail(Fault.NONE);

        Awaitility.await().atMost(LONG).until(() -> copied().size() == 3);
        etcd.restart();
        Awaitility.await().atMost(LONG).until(() -> node.shared.numbering().recordCount() == 0);
    }

    private List<Long> puts() {
        return nodes.stream().flatMap(node -> node.put.stream()).toList();
    }

    private List<String> copied() {
        return owner.listObjectsV2Paginator(list -> list.bucket(bucket))
            .contents()
            .stream()
            .map(S3Object::key)
            .toList();
    }
}
