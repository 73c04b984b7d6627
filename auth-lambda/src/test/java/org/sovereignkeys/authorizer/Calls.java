/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Events as the private API gateway sends them, and the customer that they are about. */
public final class Calls {
    public static final String VPC = "vpc-0b1e8a8e776a87423";
    public static final String OTHER_VPC = "vpc-0c0ffee0c0ffee0c0";
    public static final String INSTANCE_ID = "i-0c4f345c91e5cd4a2";
    public static final String OTHER_INSTANCE_ID = "i-0aaaaaaaaaaaaaaaa";
    public static final String IP = "10.42.0.41";
    public static final String ROLE_ARN = "arn:aws:iam::403000000000:role/SovereignKeys";
    public static final String EXTERNAL_ID = "the-right-one";
    public static final String STAGE = "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/v1/";

    private final Map<String, @Nullable String> members = new LinkedHashMap<>();

    private Calls(String method, String path, @Nullable String instanceId) {
        members.put("methodArn", STAGE + method + path);
        members.put("httpMethod", method);
        members.put("path", path);
        members.put("InstanceId", instanceId);
        members.put("vpcId", VPC);
        members.put("sourceIp", IP);
    }

    /** The instance's call for its secret. */
    public static Calls decrypt(String instanceId) {
        return new Calls("POST", "/encryption/" + instanceId + "/decrypt-secret", instanceId);
    }

    /** The call for the signing key; its event has no path parameters. */
    public static Calls signingKey() {
        return new Calls("GET", "/public-signing-key", null);
    }

    /** Another value for a member; null for none. */
    public Calls with(String member, @Nullable String value) {
        members.put(member, value);
        return this;
    }

    public Calls withPath(String path) {
        return with("path", path).with("methodArn", STAGE + members.get("httpMethod") + path);
    }

    /** The event as the gateway sends it. */
    public String json() {
        String instanceId = members.get("InstanceId");
        return """
                {"type": "REQUEST", %s "resource": "/encryption/{InstanceId}/decrypt-secret", %s %s
                 "headers": {"Authorization": "a-token", "x-amzn-vpc-id": "vpc-0forged00forged00", "X-Forwarded-For": "10.0.0.9"},
                 "multiValueHeaders": {"Authorization": ["a-token"]}, "queryStringParameters": {}, "stageVariables": null,
                 "pathParameters": %s,
                 "requestContext": {"resourceId": "abc123", %s "stage": "v1", "requestId": "5b4ad0c5-19ad-4d5a-a3b5-6ba4a9d2cd70",
                  "accountId": "123456789012", "identity": {"cognitoIdentityPoolId": null, %s %s "vpceId": "vpce-0123456789abcdef0",
                  "userAgent": "curl/8", "user": null}, "apiId": "a1b2c3d4e5"}}"""
            .formatted(member("methodArn"), member("path"), member("httpMethod"),
                    instanceId == null ? "null" : "{\"InstanceId\": \"" + instanceId + "\"}", member("httpMethod"),
                    member("sourceIp"), member("vpcId"));
    }

    private String member(String name) {
        String value = members.get(name);
        return value == null ? "" : "\"" + name + "\": \"" + value + "\",";
    }
}
