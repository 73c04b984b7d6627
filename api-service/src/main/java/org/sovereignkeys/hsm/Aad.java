/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Additional authenticated data that ties a wrapped key to where it belongs: {@code AAD:}, then the lower-cased key and
 * value of each pair in the alphabetical order of the keys, with nothing between. The alphabets of the values (no two
 * pairs could be read as one) are the caller's duty. Format: docs/formats/wrapped-blob.md.
 */
public record Aad(String text) {
    /** Makes the data of these pairs. */
    public static Aad of(Map<String, String> pairs) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(pairs).forEach((key, value) -> text.append(key).append(value));
        return new Aad("AAD:" + text.toString().toLowerCase(Locale.ROOT));
    }

    /** The text in UTF-8. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
