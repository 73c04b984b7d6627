/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.node.membership.Observation.Steadiness;

/** For how long the group has been as AWS tells. */
public final class GroupHistory {
    /**
     * For so long a node that its group ends serves on. The group has had the load balancer send it nothing more before; this
     * is for connections that are still open, for which a target has 30 s, and for a load balancer that is behind: by the health
     * check, which fails from when the instance learns of its end, it takes 25 s.
     */
    static final Duration DRAIN = Duration.ofSeconds(30);

    private final String self;
    private final Ticker ticker;
    private final Duration settling;
    private final Duration patience;
    private Set<String> instances = Set.of();
    private @Nullable Long changed;
    private @Nullable Long ending;

    /**
     * Nothing yet.
     *
     * @param settling after which a group without change is settled
     * @param patience after which that lasts
     */
    public GroupHistory(String self, Ticker ticker, Duration settling, Duration patience) {
        this.self = self;
        this.ticker = ticker;
        this.settling = settling;
        this.patience = patience;
    }

    public void saw(Group group) {
        if (changed == null || !group.withMemory().equals(instances)) {
            instances = group.withMemory();
            changed = ticker.nanos();
        }
        if (!group.isTerminating(self)) {
            ending = null;
        } else if (ending == null) {
            ending = ticker.nanos();
        }
    }

    public Steadiness steadiness() {
        if (!hasPassed(changed, settling)) {
            return Steadiness.CHANGING;
        }
        return hasPassed(changed, patience) ? Steadiness.LASTING : Steadiness.SETTLED;
    }

    /** Whether the group ends this instance, and its clients have gone elsewhere. */
    public boolean isDrained() {
        return hasPassed(ending, DRAIN);
    }

    private boolean hasPassed(@Nullable Long since, Duration time) {
        return since != null && ticker.since(since).compareTo(time) >= 0;
    }
}
