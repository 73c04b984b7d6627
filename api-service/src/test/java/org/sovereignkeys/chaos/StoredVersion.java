/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A version of an object, or a delete marker, as the list of a bucket's versions and a read of each give it.
 *
 * @param content its bytes, a character each; empty for a delete marker
 * @param latest whether it is what a read of the key finds
 * @param lastModified to the second, cut off
 */
public record StoredVersion(String key, String versionId, String content, boolean deleteMarker, boolean latest,
        Instant lastModified) {
    /** A version that is no delete marker. */
    public static StoredVersion of(String key, String versionId, byte[] bytes, boolean latest, Instant lastModified) {
        return new StoredVersion(key, versionId, new String(bytes, StandardCharsets.ISO_8859_1), false, latest,
                lastModified);
    }

    /** A delete marker. */
    public static StoredVersion marker(String key, String versionId, boolean latest, Instant lastModified) {
        return new StoredVersion(key, versionId, "", true, latest, lastModified);
    }
}
