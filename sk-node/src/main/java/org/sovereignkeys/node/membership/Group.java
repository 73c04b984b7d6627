/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The auto scaling group, as AWS tells of it.
 *
 * @param desired how many instances it is to have
 */
public record Group(int desired, List<Instance> instances) {
    public Group {
        instances = List.copyOf(instances);
    }

    Optional<Instance> find(String id) {
        return instances.stream().filter(instance -> instance.id().equals(id)).findFirst();
    }

    /** Those whose memory may hold a cluster. */
    public Set<String> withMemory() {
        return ids(instance -> instance.phase() != Instance.Phase.OFF);
    }

    Set<String> active() {
        return ids(instance -> instance.phase() == Instance.Phase.ACTIVE);
    }

    boolean isOff(String id) {
        return is(id, Instance.Phase.OFF);
    }

    public boolean isTerminating(String id) {
        return is(id, Instance.Phase.TERMINATING);
    }

    private boolean is(String id, Instance.Phase phase) {
        return find(id).map(instance -> instance.phase() == phase).orElse(false);
    }

    private Set<String> ids(Predicate<Instance> wanted) {
        return instances.stream().filter(wanted).map(Instance::id).collect(Collectors.toUnmodifiableSet());
    }
}
