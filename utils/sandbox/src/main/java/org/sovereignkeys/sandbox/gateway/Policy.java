/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the authorizer answered. Read more narrowly than AWS would: a wildcard, another condition or another operator counts
 * for nothing, so that a policy which says more than it should is noticed here.
 */
final class Policy {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String INVOKE = "execute-api:Invoke";
    private static final Set<String> EFFECTS = Set.of("Allow", "Deny");

    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,5}");

    private final JsonNode statements;
    private final JsonNode context;

    private Policy(JsonNode statements, JsonNode context) {
        this.statements = statements;
        this.context = context;
    }

    /** Reads an answer; throws {@link RefusedException} if it is none that API Gateway would take. */
    static Policy read(byte[] answer) throws RefusedException {
        JsonNode root;
        try {
            root = JSON.readTree(answer);
        } catch (JacksonException e) {
            throw new RefusedException(Refusal.AUTHORIZER_FAILED);
        }
        JsonNode statements = root.path("policyDocument").path("Statement");
        if (!root.path("principalId").isString() || !statements.isArray() || statements.isEmpty()) {
            throw new RefusedException(Refusal.AUTHORIZER_FAILED);
        }
        return new Policy(statements, root.path("context"));
    }

    /** How long the authorizer took, as it says in the context; nothing if it does not say so. */
    Optional<String> elapsedMillis() {
        return Optional.of(context.path("elapsed_ms").asString("")).filter(text -> MILLIS.matcher(text).matches());
    }

    /** Whether it allows this ARN and this address, and denies nothing. */
    boolean allows(String methodArn, String sourceIp) {
        boolean allowed = false;
        for (JsonNode statement : statements) {
            String effect = statement.path("Effect").asString("");
            if (!EFFECTS.contains(effect) || effect.equals("Deny")) {
                return false;
            }
            allowed |= holds(statement.path("Action"), INVOKE) && holds(statement.path("Resource"), methodArn)
                    && isFor(statement.path("Condition"), sourceIp);
        }
        return allowed;
    }

    private static boolean isFor(JsonNode condition, String sourceIp) {
        JsonNode addresses = condition.path("IpAddress");
        return condition.size() == 1 && addresses.size() == 1
                && holds(addresses.path("aws:SourceIp"), sourceIp + (sourceIp.contains(":") ? "/128" : "/32"));
    }

    /** Whether this is the text, or a list that holds it. */
    private static boolean holds(JsonNode texts, String text) {
        if (!texts.isArray()) {
            return texts.isString() && texts.asString().equals(text);
        }
        return texts.valueStream().anyMatch(each -> each.isString() && each.asString().equals(text));
    }
}
