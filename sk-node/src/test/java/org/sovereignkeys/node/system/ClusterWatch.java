/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.sovereignkeys.node.etcd.EtcdClient;
import org.sovereignkeys.node.etcd.EtcdException;
import org.sovereignkeys.node.etcd.EtcdStatus;

/** Asks every machine's etcd, all the time, of which cluster it is. */
final class ClusterWatch implements AutoCloseable {
    private static final int BETWEEN_LOOKS_MILLIS = 200;

    private final EtcdClient client;
    private final Set<String> addresses = ConcurrentHashMap.newKeySet();
    private final Map<Long, String> seen = new ConcurrentHashMap<>();
    private final Thread thread;
    private final AtomicInteger looks = new AtomicInteger();

    ClusterWatch(Outsider asker) {
        client = new EtcdClient(asker.tls());
        thread = Thread.ofVirtual().name("watch").start(this::watch);
    }

    void add(String address) {
        addresses.add(address);
    }

    void remove(String address) {
        addresses.remove(address);
    }

    /** All clusters that were ever seen, each with where and when. */
    Map<Long, String> clusters() {
        return new TreeMap<>(seen);
    }

    int looks() {
        return looks.get();
    }

    private void watch() {
        try {
            while (true) {
                for (String address : new TreeSet<>(addresses)) {
                    look(address);
                }
                looks.incrementAndGet();
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            }
        } catch (InterruptedException _) {
            // it is over
        }
    }

    private void look(String address) {
        try {
            EtcdStatus status = client.status(address);
            seen.putIfAbsent(status.cluster(), address + " at look " + looks);
        } catch (EtcdException _) {
            // it does not run, or cannot be reached
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        client.close();
    }
}
