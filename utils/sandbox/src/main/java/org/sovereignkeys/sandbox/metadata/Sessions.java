/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.metadata;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tokens that were given out. Each is of use to the instance that asked for it alone, and for its time. */
final class Sessions {
    private static final int TOKEN_BYTES = 40;
    private static final int MANY = 10_000;

    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;

    Sessions(InstantSource clock) {
        this.clock = clock;
    }

    String begin(String instanceId, Duration length) {
        Instant now = clock.instant();
        if (sessions.size() >= MANY) {
            sessions.values().removeIf(session -> !now.isBefore(session.end));
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        sessions.put(token, new Session(instanceId, now.plus(length)));
        return token;
    }

    boolean isOf(String token, String instanceId) {
        Session session = sessions.get(token);
        return session != null && session.instanceId.equals(instanceId) && clock.instant().isBefore(session.end);
    }

    private record Session(String instanceId, Instant end) {}
}
