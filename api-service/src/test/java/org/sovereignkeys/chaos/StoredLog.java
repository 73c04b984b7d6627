/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The service's bucket: every object an entry under its key, once, and the numbers of each VPC 1 to N. */
final class StoredLog {
    private final PublicKey signingKey;
    private final Findings findings;
    private final Map<String, StoredVersion> standing = new TreeMap<>();
    private final Map<String, List<StoredEntry>> entries = new TreeMap<>();
    private final Map<String, NavigableSet<Long>> numbers = new TreeMap<>();

    StoredLog(List<StoredVersion> bucket, PublicKey signingKey, Findings findings) {
        this.signingKey = signingKey;
        this.findings = findings;
        byKey(bucket).forEach(this::add);
        numbers.forEach(this::requireNoGap);
    }

    static Map<String, List<StoredVersion>> byKey(List<StoredVersion> bucket) {
        Map<String, List<StoredVersion>> versions = new TreeMap<>();
        for (StoredVersion version : bucket) {
            versions.computeIfAbsent(version.key(), _ -> new ArrayList<>()).add(version);
        }
        return versions;
    }

    /** What a read of the key finds, whatever its form. */
    Optional<StoredVersion> standing(String key) {
        return Optional.ofNullable(standing.get(key));
    }

    /** All keys of a VPC's entries under which something stands. */
    List<String> keys(String vpcId) {
        return standing.keySet().stream().filter(key -> key.startsWith(vpcId + "/")).toList();
    }

    /** What can be read, by VPC, in the order of the numbers. */
    Map<String, List<StoredEntry>> entries() {
        return entries;
    }

    private void add(String text, List<StoredVersion> versions) {
        Optional<EntryKey> key = EntryKey.of(text);
        if (key.isEmpty()) {
            findings.add("The key <" + text + "> is none of an entry");
            return;
        }
        EntryKey place = key.get();
        numbers.computeIfAbsent(place.vpcId(), _ -> new TreeSet<>()).add(place.number());
        requireOneVersion(place, versions, "", findings);
        standing(versions).ifPresent(version -> {
            standing.put(text, version);
            read(place, version);
        });
    }

    static void requireOneVersion(EntryKey key, List<StoredVersion> versions, String where, Findings findings) {
        if (versions.stream().anyMatch(StoredVersion::deleteMarker)) {
            findings.add(key.vpcId(), key.number(), "has a delete marker" + where);
        }
        long contents = versions.stream().filter(version -> !version.deleteMarker()).count();
        if (contents != 1) {
            findings.add(key.vpcId(), key.number(), "has " + contents + " versions" + where);
        }
    }

    static Optional<StoredVersion> standing(List<StoredVersion> versions) {
        return versions.stream().filter(version -> version.latest() && !version.deleteMarker()).findFirst();
    }

    private void read(EntryKey key, StoredVersion version) {
        try {
            Entry entry = EntryReader.read(version.content());
            if (entry.number() != key.number() || !entry.vpcId().equals(key.vpcId())) {
                throw new MalformedEntryException("says that it is number " + entry.number() + " of " + entry.vpcId());
            }
            entries.computeIfAbsent(key.vpcId(), _ -> new ArrayList<>())
                .add(new StoredEntry(entry, version.lastModified()));
            EntrySignature.require(signingKey, version.content(), entry.signature());
        } catch (MalformedEntryException e) {
            findings.add(key.vpcId(), key.number(), e.fault());
        }
    }

    private void requireNoGap(String vpcId, Collection<Long> ascending) {
        long expected = 1;
        for (long number : ascending) {
            if (number > expected) {
                findings.add(vpcId, expected,
                        expected == number - 1 ? "is missing" : "to " + (number - 1) + " are missing");
            }
            expected = number + 1;
        }
    }
}
