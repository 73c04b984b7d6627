/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.util.Set;

/**
 * What a founder asks each of the others.
 *
 * @param promise what it wants
 * @param group the instances that it knows of
 */
public record FoundingRequest(Promise promise, Set<String> group) {
    public FoundingRequest {
        group = Set.copyOf(group);
    }
}
