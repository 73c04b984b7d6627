/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.GetOption;
import software.amazon.awssdk.core.exception.SdkException;

import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdUnavailableException;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Looks at etcd and the bucket while the nodes run. Every number up to the counter must be in the bucket or on record; what
 * is on record must lie less than 1,000 below the counter; and the records of a node that is gone must be settled within
 * half a minute. Formats: docs/design/audit-numbering.md.
 */
final class RunningCheck implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(30);
    private static final long BOUND = 1000;
    /** What lies further back has been looked at before. */
    private static final long LOOKED_BACK = 3000;
    private static final String PREFIX = "sovereign-keys/";
    private static final Pattern COUNTER = Pattern.compile(PREFIX + "numbers/(vpc-\\w+)");
    private static final Pattern RECORD = Pattern.compile(PREFIX + "records/(vpc-\\w+)/\\d{9}-(\\w+)-\\w+");
    private static final Pattern NODE = Pattern.compile(PREFIX + "nodes/(\\w+)");
    private static final Pattern NUMBER = Pattern.compile("\"vpc_op_seq_num\": (\\d+)");

    private final ChaosCluster cluster;
    private final FaultScript script;
    private final EtcdConnection etcd;
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Instant> goneSince = new HashMap<>();
    private final Thread thread;
    private final AtomicInteger rounds = new AtomicInteger();

    RunningCheck(ChaosCluster cluster, FaultScript script) {
        this.cluster = cluster;
        this.script = script;
        this.etcd = cluster.etcd().connect();
        this.thread = Thread.ofVirtual().name("running-check").start(this::run);
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    /** How often it could look. */
    int rounds() {
        return rounds.get();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                look();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            violations.add("the check while running ended: " + e);
        }
    }

    private void look() {
        int epoch = script.epoch();
        List<String> found = new ArrayList<>();
        Snapshot snapshot;
        try {
            snapshot = snapshot();
            snapshot.counters.forEach((vpc, counter) -> checkNumbers(vpc, counter, snapshot, found));
        } catch (EtcdUnavailableException | SdkException _) {
            return; // as the script has it
        }
        if (epoch != script.epoch() || epoch % 2 != 0) {
            return; // the data was lost meanwhile
        }
        checkOwners(snapshot, found);
        violations.addAll(found);
        rounds.incrementAndGet();
    }

    private Snapshot snapshot() {
        GetOption all = GetOption.builder().isPrefix(true).build();
        return new Snapshot(
                etcd.call(client -> client.getKVClient().get(ByteSequence.from(PREFIX, US_ASCII), all)).getKvs());
    }

    private void checkNumbers(String vpc, long counter, Snapshot snapshot, List<String> found) {
        Set<Long> known = new HashSet<>(snapshot.onRecord.getOrDefault(vpc, Set.of()));
        known.stream()
            .min(Long::compare)
            .filter(lowest -> counter - lowest >= BOUND)
            .ifPresent(
                    lowest -> found.add(vpc + ": " + lowest + " is on record still, and the counter is at " + counter));
        long first = Math.max(1, counter - LOOKED_BACK);
        known.addAll(stored(vpc, first));
        LongStream.rangeClosed(first, counter)
            .filter(number -> !known.contains(number))
            .forEach(number -> found.add(vpc + ": " + number + " is neither stored nor on record, counter " + counter));
    }

    private Set<Long> stored(String vpc, long first) {
        Set<Long> numbers = new HashSet<>();
        cluster.aws()
            .s3()
            .listObjectVersionsPaginator(list -> list.bucket(cluster.logBucket())
                .prefix(vpc + "/")
                .keyMarker("%s/%09d.json".formatted(vpc, first - 1)))
            .versions()
            .forEach(version -> numbers.add(Long.parseLong(version.key().replaceAll(".*/|\\.json", ""))));
        return numbers;
    }

    private void checkOwners(Snapshot snapshot, List<String> found) {
        goneSince.keySet().retainAll(snapshot.owners);
        goneSince.keySet().removeAll(snapshot.alive);
        for (String owner : snapshot.owners) {
            if (!snapshot.alive.contains(owner)) {
                Instant since = goneSince.computeIfAbsent(owner, _ -> Instant.now());
                if (Duration.between(since, Instant.now()).compareTo(SETTLED_WITHIN) > 0) {
                    found.add("records of " + owner + ", which is gone since " + since + ", are not settled");
                }
            }
        }
    }

    /** What etcd held at one revision. */
    private static final class Snapshot {
        final Map<String, Long> counters = new HashMap<>();
        final Map<String, Set<Long>> onRecord = new HashMap<>();
        final Set<String> owners = new HashSet<>();
        final Set<String> alive = new HashSet<>();

        Snapshot(List<KeyValue> pairs) {
            for (KeyValue pair : pairs) {
                String key = pair.getKey().toString(US_ASCII);
                Matcher counter = COUNTER.matcher(key);
                Matcher theRecord = RECORD.matcher(key);
                Matcher node = NODE.matcher(key);
                if (counter.matches()) {
                    counters.put(counter.group(1), Long.parseLong(pair.getValue().toString(US_ASCII)));
                } else if (theRecord.matches()) {
                    owners.add(theRecord.group(2));
                    Set<Long> numbers = onRecord.computeIfAbsent(theRecord.group(1), _ -> new HashSet<>());
                    NUMBER.matcher(pair.getValue().toString(US_ASCII))
                        .results()
                        .forEach(number -> numbers.add(Long.parseLong(number.group(1))));
                } else if (node.matches()) {
                    alive.add(node.group(1));
                }
            }
        }

        boolean nothingOnRecord() {
            return onRecord.isEmpty();
        }
    }

    /** Waits until nothing is on record any more. */
    void awaitSettled() {
        ServiceProcess.await("all records settled", Duration.ofSeconds(60), () -> {
            try {
                return snapshot().nothingOnRecord();
            } catch (EtcdUnavailableException _) {
                return false;
            }
        });
    }

    @Override
    public void close() {
        thread.interrupt();
        etcd.close();
    }
}
