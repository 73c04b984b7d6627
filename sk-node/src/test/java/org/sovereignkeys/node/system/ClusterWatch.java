/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.sovereignkeys.node.etcd.EtcdClient;
import org.sovereignkeys.node.etcd.EtcdException;

/** Asks every machine's etcd, all the time, of which cluster it is; and what is shared, once there is something. */
final class ClusterWatch implements AutoCloseable {
    private static final int BETWEEN_LOOKS_MILLIS = 200;

    private final EtcdClient client;
    private final Outsider asker;
    private final Set<String> addresses = ConcurrentHashMap.newKeySet();
    private final Map<Long, String> seen = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> losses = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads;
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile List<String> shared = List.of();

    ClusterWatch(Outsider asker) {
        this.asker = asker;
        client = new EtcdClient(asker.tls());
        threads = List.of(always("clusters", this::lookAtCluster, looks), always("what is shared", this::read, reads));
    }

    void add(String address) {
        addresses.add(address);
    }

    void remove(String address) {
        addresses.remove(address);
    }

    /** From now on, a majority that answers answers with this. */
    void expect(String value) {
        shared = List.of(value);
    }

    /** All clusters that were ever seen, each with where and when. */
    Map<Long, String> clusters() {
        return new TreeMap<>(seen);
    }

    /** Each answer of a majority that was not what is shared. */
    List<String> losses() {
        return List.copyOf(losses);
    }

    /** Answers of etcd, of which cluster it is. */
    int looks() {
        return looks.get();
    }

    /** Answers of a majority, what is shared. */
    int reads() {
        return reads.get();
    }

    private interface Question {
        /** Whether there was an answer. */
        boolean ask(String address) throws Exception;
    }

    private Thread always(String name, Question question, AtomicInteger answered) {
        return Thread.ofVirtual().name(name).start(() -> {
            try {
                while (true) {
                    for (String address : new TreeSet<>(addresses)) {
                        if (isAnswered(question, address)) {
                            answered.incrementAndGet();
                        }
                    }
                    Thread.sleep(BETWEEN_LOOKS_MILLIS);
                }
            } catch (InterruptedException _) {
                // it is over
            }
        });
    }

    /** Who does not run, cannot be reached, or is without majority does not answer. */
    private static boolean isAnswered(Question question, String address) throws InterruptedException {
        try {
            return question.ask(address);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception _) {
            return false;
        }
    }

    private boolean lookAtCluster(String address) throws EtcdException {
        seen.putIfAbsent(client.status(address).cluster(), address + " at look " + looks);
        return true;
    }

    private boolean read(String address) throws Exception {
        List<String> expected = shared;
        if (expected.isEmpty()) {
            return false;
        }
        List<String> found = asker.get(address);
        if (!found.equals(expected)) {
            losses.add(address + " at read " + reads + ": " + found);
        }
        return true;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        client.close();
    }
}
