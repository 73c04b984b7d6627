/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The calls of the API, as the gateway has them: there are no others. */
enum Route {
    GENERATE_SECRET("POST", "/encryption/{InstanceId}/generate-secret"), DECRYPT_SECRET("POST",
            "/encryption/{InstanceId}/decrypt-secret"), CONVERT_SECRET("POST",
                    "/encryption/{InstanceId}/convert-secret"), PUBLIC_SIGNING_KEY("GET", "/public-signing-key");

    private static final String PARAMETER = "{InstanceId}";

    private final String method;
    private final String resource;
    private final Pattern path;

    Route(String method, String resource) {
        this.method = method;
        this.resource = resource;
        // Of a client whose configured URL ends in a slash there is one too many.
        this.path = Pattern.compile("/?" + resource.replace(PARAMETER, "([^/]+)"));
    }

    /** The path with its parameter's name in braces. */
    String resource() {
        return resource;
    }

    /**
     * Finds the route of a call. Nothing is decoded for that, and a parameter may be anything but empty: what it must be like is
     * the authorizer's to say.
     *
     * @param rawPath the path behind the stage
     */
    static Optional<Match> find(String method, String rawPath) {
        return Stream.of(values()).flatMap(route -> route.match(method, rawPath).stream()).findFirst();
    }

    private Optional<Match> match(String called, String rawPath) {
        Matcher matcher = path.matcher(rawPath);
        if (!called.equals(method) || !matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Match(this, rawPath, matcher.groupCount() == 0 ? null : matcher.group(1)));
    }

    /**
     * A call that has a route.
     *
     * @param rawPath the path behind the stage, as it came
     * @param rawInstanceId the parameter as it came; null where the route has none
     */
    record Match(Route route, String rawPath, @Nullable String rawInstanceId) {
        /** The parameter, decoded once, as the event shows it. */
        @Nullable
        String instanceId() {
            return rawInstanceId == null
                    ? null
                    : URLDecoder.decode(rawInstanceId.replace("+", "%2B"), StandardCharsets.UTF_8);
        }

        /** The path without what it may have too many. */
        String pathOfService() {
            return rawInstanceId == null ? route.resource : route.resource.replace(PARAMETER, rawInstanceId);
        }
    }
}
