/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.endpoints.AccountIdEndpointMode;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sts.StsClient;

import org.sovereignkeys.authorizer.CustomerTable;
import org.sovereignkeys.authorizer.InstanceInspector;

/** All that the authorizer asks of AWS, over one HTTP client. Made once, for all calls. */
public final class AwsAccess implements AutoCloseable {
    private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(2);
    /** One try: long enough for a service that takes two seconds. */
    private static final Duration TIME_OF_A_TRY = Duration.ofMillis(2_400);
    private static final Duration TIME_OF_A_CALL = Duration.ofSeconds(5);
    private static final int TRIES = 3;
    /** As the original's function had it. */
    private static final String TABLE_VARIABLE = "VPC_INFOS_TABLE";

    private final String table;
    private final SdkHttpClient http = UrlConnectionHttpClient.builder()
        .connectionTimeout(TIME_TO_CONNECT)
        .socketTimeout(TIME_OF_A_TRY)
        .build();
    private final DynamoDbClient dynamo;
    private final StsClient sts;
    private final CustomerTable customers;
    private final InstanceInspector instances;

    /**
     * Makes the clients.
     *
     * @param table name of the customers' table
     * @param credentials our own, for DynamoDB and STS; EC2 is asked with the customer's alone
     * @param region where all is
     * @param endpoint where all three services answer; null for what the environment or the region says
     * @param clock what the age of what is kept is told by
     */
    public AwsAccess(String table, AwsCredentialsProvider credentials, Region region, @Nullable URI endpoint,
            InstantSource clock) {
        this.table = table;
        this.dynamo = set(DynamoDbClient.builder().accountIdEndpointMode(AccountIdEndpointMode.DISABLED), credentials,
                region, endpoint)
            .build();
        this.sts = set(StsClient.builder(), credentials, region, endpoint).build();
        this.customers = new DynamoCustomerTable(dynamo, table, clock);
        this.instances = new Ec2InstanceInspector(
                new Ec2Query(http, endpoint == null ? Ec2Query.endpoint(region) : endpoint, region, retries()),
                new RoleSessions(sts, clock));
    }

    /** With what the environment says; throws {@link IllegalStateException} if it does not name the table. */
    public static AwsAccess ofEnvironment() {
        String table = Optional.ofNullable(System.getenv(TABLE_VARIABLE))
            .filter(name -> !name.isBlank())
            .orElseThrow(() -> new IllegalStateException(
                    TABLE_VARIABLE + " is not set: the name of the DynamoDB table of customers"));
        return new AwsAccess(table, DefaultCredentialsProvider.builder().build(),
                DefaultAwsRegionProviderChain.builder().build().getRegion(), null,
                InstantSource.system());
    }

    private static StandardRetryStrategy retries() {
        return AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(TRIES).build();
    }

    private <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B set(B builder,
            AwsCredentialsProvider credentials, Region region, @Nullable URI endpoint) {
        builder.httpClient(http)
            .credentialsProvider(credentials)
            .region(region)
            .overrideConfiguration(configuration -> configuration.apiCallTimeout(TIME_OF_A_CALL)
                .apiCallAttemptTimeout(TIME_OF_A_TRY)
                .retryStrategy(retries()));
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder;
    }

    /** Who the customers are. */
    public CustomerTable customers() {
        return customers;
    }

    /** The customers' instances. */
    public InstanceInspector instances() {
        return instances;
    }

    /**
     * Makes one call that is real and changes nothing, for what only a connection loads. It is not kept open; a service that
     * cannot be reached now is no reason not to start.
     */
    public void connectOnce() {
        try {
            dynamo.getItem(get -> get.tableName(table)
                .key(Map.of(DynamoCustomerTable.KEY, AttributeValue.fromS("vpc-00000000")))
                .overrideConfiguration(call -> call.putHeader("Connection", "close")));
        } catch (SdkException e) {
            return;
        }
    }

    @Override
    public void close() {
        dynamo.close();
        sts.close();
        http.close();
    }
}
