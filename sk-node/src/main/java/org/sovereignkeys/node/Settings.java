/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the node is told.
 *
 * @param group name of the auto scaling group
 * @param authorityKey ARN of the authority's key
 * @param store where key, certificates and etcd's data lie
 * @param storeOnDisk whether the store may lie elsewhere than in RAM
 * @param etcd the program
 * @param certificateLifetime how long a certificate is valid; it is renewed at half that time
 * @param pace how long the node waits before it looks again while it is no member; ten times that when it is
 * @param settling how long the group must have had the same instances before they found a cluster
 * @param patience the same where it has not all the instances that it is to have, but a majority
 */
record Settings(String group, String authorityKey, Path store, boolean storeOnDisk, String etcd,
        Duration certificateLifetime, Duration pace, Duration settling, Duration patience) {
    static final String STORE = "/mnt/ram-store/node";

    /** Throws {@link IllegalArgumentException} that names what is missing. */
    static Settings of(Map<String, String> environment, RunCommand options) {
        return new Settings(required(environment, "SK_NODES"), required(environment, "SK_AUTHORITY_KEY"),
                store(environment), options.storeOnDisk, environment.getOrDefault("SK_ETCD", "etcd"),
                options.certificateLifetime, options.pace, options.settling, options.patience);
    }

    static Path store(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("SK_NODE_STORE", STORE));
    }

    private static String required(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
            .filter(value -> !value.isBlank())
            .orElseThrow(() -> new IllegalArgumentException(name + " is not set"));
    }
}
