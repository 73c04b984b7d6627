/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.net.HttpURLConnection;
import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.endpoints.AccountIdEndpointMode;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;

import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.configuration.SovereignKeysSettings;

/**
 * The clients of AWS. Each is made when an adapter first asks for it, so a node without such adapters needs neither region
 * nor credentials. Times are chosen so that a call of ours that asks twice, of a service that takes two seconds, still has an
 * answer in time.
 */
@Configuration(proxyBeanMethods = false)
@Lazy
class AwsConfiguration {
    private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(1);
    private static final Duration TIME_OF_A_TRY = Duration.ofMillis(2_500);
    private static final Duration TIME_OF_A_CALL = Duration.ofSeconds(4);
    private static final int TRIES = 3;
    /** Of each client, as a bound: a customer whose bucket hangs holds some until that is noticed. */
    private static final int CONNECTIONS = 1_024;

    @Bean
    Region awsRegion(SovereignKeysSettings settings) {
        if (settings.aws().region() != null) {
            return Region.of(settings.aws().region());
        }
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            throw new InvalidSettingException("aws.region",
                    "is not set, and neither AWS_REGION nor the metadata service names the region", e);
        }
    }

    @Bean
    AwsCredentialsProvider awsCredentials() {
        return DefaultCredentialsProvider.builder().asyncCredentialUpdateEnabled(true).build();
    }

    /** For what is ours. */
    @Bean
    DynamoDbClient dynamoDb(AwsCredentialsProvider credentials, Region region) {
        return set(DynamoDbClient.builder().accountIdEndpointMode(AccountIdEndpointMode.DISABLED), credentials, region)
            .build();
    }

    /** For what is ours. */
    @Bean
    StsClient sts(AwsCredentialsProvider credentials, Region region) {
        return set(StsClient.builder(), credentials, region).build();
    }

    @Bean
    CloudWatchClient cloudWatch(AwsCredentialsProvider credentials, Region region) {
        return set(CloudWatchClient.builder(), credentials, region).build();
    }

    /** For our own buckets. */
    @Bean
    S3Client ownBuckets(AwsCredentialsProvider credentials, Region region) {
        return s3(credentials, region).build();
    }

    /**
     * For customers' buckets, in whatever region they are: with its own connections, so that they cannot take those of our
     * own. Each request names its credentials.
     */
    @Bean
    S3Client customersBuckets(AwsCredentialsProvider credentials, Region region) {
        return s3(credentials, region).crossRegionAccessEnabled(true).build();
    }

    static S3ClientBuilder s3(AwsCredentialsProvider credentials, Region region) {
        return set(S3Client.builder(), credentials, region)
            // Small objects go as they are: their checksum stands in a header.
            .serviceConfiguration(configuration -> configuration.chunkedEncodingEnabled(false));
    }

    static <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B set(B builder,
            AwsCredentialsProvider credentials, Region region) {
        return builder.httpClientBuilder(http(CONNECTIONS))
            .credentialsProvider(credentials)
            .region(region)
            .overrideConfiguration(timesAndTries());
    }

    static SdkHttpClient.Builder<?> http(int connections) {
        return new InterruptedAsIo.Builder(Apache5HttpClient.builder()
            .maxConnections(connections)
            .connectionTimeout(TIME_TO_CONNECT)
            .connectionAcquisitionTimeout(TIME_TO_CONNECT)
            .socketTimeout(TIME_OF_A_TRY)
            .connectionMaxIdleTime(Duration.ofSeconds(20)));
    }

    private static ClientOverrideConfiguration timesAndTries() {
        StandardRetryStrategy retries = AwsRetryStrategy.standardRetryStrategy()
            .toBuilder()
            .maxAttempts(TRIES)
            .retryOnException(AwsConfiguration::isConflict)
            .build();
        return ClientOverrideConfiguration.builder()
            .apiCallAttemptTimeout(TIME_OF_A_TRY)
            .apiCallTimeout(TIME_OF_A_CALL)
            .retryStrategy(retries)
            .build();
    }

    /** S3: another conditional put of the same key was under way, and nothing is decided yet. */
    private static boolean isConflict(Throwable failure) {
        return failure instanceof AwsServiceException answered
                && answered.statusCode() == HttpURLConnection.HTTP_CONFLICT
                && answered.awsErrorDetails() != null
                && "ConditionalRequestConflict".equals(answered.awsErrorDetails().errorCode());
    }
}
