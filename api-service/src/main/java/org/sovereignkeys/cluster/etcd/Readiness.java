/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.etcd;

import java.time.Duration;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/** Tells the other nodes, under a key that goes with this node, with which PIN it is ready. Of one thread at a time. */
final class Readiness {
    private static final Duration LASTS = Duration.ofSeconds(10);
    private static final Duration RENEWED_AFTER = Duration.ofSeconds(3);

    private final SharedKeys etcd;
    private final String node;
    private @Nullable UUID told;
    private long toldAtNanos;

    Readiness(SharedKeys etcd, String node) {
        this.etcd = etcd;
        this.node = node;
    }

    /**
     * Keeps up what is told.
     *
     * @param push names the PIN with which this node is ready; null if it is not
     */
    void keepUp(@Nullable UUID push) {
        if (push == null) {
            withdraw();
            return;
        }
        Duration age = Duration.ofNanos(System.nanoTime() - toldAtNanos);
        boolean anew = !push.equals(told) || age.compareTo(LASTS) > 0;
        if (anew || age.compareTo(RENEWED_AFTER) > 0) {
            etcd.putReady(node, push, LASTS.toSeconds(), anew);
            told = push;
            toldAtNanos = System.nanoTime();
        }
    }

    private void withdraw() {
        if (told != null) {
            etcd.deleteReady(node);
            told = null;
        }
    }
}
