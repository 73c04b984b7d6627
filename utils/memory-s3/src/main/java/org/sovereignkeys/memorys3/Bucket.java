/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** A bucket: keys in the order of S3, and the versions of each. Safe for use by many threads; each change is one step. */
final class Bucket {
    static final String VERSIONING_ENABLED = "Enabled";
    static final String VERSIONING_SUSPENDED = "Suspended";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** Each list begins with the latest and has at least one. */
    private final ConcurrentSkipListMap<String, List<Version>> versions = new ConcurrentSkipListMap<>(
            Bucket::compareAsUtf8);
    private volatile @Nullable String versioning;
    private volatile @Nullable String objectLock;

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** As the keys' UTF-8 compares byte by byte: what lies beyond U+FFFF comes last, although its surrogates do not. */
    static int compareAsUtf8(String one, String other) {
        int common = Math.min(one.length(), other.length());
        for (int i = 0; i < common; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                boolean isBeyond = Character.isSurrogate(a);
                return isBeyond == Character.isSurrogate(b) ? Character.compare(a, b) : isBeyond ? 1 : -1;
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    /** Null where it was never set. */
    @Nullable
    String versioning() {
        return versioning;
    }

    void setVersioning(String status) {
        if (objectLock != null && !status.equals(VERSIONING_ENABLED)) {
            throw new Refusal(409, "InvalidBucketState", "A bucket with Object Lock stays versioned.");
        }
        versioning = status;
    }

    /** The configuration of Object Lock as it was put; null where there is none. */
    @Nullable
    String objectLock() {
        return objectLock;
    }

    void setObjectLock(String configuration) {
        if (!VERSIONING_ENABLED.equals(versioning)) {
            throw new Refusal(409, "InvalidBucketState", "Object Lock needs a bucket that is versioned.");
        }
        objectLock = configuration;
    }

    /**
     * Puts a version in front of the others of its key.
     *
     * @param onlyIfAbsent whether to refuse where an object stands; a delete marker is none
     */
    Version put(String key, StoredObject object, boolean onlyIfAbsent) {
        Version version = Version.now(idOfNext(), object);
        versions.compute(key, (_, there) -> {
            if (onlyIfAbsent && there != null && !there.getFirst().isMarker()) {
                throw new Refusal(412, "PreconditionFailed",
                        "At least one of the pre-conditions you specified did not hold.");
            }
            return inFront(version, there);
        });
        return version;
    }

    private String idOfNext() {
        return VERSIONING_ENABLED.equals(versioning) ? Version.newId() : Version.NULL_ID;
    }

    private static List<Version> inFront(Version version, @Nullable List<Version> there) {
        List<Version> all = new ArrayList<>();
        all.add(version);
        if (there != null) {
            there.stream().filter(other -> !other.id().equals(version.id())).forEach(all::add);
        }
        return List.copyOf(all);
    }

    /** Deletes as a client does that names no version; returns the delete marker, where the bucket is versioned. */
    Optional<Version> delete(String key) {
        if (versioning == null) {
            versions.remove(key);
            return Optional.empty();
        }
        Version marker = Version.now(idOfNext(), null);
        versions.compute(key, (_, there) -> inFront(marker, there));
        return Optional.of(marker);
    }

    /** Removes a version for good; returns what it was. */
    Optional<Version> delete(String key, String versionId) {
        Optional<Version> removed = find(key, versionId);
        removed.ifPresent(version -> versions.computeIfPresent(key, (_, there) -> {
            List<Version> rest = there.stream().filter(other -> !other.equals(version)).toList();
            return rest.isEmpty() ? null : rest;
        }));
        return removed;
    }

    Optional<Version> find(String key, String versionId) {
        return of(key).stream().filter(version -> version.id().equals(versionId)).findFirst();
    }

    /** The versions of a key, the latest first; none where there is no such key. */
    List<Version> of(String key) {
        return versions.getOrDefault(key, List.of());
    }

    /** All keys, in order. */
    NavigableMap<String, List<Version>> keys() {
        return Collections.unmodifiableNavigableMap(versions);
    }
}
