/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

/**
 * A version of a key.
 *
 * @param object null for a delete marker
 */
record Version(String id, Instant modified, @Nullable StoredObject object) {
    /** The id of what was written without versioning. */
    static final String NULL_ID = "null";
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
        .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
        .withZone(ZoneOffset.UTC);

    static Version now(String id, @Nullable StoredObject object) {
        return new Version(id, Instant.now().truncatedTo(ChronoUnit.MILLIS), object);
    }

    static String newId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    boolean isMarker() {
        return object == null;
    }

    String httpDate() {
        return HTTP_DATE.format(modified);
    }
}
