/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.operator;

import java.nio.CharBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

import org.sovereignkeys.cluster.ClusterException;
import org.sovereignkeys.hsm.Pin;

/** Reads {@code {"pin":"…"}} without ever making a string of the PIN, which could not be wiped. */
final class PinBody {
    private static final String MEMBER = "pin";
    /** Buffers that are not recycled: one that held a PIN must not be handed to the next request. */
    private static final JsonFactory JSON = JsonFactory.builder()
        .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();

    private PinBody() {}

    /** Reads the PIN; throws {@link ClusterException}, which does not quote the body, if it is not of that form. */
    static Pin read(byte[] body) {
        Pin pin = null;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed();
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = MEMBER.equals(parser.currentName());
                JsonToken value = parser.nextToken();
                if (wanted && value == JsonToken.VALUE_STRING) {
                    pin = pinOf(parser);
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw malformed();
            }
        } catch (JacksonException | IllegalArgumentException _) {
            destroy(pin);
            throw malformed();
        } catch (ClusterException e) {
            destroy(pin);
            throw e;
        }
        if (pin == null) {
            throw malformed();
        }
        return pin;
    }

    private static Pin pinOf(JsonParser parser) {
        char[] characters = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int length = parser.getStringLength();
        try {
            return Pin.of(CharBuffer.wrap(characters, from, length));
        } finally {
            Arrays.fill(characters, from, from + length, '\0');
        }
    }

    private static void destroy(@Nullable Pin pin) {
        if (pin != null) {
            pin.destroy();
        }
    }

    private static ClusterException malformed() {
        return ClusterException.refused("The body must be {\"pin\":\"…\"} with the PIN as a string that is not empty.");
    }
}
