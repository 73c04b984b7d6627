/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.util.Set;

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

    private final JsonNode statements;

    private Policy(JsonNode statements) {
        this.statements = statements;
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
        return new Policy(statements);
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
