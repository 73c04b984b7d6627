/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.api;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The same at each synthesis, where maps of the JDK change their order from run to run: else each would be an update. */
final class StableJson {
    private static final int DIGITS = 16;
    private static final JsonMapper SORTED = JsonMapper.builder()
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .build();

    private StableJson() {}

    static Map<String, Object> sorted(Map<String, Object> map) {
        try {
            return SORTED.readValue(SORTED.writeValueAsBytes(map), new TypeReference<>() {});
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tells whether parts of a template are the same; hexadecimal, upper case. */
    static String digest(Object... parts) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(SORTED.writeValueAsBytes(List.of(parts)));
            return HexFormat.of().withUpperCase().formatHex(hash).substring(0, DIGITS);
        } catch (JsonProcessingException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
