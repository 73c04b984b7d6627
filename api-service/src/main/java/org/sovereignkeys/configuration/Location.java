/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.util.Locale;

/**
 * Where something lies: a technology and a place in it, as {@code file:/var/lib/sk/log}.
 *
 * @param technology lower-case word before the colon
 * @param target what comes behind the colon; empty for {@code memory}
 */
public record Location(String technology, String target) {
    /**
     * Reads {@code TECHNOLOGY:TARGET} or {@code TECHNOLOGY}.
     *
     * @throws IllegalArgumentException if there is no technology
     */
    public static Location of(String text) {
        int colon = text.indexOf(':');
        String technology = (colon < 0 ? text : text.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
        if (technology.isEmpty()) {
            throw new IllegalArgumentException("TECHNOLOGY:TARGET is wanted, as file:/some/folder");
        }
        return new Location(technology, colon < 0 ? "" : text.substring(colon + 1).strip());
    }

    @Override
    public String toString() {
        return target.isEmpty() ? technology : technology + ":" + target;
    }
}
