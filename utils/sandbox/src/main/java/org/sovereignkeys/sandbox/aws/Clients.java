/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.aws;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.s3.S3Client;

/** Access to the emulator as the owner of each account. */
public final class Clients implements AutoCloseable {
    /** Where everything is. */
    public static final Region REGION = Region.EU_WEST_3;
    /** What the parts of a sandbox sign with. The emulator knows who calls by it, and checks no signature. */
    public static final AwsCredentialsProvider CREDENTIALS = StaticCredentialsProvider
        .create(AwsBasicCredentials.create("AKIASANDBOXSANDBOX00", "sandbox"));
    /** The service's own account. */
    public static final String ACCOUNT_ID = Network.OWN_ACCOUNT;
    /** By this header moto lets a call count as one of another account. */
    private static final String ACCOUNT = "x-moto-account-id";

    private final URI endpoint;
    private final URI s3Endpoint;
    private final SdkHttpClient http = UrlConnectionHttpClient.create();
    private final Map<String, Ec2Client> ec2 = new HashMap<>();
    private final Map<String, S3Client> s3 = new HashMap<>();
    private final DynamoDbClient dynamo;

    /** Takes where the emulator answers, and where S3 does: the same, or a server of its own. */
    public Clients(URI endpoint, URI s3Endpoint) {
        this.endpoint = endpoint;
        this.s3Endpoint = s3Endpoint;
        this.dynamo = set(DynamoDbClient.builder(), Network.OWN_ACCOUNT).build();
    }

    private <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B set(B builder, String accountId) {
        return builder.httpClient(http)
            .credentialsProvider(CREDENTIALS)
            .region(REGION)
            .endpointOverride(endpoint)
            .overrideConfiguration(configuration -> configuration.putHeader(ACCOUNT, accountId));
    }

    DynamoDbClient dynamo() {
        return dynamo;
    }

    Ec2Client ec2(String accountId) {
        return ec2.computeIfAbsent(accountId, id -> set(Ec2Client.builder(), id).build());
    }

    S3Client s3(String accountId) {
        return s3.computeIfAbsent(accountId, id -> set(S3Client.builder(), id).endpointOverride(s3Endpoint)
            .forcePathStyle(true)
            .build());
    }

    URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        dynamo.close();
        ec2.values().forEach(Ec2Client::close);
        s3.values().forEach(S3Client::close);
        http.close();
    }
}
