/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import org.sovereignkeys.audit.MemoryAuditStore;
import org.sovereignkeys.chaos.StoredVersion;
import org.sovereignkeys.customer.VpcId;

/** A store that keeps all that ever stood under a number, as a bucket with versions does. */
class VersionedBucket extends MemoryAuditStore {
    private final List<StoredVersion> versions = new ArrayList<>();

    @Override
    public Put putIfAbsent(VpcId vpcId, long number, byte[] json) {
        synchronized (versions) {
            Put put = super.putIfAbsent(vpcId, number, json);
            if (put == Put.STORED) {
                addVersion(vpcId, number, json);
            }
            return put;
        }
    }

    /** Stores an entry, whatever stands under its number. */
    final Put replace(VpcId vpcId, long number, byte[] json) {
        synchronized (versions) {
            log(vpcId).put(number, json.clone());
            addVersion(vpcId, number, json);
            return Put.STORED;
        }
    }

    final List<StoredVersion> versions() {
        synchronized (versions) {
            return List.copyOf(versions);
        }
    }

    private void addVersion(VpcId vpcId, long number, byte[] json) {
        String key = vpcId + "/" + "%09d.json".formatted(number);
        versions.replaceAll(version -> version.key().equals(key) ? superseded(version) : version);
        versions.add(StoredVersion.of(key, "v" + versions.size(), json, true,
                Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }

    private static StoredVersion superseded(StoredVersion version) {
        return new StoredVersion(version.key(), version.versionId(), version.content(), false, false,
                version.lastModified());
    }
}
