/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/** How long requests take and which fault hits them; both may be switched at any time. */
final class Behaviour {
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);

    /** A fault, and what those wait for that hang in it. */
    private record Current(Fault fault, CountDownLatch end) {}

    private final Map<Fault.Kind, LongAdder> hits = new EnumMap<>(Fault.Kind.class);
    private volatile Duration putDelay = Duration.ZERO;
    private volatile Duration otherDelay = Duration.ZERO;
    private Current current = new Current(Fault.NONE, new CountDownLatch(1));

    Behaviour() {
        for (Fault.Kind kind : Fault.Kind.values()) {
            hits.put(kind, new LongAdder());
        }
    }

    void setPutDelay(Duration delay) {
        putDelay = checked(delay);
    }

    void setOtherDelay(Duration delay) {
        otherDelay = checked(delay);
    }

    /** A delay as a text gives it, in milliseconds. */
    static Duration delay(String milliseconds) {
        try {
            return checked(Duration.ofMillis(Long.parseLong(milliseconds)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("A delay must be a number of milliseconds.", e);
        }
    }

    private static Duration checked(Duration delay) {
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("A delay must be from 0 to one hour.");
        }
        return delay;
    }

    Duration putDelay() {
        return putDelay;
    }

    Duration otherDelay() {
        return otherDelay;
    }

    synchronized void setFault(Fault fault) {
        Current before = current;
        current = new Current(fault, new CountDownLatch(1));
        before.end().countDown();
    }

    Fault fault() {
        return current().fault();
    }

    private synchronized Current current() {
        return current;
    }

    long hits(Fault.Kind kind) {
        return counter(kind).sum();
    }

    private LongAdder counter(Fault.Kind kind) {
        LongAdder counter = hits.get(kind);
        if (counter == null) {
            throw new IllegalStateException("not counted: " + kind);
        }
        return counter;
    }

    /** What is to become of a request; one that shall hang has hung when this returns. */
    Fault.Kind meet(@Nullable String bucket) throws InterruptedException {
        Current now = current();
        Fault fault = now.fault();
        if (fault.kind() == Fault.Kind.NONE || (fault.bucket() != null && !fault.bucket().equals(bucket))
                || ThreadLocalRandom.current().nextDouble() >= fault.share()) {
            return Fault.Kind.NONE;
        }
        counter(fault.kind()).increment();
        if (fault.kind() == Fault.Kind.HANGING) {
            now.end().await();
        }
        return fault.kind();
    }
}
