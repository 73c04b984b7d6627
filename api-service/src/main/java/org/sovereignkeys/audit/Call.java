/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What was called. A parameter that is not a string of its alphabet and length is null, so that no text can be read two
 * ways. Parameters keep their order.
 *
 * @param name {@code generate-secret}, {@code decrypt-secret} or {@code convert-secret}; null in the filler of a lost entry
 * @param parameters by name; null in the filler of a lost entry
 */
public record Call(@Nullable String name, @Nullable Map<String, @Nullable String> parameters) {
    public Call {
        parameters = parameters == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
}
