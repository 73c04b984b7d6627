/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sts.StsClient;

import org.sovereignkeys.authorizer.CustomerTable;
import org.sovereignkeys.authorizer.InstanceInspector;

/**
 * A call that is allowed, with the services' answers from a script: the adapters and the SDK's clients as they are, over an
 * HTTP client that connects to nothing. Its customer exists nowhere else, and neither do its credentials.
 */
public final class Rehearsal {
    private static final AwsCredentialsProvider NOBODY = StaticCredentialsProvider
        .create(AwsBasicCredentials.create("AKIDREHEARSAL", "rehearsal"));
    private static final String EVENT = """
            {"type":"REQUEST","methodArn":"arn:aws:execute-api:eu-west-3:000000000000:rehearsal/v1/POST/encryption/\
            i-00000000/decrypt-secret","path":"/encryption/i-00000000/decrypt-secret","httpMethod":"POST","headers":{},\
            "pathParameters":{"InstanceId":"i-00000000"},"requestContext":{"requestId":"rehearsal",\
            "identity":{"sourceIp":"192.0.2.1","vpcId":"vpc-00000000"}}}""";
    private static final String ITEM = """
            {"Item":{"VPCID":{"S":"vpc-00000000"},"RemoteRoleARN":{"S":"arn:aws:iam::000000000000:role/rehearsal"},\
            "ExternalId":{"S":"rehearsal"}}}""";
    private static final String SESSION = """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>\
            <AccessKeyId>AKIDREHEARSAL</AccessKeyId><SecretAccessKey>rehearsal</SecretAccessKey>\
            <SessionToken>rehearsal</SessionToken><Expiration>2020-01-01T00:00:00Z</Expiration></Credentials>\
            </AssumeRoleResult></AssumeRoleResponse>""";
    private static final String INSTANCE = """
            <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>\
            <item><instanceId>i-00000000</instanceId><instanceState><code>16</code><name>running</name></instanceState>\
            <vpcId>vpc-00000000</vpcId><networkInterfaceSet><item><vpcId>vpc-00000000</vpcId><privateIpAddressesSet><item>\
            <privateIpAddress>192.0.2.1</privateIpAddress></item></privateIpAddressesSet></item></networkInterfaceSet>\
            </item></instancesSet></item></reservationSet></DescribeInstancesResponse>""";

    private final CustomerTable customers = new DynamoCustomerTable(DynamoDbClient.builder()
        .httpClient(new Script("application/x-amz-json-1.0", ITEM))
        .credentialsProvider(NOBODY)
        .region(Region.EU_WEST_3)
        .build(), "rehearsal", InstantSource.system());
    private final InstanceInspector instances = new Ec2InstanceInspector(
            new Ec2Query(new Script("text/xml", INSTANCE), Ec2Query.endpoint(Region.EU_WEST_3), Region.EU_WEST_3,
                    AwsRetryStrategy.standardRetryStrategy()),
            new RoleSessions(StsClient.builder()
                .httpClient(new Script("text/xml", SESSION))
                .credentialsProvider(NOBODY)
                .region(Region.EU_WEST_3)
                .build(), InstantSource.system()));

    /** The customers: one. */
    public CustomerTable customers() {
        return customers;
    }

    /** The instances: one. */
    public InstanceInspector instances() {
        return instances;
    }

    /** The event of the call. */
    public byte[] event() {
        return EVENT.getBytes(StandardCharsets.UTF_8);
    }

    /** Answers every request with the same text. */
    private record Script(String contentType, String body) implements SdkHttpClient {
        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    return HttpExecuteResponse.builder()
                        .response(SdkHttpResponse.builder()
                            .statusCode(200)
                            .putHeader("Content-Type", contentType)
                            .build())
                        .responseBody(AbortableInputStream
                            .create(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                        .build();
                }

                @Override
                public void abort() {
                    // Nothing is under way.
                }
            };
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
