/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.membership.Members;

/** Says in the log who the members of the cluster are, and each change of that: who becomes one can read what is shared. */
final class Roster {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private @Nullable Members last;

    void saw(Members now) {
        if (last == null || last.cluster() != now.cluster()) {
            LOG.info("the members of cluster {}: {}", Long.toHexString(now.cluster()),
                    now.entries().stream().map(Roster::describe).collect(Collectors.joining(", ")));
        } else {
            changes(last, now).forEach(change -> LOG.warn("{}", change));
        }
        last = now;
    }

    /** A line for each. */
    static List<String> changes(Members before, Members now) {
        Map<Long, Members.Entry> gone = new HashMap<>();
        before.entries().forEach(entry -> gone.put(entry.id(), entry));
        List<String> changes = new ArrayList<>();
        for (Members.Entry entry : now.entries()) {
            Members.Entry earlier = gone.remove(entry.id());
            if (earlier == null) {
                changes.add("the cluster has a new member: " + describe(entry));
            } else if (!earlier.equals(entry)) {
                changes.add("a member of the cluster has changed: " + describe(earlier) + " is now " + describe(entry));
            }
        }
        gone.values().forEach(entry -> changes.add("the cluster has a member no more: " + describe(entry)));
        return changes;
    }

    private static String describe(Members.Entry entry) {
        return "%s (%s at %s%s)".formatted(Long.toHexString(entry.id()),
                entry.name().isEmpty() ? "not started," : entry.name(), entry.address(),
                entry.learner() ? ", without vote" : "");
    }
}
