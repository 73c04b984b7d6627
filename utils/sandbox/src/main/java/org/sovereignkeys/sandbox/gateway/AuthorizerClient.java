/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.sandbox.gateway.Route.Match;
import org.sovereignkeys.sandbox.network.Caller;

/** Asks the authorizer, with the event that API Gateway makes for a REQUEST authorizer of a private REST API. */
final class AuthorizerClient {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final DateTimeFormatter REQUEST_TIME = DateTimeFormatter
        .ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT)
        .withZone(ZoneOffset.UTC);
    private static final String UNAUTHORIZED = "Unauthorized";

    private final Api api;
    private final RequestStreamHandler handler;
    private final Clock clock;

    AuthorizerClient(Api api, RequestStreamHandler handler, Clock clock) {
        this.api = api;
        this.handler = handler;
        this.clock = clock;
    }

    /**
     * Returns if the call may go on.
     *
     * @return how many milliseconds the authorizer took, by its own word, or else as measured here
     */
    String authorize(Call call, Match match) throws RefusedException {
        String methodArn = api.methodArn(call.method(), match.rawPath());
        byte[] event = JSON.writeValueAsBytes(event(call, match, methodArn));
        long start = System.nanoTime();
        Policy policy = Policy.read(ask(event));
        if (!policy.allows(methodArn, call.caller().privateIp())) {
            throw new RefusedException(Refusal.NOT_ALLOWED_BY_POLICY);
        }
        return policy.elapsedMillis()
            .orElseGet(() -> Long.toString(Duration.ofNanos(System.nanoTime() - start).toMillis()));
    }

    private byte[] ask(byte[] event) throws RefusedException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            handler.handleRequest(new ByteArrayInputStream(event), answer, null);
        } catch (IOException | RuntimeException e) {
            throw new RefusedException(
                    UNAUTHORIZED.equals(e.getMessage()) ? Refusal.UNAUTHORIZED : Refusal.AUTHORIZER_FAILED);
        }
        return answer.toByteArray();
    }

    private Map<String, @Nullable Object> event(Call call, Match match, String methodArn) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("type", "REQUEST");
        event.put("methodArn", methodArn);
        event.put("resource", match.route().resource());
        event.put("path", match.rawPath());
        event.put("httpMethod", call.method());
        event.put("headers", call.headers()
            .entrySet()
            .stream()
            .collect(Collectors.toMap(Map.Entry::getKey, header -> header.getValue().getLast())));
        event.put("multiValueHeaders", call.headers());
        event.put("queryStringParameters", Map.of());
        event.put("multiValueQueryStringParameters", Map.of());
        String instanceId = match.instanceId();
        event.put("pathParameters", instanceId == null ? null : Map.of("InstanceId", instanceId));
        event.put("stageVariables", null);
        event.put("requestContext", context(call, match));
        return event;
    }

    private Map<String, @Nullable Object> context(Call call, Match match) {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        context.put("resourceId", Integer.toHexString(match.route().hashCode()));
        context.put("resourcePath", match.route().resource());
        context.put("httpMethod", call.method());
        context.put("extendedRequestId", call.id());
        context.put("requestTime", REQUEST_TIME.format(clock.instant()));
        context.put("path", '/' + api.stage() + match.rawPath());
        context.put("accountId", api.accountId());
        context.put("protocol", "HTTP/1.1");
        context.put("stage", api.stage());
        context.put("domainPrefix", api.id());
        context.put("requestTimeEpoch", clock.millis());
        context.put("requestId", call.id());
        context.put("identity", identity(call.caller(), call.headers().getOrDefault("User-agent", List.of())));
        context.put("domainName", "%s.execute-api.%s.amazonaws.com".formatted(api.id(), api.region()));
        context.put("apiId", api.id());
        return context;
    }

    private static Map<String, @Nullable Object> identity(Caller caller, List<String> userAgents) {
        Map<String, @Nullable Object> identity = new LinkedHashMap<>();
        for (String absent : List.of("cognitoIdentityPoolId", "cognitoIdentityId", "principalOrgId",
                "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "accountId", "caller",
                "accessKey", "user")) {
            identity.put(absent, null);
        }
        identity.put("userAgent", userAgents.isEmpty() ? null : userAgents.getLast());
        identity.put("vpcId", caller.vpcId());
        identity.put("vpceId", caller.vpcId().replace("vpc-", "vpce-"));
        identity.put("sourceIp", caller.privateIp());
        return identity;
    }
}
