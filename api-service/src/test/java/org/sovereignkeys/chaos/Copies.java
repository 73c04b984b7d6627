/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.util.List;
import java.util.Optional;

/** A customer's bucket: the very bytes of the service's, once each. */
final class Copies {
    private final StoredLog log;
    private final boolean complete;
    private final Findings findings;

    Copies(StoredLog log, boolean complete, Findings findings) {
        this.log = log;
        this.complete = complete;
        this.findings = findings;
    }

    void check(String vpcId, List<StoredVersion> bucket) {
        var versions = StoredLog.byKey(bucket);
        versions.forEach((key, found) -> check(vpcId, key, found));
        if (complete) {
            log.keys(vpcId)
                .stream()
                .filter(key -> !versions.containsKey(key))
                .flatMap(key -> EntryKey.of(key).stream())
                .forEach(key -> findings.add(vpcId, key.number(), "has no copy"));
        }
    }

    private void check(String vpcId, String text, List<StoredVersion> versions) {
        Optional<EntryKey> key = EntryKey.of(text).filter(found -> found.vpcId().equals(vpcId));
        if (key.isEmpty()) {
            findings.add("The key <" + text + "> in the bucket of " + vpcId + " is none of its entries");
            return;
        }
        StoredLog.requireOneVersion(key.get(), versions, " of its copy", findings);
        Optional<String> original = log.standing(text).map(StoredVersion::content);
        StoredLog.standing(versions).map(StoredVersion::content).ifPresent(copy -> {
            if (original.isEmpty()) {
                findings.add(vpcId, key.get().number(), "stands in the customer's bucket only");
            } else if (!copy.equals(original.get())) {
                findings.add(vpcId, key.get().number(), "has a copy that differs");
            }
        });
    }
}
