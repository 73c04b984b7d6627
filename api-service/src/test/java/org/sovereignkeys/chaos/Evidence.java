/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.security.PublicKey;
import java.util.List;
import java.util.Map;

/**
 * All that a run leaves behind, once nothing is in flight any more.
 *
 * @param signingKey what {@code public-signing-key} gives
 * @param calls every call that any client made
 * @param losses every loss of etcd's data
 * @param log all versions and delete markers of the service's bucket
 * @param copies the same of each customer's bucket, by VPC; a VPC without one is not in it
 * @param copiesComplete whether every entry must have been copied by now
 */
public record Evidence(PublicKey signingKey, List<SeenCall> calls, List<Loss> losses, List<StoredVersion> log,
        Map<String, List<StoredVersion>> copies, boolean copiesComplete) {
    public Evidence {
        calls = List.copyOf(calls);
        losses = List.copyOf(losses);
        log = List.copyOf(log);
        copies = Map.copyOf(copies);
    }
}
