/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Counter;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

import org.sovereignkeys.audit.AuditLog;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.Call;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.Caller;
import org.sovereignkeys.audit.numbering.NumberedAuditLog;
import org.sovereignkeys.audit.numbering.NumberedAuditLogs;
import org.sovereignkeys.chaos.Evidence;
import org.sovereignkeys.chaos.Loss;
import org.sovereignkeys.chaos.SeenCall;
import org.sovereignkeys.chaos.SeenCall.Outcome;
import org.sovereignkeys.etcd.EtcdServer;

import static org.sovereignkeys.audit.Entries.VPC;

/**
 * Nodes on one etcd and one bucket, all in this process, that die and come late in a fixed order while clients call; and
 * what it leaves for a checker.
 */
final class StoryOfNodes implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final String INSTANCE = "i-0c4f345c91e5cd4a2";
    private static final String IP = "10.42.0.41";
    private static final String ACCOUNT = "123456789012";

    private final NumberingMutant mutant;
    private final VersionedBucket bucket;
    private final EtcdServer server = EtcdServer.start();
    private final List<Node> nodes = new ArrayList<>();
    private final List<SeenCall> seen = new CopyOnWriteArrayList<>();
    private final List<Loss> losses = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();

    private StoryOfNodes(NumberingMutant mutant) {
        this.mutant = mutant;
        this.bucket = mutant.bucket();
    }

    /**
     * What a story left.
     *
     * @param takenOver records taken over
     * @param filled numbers filled
     * @param foundTaken numbers found taken
     */
    record Ending(Evidence evidence, double takenOver, double filled, double foundTaken) {}

    static Ending play(NumberingMutant mutant) {
        try (StoryOfNodes story = new StoryOfNodes(mutant)) {
            Node steady = story.new Node();
            story.pauseANode(steady);
            Node newcomer = story.wipeEtcdAndLoseANode(steady);
            story.killANode(newcomer, steady);
            return story.end();
        }
    }

    /** Its puts arrive after another node took over its records and stored them. */
    private void pauseANode(Node other) {
        Node paused = new Node();
        paused.call();
        other.call();
        paused.call();
        paused.callWithPutHeld();
        paused.callWithPutHeld();
        paused.die();
        awaitQuiet();
        other.call();
        paused.letPutsThrough();
    }

    /** Some of its entries are stored, one before them and one behind them are not; they arrive when others have gone on. */
    private Node wipeEtcdAndLoseANode(Node other) {
        Node lost = new Node();
        lost.call();
        lost.callWithPutHeld();
        lost.call();
        lost.callWithPutHeld();
        Instant begin = Instant.now();
        server.kill();
        lost.die();
        server.restartEmpty();
        losses.add(new Loss(begin, Instant.now()));
        other.call();
        Node newcomer = new Node();
        newcomer.call();
        awaitQuiet();
        lost.letPutsThrough();
        return newcomer;
    }

    /** What it had not stored nobody but others can store. */
    private void killANode(Node killed, Node other) {
        killed.callWithPutHeld();
        killed.store.lose();
        killed.die();
        awaitQuiet();
        other.call();
    }

    private Ending end() {
        awaitQuiet();
        Evidence evidence = new Evidence(NumberedAuditLogs.signingKey(), seen, losses, bucket.versions(), Map.of(),
                false);
        return new Ending(evidence, sum("claimed"), sum("fillers"), sum("taken"));
    }

    private double sum(String meter) {
        return nodes.stream()
            .flatMap(node -> node.etcd.meters().find("sovereign_keys.audit." + meter).counters().stream())
            .mapToDouble(Counter::count)
            .sum();
    }

    private void awaitQuiet() {
        await().until(() -> nodes.stream().filter(node -> !node.dead).allMatch(Node::hasNothingOnRecord)
                && EtcdNode.records(server).isEmpty());
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(WITHIN);
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
        server.close();
    }

    /** A node and its clients. */
    private final class Node {
        private final HoldableStore store = new HoldableStore(bucket);
        private final EtcdNode etcd = EtcdNode.start(server, store);
        private final List<NumberedAuditLog> started = new ArrayList<>();
        private final AuditLog log;
        private final List<Client> clients = new ArrayList<>();
        private boolean dead;

        Node() {
            log = mutant.log(server, etcd.numbering(), numbering -> {
                NumberedAuditLog service = NumberedAuditLogs.start(numbering, store, etcd.meters());
                service.recover();
                started.add(service);
                return service;
            });
            nodes.add(this);
        }

        /** Has a client call until it is answered. */
        void call() {
            await().until(() -> new Client().call(log));
        }

        /** Has a client call, and returns when its entry is on its way to the bucket, where it does not arrive yet. */
        void callWithPutHeld() {
            Client client = new Client();
            int before = store.held();
            store.hold('"' + client.volume + '"');
            clients.add(client);
            Thread.ofVirtual().start(() -> client.call(log));
            await().until(() -> store.held() > before);
        }

        /** Its lease ends, and so does all that it does but for puts under way; its clients give up. */
        void die() {
            dead = true;
            etcd.close();
            clients.forEach(Client::giveUp);
        }

        void letPutsThrough() {
            store.letThrough();
            await().until(() -> store.held() == 0);
        }

        boolean hasNothingOnRecord() {
            return etcd.numbering().recordCount() == 0;
        }

        void close() {
            store.lose();
            started.forEach(NumberedAuditLog::close);
            if (!dead) {
                etcd.close();
            }
        }
    }

    /** Makes one call. */
    private final class Client {
        private final String volume = "volume-" + calls.incrementAndGet();
        private final Instant begin = Instant.now();
        private boolean over;

        /** Whether it is answered that all went well. */
        boolean call(AuditLog log) {
            Outcome outcome = outcome(log);
            see(outcome);
            return outcome.equals(new Outcome.Answered(200, null));
        }

        private Outcome outcome(AuditLog log) {
            CallRecord record = new CallRecord(VPC, Instant.now(), Instant.now(), new Caller(INSTANCE, IP, ACCOUNT),
                    generate(), null);
            try {
                log.append(record);
                return new Outcome.Answered(200, null);
            } catch (AuditUnavailableException e) {
                return new Outcome.Answered(503, e.getMessage());
            } catch (RuntimeException e) {
                return new Outcome.Answered(500, e.toString());
            }
        }

        void giveUp() {
            see(new Outcome.Unanswered());
        }

        private synchronized void see(Outcome outcome) {
            if (!over) {
                over = true;
                seen.add(new SeenCall(VPC.toString(), "generate-secret", IP, ACCOUNT, parameters(), begin,
                        Instant.now(), outcome));
            }
        }

        @SuppressWarnings("NullAway") // javac drops the annotation of the values from the record's class file
        private Call generate() {
            return new Call("generate-secret", parameters());
        }

        private Map<String, @Nullable String> parameters() {
            Map<String, @Nullable String> parameters = new LinkedHashMap<>();
            parameters.put("instance_id", INSTANCE);
            parameters.put("volume_uuid", volume);
            parameters.put("rsa_wrapping_key", "MIIC");
            return parameters;
        }
    }
}
