/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.chaos.SeenCall;

/** Clients, each an instance, that call whichever node the load balancer would give them, and note what they saw. */
final class ChaosLoad implements AutoCloseable {
    private static final int CLIENTS = 32;
    private static final String ACCOUNT = "403000000000";
    /** A call is answered within 10 s, or it is lost. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(12);
    private static final int LONGEST_PAUSE_MS = 1000;
    private static final int CHECKED_SECRETS = 10;

    private final ChaosCluster cluster;
    private final Queue<SeenCall> seen = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrongAnswers = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean stopped;

    ChaosLoad(ChaosCluster cluster) {
        this.cluster = cluster;
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client(i);
            clients.add(Thread.ofVirtual().name("client-" + i).start(client::run));
        }
    }

    /** Every call that has ended. */
    List<SeenCall> seen() {
        return List.copyOf(seen);
    }

    /** Answers that no fault excuses: another status than the protocol has for it, another secret. */
    List<String> wrongAnswers() {
        return List.copyOf(wrongAnswers);
    }

    /** Waits for the calls under way. */
    @Override
    public void close() {
        stopped = true;
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What one call made and a later one uses. */
    private record Volume(String uuid, String sealed, @Nullable String secret) {}

    private final class Client {
        private final String vpc;
        private final String id;
        private final String ip;
        private final Deque<Volume> toDecrypt = new ArrayDeque<>();
        private final Deque<Volume> toConvert = new ArrayDeque<>();

        Client(int number) {
            vpc = ChaosCluster.VPCS.get(number % ChaosCluster.VPCS.size());
            id = "i-0%016x".formatted(number + 1);
            ip = "10.42.0." + (number + 1);
        }

        void run() {
            try {
                while (!stopped) {
                    next();
                    Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MS));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | AssertionError e) {
                wrongAnswers.add("client " + id + " ended: " + e);
            }
        }

        private void next() {
            int dice = ThreadLocalRandom.current().nextInt(10);
            Volume volume = dice < 4 ? toDecrypt.poll() : dice < 5 ? toConvert.poll() : null;
            if (volume != null && dice < 4) {
                decrypt(volume);
            } else if (volume != null) {
                convert(volume);
            } else if (dice == 9) {
                decryptNothing();
            } else {
                generate();
            }
        }

        private void generate() {
            String uuid = UUID.randomUUID().toString();
            Answer answer = call("generate-secret", uuid, Map.of("rsa_wrapping_key", Instance.rsaKey()), 200);
            if (answer != null && answer.status() == 200) {
                boolean checked = ThreadLocalRandom.current().nextInt(CHECKED_SECRETS) == 0;
                String secret = checked ? Instance.open(answer.text("wrapped_secret")) : null;
                Deque<Volume> next = ThreadLocalRandom.current().nextInt(5) == 0 ? toConvert : toDecrypt;
                next.add(new Volume(uuid, answer.text("encrypted_secret"), secret));
            }
        }

        private void decrypt(Volume volume) {
            Answer answer = call("decrypt-secret", volume.uuid,
                    Map.of("rsa_wrapping_key", Instance.rsaKey(), "encrypted_secret", volume.sealed), 200);
            if (answer != null && answer.status() == 200 && volume.secret != null
                    && !volume.secret.equals(Instance.open(answer.text("wrapped_secret")))) {
                wrongAnswers.add("another secret for " + volume.uuid + " of " + id);
            }
        }

        private void convert(Volume volume) {
            call("convert-secret", volume.uuid, Map.of("source_instance_id", id, "encrypted_secret", volume.sealed),
                    200);
        }

        private void decryptNothing() {
            call("decrypt-secret", UUID.randomUUID().toString(),
                    Map.of("rsa_wrapping_key", Instance.rsaKey(), "encrypted_secret", "bm90aGluZw=="), 400);
        }

        private @Nullable Answer call(String name, String volume, Map<String, String> members, int expected) {
            ChaosNode node = choose();
            ServiceProcess process = node == null || !node.isRunning() ? null : node.running();
            if (node == null || process == null) {
                return null;
            }
            Map<String, String> body = new HashMap<>(members);
            body.put("volume_uuid", volume);
            Instant begin = Instant.now();
            Answer answer = null;
            node.callsUnderWay().incrementAndGet();
            try {
                answer = new Instance(process, vpc, id, ip).tryPost(name, body, CALL_LIMIT);
            } catch (IOException _) {
                // no answer, which is noted
            } finally {
                node.callsUnderWay().decrementAndGet();
            }
            Map<String, @Nullable String> parameters = new HashMap<>(body);
            parameters.remove("encrypted_secret");
            parameters.put("instance_id", id);
            seen.add(new SeenCall(vpc, name, ip, ACCOUNT, parameters, begin, Instant.now(), outcome(answer)));
            if (answer != null && answer.status() != expected && answer.status() != 503) {
                wrongAnswers.add(name + " of " + volume + " by " + id + ": " + answer.status() + " " + answer.body());
            }
            return answer;
        }

        private static SeenCall.Outcome outcome(@Nullable Answer answer) {
            return answer == null
                    ? new SeenCall.Outcome.Unanswered()
                    : new SeenCall.Outcome.Answered(answer.status(),
                            answer.status() == 200 ? null : answer.text("message"));
        }

        private @Nullable ChaosNode choose() {
            List<ChaosNode> healthy = cluster.nodes().stream().filter(ChaosNode::isInRotation).toList();
            // With no healthy target at all, a load balancer sends to any.
            List<ChaosNode> targets = healthy.isEmpty() ? cluster.nodes() : healthy;
            return targets.get(ThreadLocalRandom.current().nextInt(targets.size()));
        }
    }
}
