/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.protocols.jsoncore.JsonWriter;

import org.sovereignkeys.authorizer.AuthorizerEvent;
import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.Decision;

/**
 * The event and the answer as bytes. Written with what the SDK has for its own JSON, which is loaded anyway: the object mapper
 * of Lambda's runtime would be a second one to start, and its class of this event lacks the VPC.
 */
final class Json {
    private static final JsonNodeParser PARSER = JsonNodeParser.create();

    private Json() {}

    /**
     * Reads what counts of an event.
     *
     * @throws CannotCheckException if the bytes are no JSON object
     */
    static AuthorizerEvent readEvent(byte[] json) {
        JsonNode event;
        try {
            event = PARSER.parse(new ByteArrayInputStream(json));
        } catch (RuntimeException e) {
            throw new CannotCheckException("the event is no JSON", e);
        }
        JsonNode context = member(event, "requestContext");
        JsonNode identity = member(context, "identity");
        return new AuthorizerEvent(text(event, "methodArn"), text(event, "httpMethod"), text(event, "path"),
                text(member(event, "pathParameters"), "InstanceId"), text(identity, "vpcId"),
                text(identity, "sourceIp"), text(context, "requestId"));
    }

    private static @Nullable JsonNode member(@Nullable JsonNode node, String name) {
        return node == null || !node.isObject() ? null : node.asObject().get(name);
    }

    private static @Nullable String text(@Nullable JsonNode node, String name) {
        return Optional.ofNullable(member(node, name)).filter(JsonNode::isString).map(JsonNode::asString).orElse(null);
    }

    /**
     * Writes the policy that allows one call.
     *
     * @param elapsed how long the decision took, for those behind: the gateway hands it on
     */
    static byte[] write(Decision.Allow allow, Duration elapsed) {
        try (JsonWriter json = JsonWriter.create()) {
            json.writeStartObject();
            json.writeFieldName("principalId").writeValue(allow.principal());
            json.writeFieldName("policyDocument").writeStartObject();
            json.writeFieldName("Version").writeValue("2012-10-17");
            json.writeFieldName("Statement").writeStartArray().writeStartObject();
            json.writeFieldName("Action").writeValue("execute-api:Invoke");
            json.writeFieldName("Effect").writeValue("Allow");
            json.writeFieldName("Resource").writeStartArray().writeValue(allow.methodArn().text()).writeEndArray();
            json.writeFieldName("Condition").writeStartObject();
            json.writeFieldName("IpAddress").writeStartObject();
            json.writeFieldName("aws:SourceIp").writeStartArray();
            json.writeValue(allow.sourceAddress().asRange()).writeEndArray();
            json.writeEndObject().writeEndObject();
            json.writeEndObject().writeEndArray();
            json.writeEndObject();
            json.writeFieldName("context").writeStartObject();
            json.writeFieldName("elapsed_ms").writeValue(Long.toString(elapsed.toMillis()));
            json.writeEndObject().writeEndObject();
            return json.getBytes();
        }
    }

    /** Writes a flat object of names and texts; a null text is left out. */
    static String writeLine(List<Member> members) {
        try (JsonWriter json = JsonWriter.create()) {
            json.writeStartObject();
            for (Member member : members) {
                if (member.text() != null) {
                    json.writeFieldName(member.name()).writeValue(member.text());
                }
            }
            json.writeEndObject();
            return new String(json.getBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A name and its text. */
    record Member(String name, @Nullable String text) {}
}
