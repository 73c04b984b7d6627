/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * This node's part in the agreement on who founds a cluster. A node promises to one founder at a time, and founds itself only
 * while it has promised nobody: so of two founders of which one asks the other, or both ask a third, one is refused. A
 * promise has no end of its own; see {@link Decision} for when it is void. Safe for use by many threads.
 */
public final class Pledge {
    /** A node that has not looked for so long does not know enough to promise. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** Where a promise outlives the process. */
    public interface Memory {
        @Nullable
        Promise load();

        /** Stores the promise, or removes it if it is null. */
        void store(@Nullable Promise promise);
    }

    private final String self;
    private final String incarnation;
    private final Memory memory;
    private final Ticker ticker;
    private @Nullable Promise given;
    private long attempt;
    private boolean founding;
    private Set<String> group = Set.of();
    private boolean free;
    private @Nullable Long seen;

    public Pledge(String self, String incarnation, Memory memory, Ticker ticker) {
        this.self = self;
        this.incarnation = incarnation;
        this.memory = memory;
        this.ticker = ticker;
        this.given = memory.load();
    }

    /**
     * What this node saw last.
     *
     * @param instances those whose memory may hold a cluster
     * @param isFree whether the group has settled, and neither this node nor any that answered has data
     */
    public synchronized void saw(Set<String> instances, boolean isFree) {
        group = Set.copyOf(instances);
        free = isFree;
        seen = ticker.nanos();
    }

    /** Whether the founder has this node's promise from now on. It knows the same instances as this node, or gets none. */
    public synchronized boolean grant(FoundingRequest request) {
        Promise wanted = request.promise();
        boolean isFresh = seen != null && ticker.since(seen).compareTo(FRESH) < 0;
        if (!free || !isFresh || founding || isTaken(wanted) || !request.group().equals(group)) {
            return false;
        }
        memory.store(wanted);
        given = wanted;
        return true;
    }

    /** A late request of an earlier attempt must not take the place of a promise that is relied on. */
    private boolean isTaken(Promise wanted) {
        return given != null && !(given.founder().equals(wanted.founder())
                && given.incarnation().equals(wanted.incarnation()) && given.attempt() <= wanted.attempt());
    }

    /** Begins an attempt to found a cluster; null if another was promised that this node does not. */
    public synchronized @Nullable FoundingRequest begin() {
        if (given != null) {
            return null;
        }
        founding = true;
        attempt++;
        return new FoundingRequest(new Promise(self, incarnation, attempt), group);
    }

    /** Ends the attempt: it failed, or this node has a cluster now. */
    public synchronized void end() {
        founding = false;
    }

    /** Gives up this promise, if it is still the one given. */
    public synchronized void forget(Promise promise) {
        if (promise.equals(given)) {
            memory.store(null);
            given = null;
        }
    }

    public synchronized @Nullable Promise given() {
        return given;
    }

    /** What a node without data says. */
    public synchronized Answer.Empty answer() {
        return new Answer.Empty(incarnation, attempt, founding, given);
    }
}
