/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.sts.StsClient;

import org.sovereignkeys.memorys3.MemoryS3;

/**
 * A server that speaks AWS's protocols, for tests, and clients of it with the times and retries of production. The servers
 * are started when first asked for, once in a JVM, and end with it. Each test makes buckets and tables of its own.
 */
public final class AwsServer {
    private static final Region REGION = Region.EU_WEST_3;
    private static final AwsBasicCredentials CREDENTIALS = AwsBasicCredentials.create("AKIAIOSFODNN7EXAMPLE",
            "for-tests");

    private final URI url;
    private final boolean locksObjects;
    private final S3Client s3;
    private final DynamoDbClient dynamoDb;
    private final StsClient sts;

    private AwsServer(URI url, AwsBasicCredentials credentials, boolean locksObjects) {
        this.url = url;
        this.locksObjects = locksObjects;
        StaticCredentialsProvider provider = StaticCredentialsProvider.create(credentials);
        s3 = s3Builder(url, provider).build();
        dynamoDb = AwsConfiguration.set(DynamoDbClient.builder().endpointOverride(url), provider, REGION).build();
        sts = AwsConfiguration.set(StsClient.builder().endpointOverride(url), provider, REGION).build();
    }

    /** A server at an address, for stubs: nothing is known of what it can do. */
    public static AwsServer at(URI url) {
        return new AwsServer(url, CREDENTIALS, false);
    }

    /**
     * The project's emulator: S3, DynamoDB, STS, EC2, one call at a time. Lenient: takes wrong checksums and any signature.
     */
    public static AwsServer moto() {
        return Moto.SERVER;
    }

    static AwsServer strictMoto(Path roles) {
        return new AwsServer(ServerProcess.moto("--roles", roles.toString()), CREDENTIALS, true);
    }

    /** S3Proxy: S3 that checks signatures and checksums, for calls at once; without Object Lock. */
    public static AwsServer s3Proxy() {
        return S3Proxy.SERVER;
    }

    /** S3 and STS in this JVM, quick and for many calls at once. Checks checksums, no signatures. */
    public static AwsServer memoryS3() {
        return Memory.SERVER;
    }

    /**
     * Where {@code SK_TEST_AWS_ENDPOINT} says, otherwise LocalStack in a container. Only for suites that are
     * {@link EnabledWithLocalStack}.
     */
    public static AwsServer localStack() {
        return Container.SERVER;
    }

    /** What a process needs in its environment to use this server. */
    public Map<String, String> environment() {
        return Map.of("AWS_ENDPOINT_URL", url.toString(), "AWS_REGION", REGION.id(),
                "AWS_ACCESS_KEY_ID", CREDENTIALS.accessKeyId(), "AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretAccessKey(),
                "AWS_EC2_METADATA_DISABLED", "true");
    }

    public URI url() {
        return url;
    }

    public S3Client s3() {
        return s3;
    }

    /** S3 as somebody whose secret key is wrong. */
    public S3Client s3WithWrongKey() {
        return s3Builder(url, StaticCredentialsProvider
            .create(AwsBasicCredentials.create(CREDENTIALS.accessKeyId(), "wrong"))).build();
    }

    public DynamoDbClient dynamoDb() {
        return dynamoDb;
    }

    /** A client of S3 as the one for customers' buckets is. */
    public S3Client customersBuckets() {
        return s3Builder(url, StaticCredentialsProvider.create(CREDENTIALS)).crossRegionAccessEnabled(true).build();
    }

    public StsClient sts() {
        return sts;
    }

    /** Whether buckets have Object Lock here. */
    public boolean locksObjects() {
        return locksObjects;
    }

    /** A new bucket, versioned; with Object Lock where the server has that, and without a default retention. */
    public String newBucket() {
        String bucket = newName();
        s3.createBucket(create -> create.bucket(bucket).objectLockEnabledForBucket(locksObjects ? true : null));
        s3.putBucketVersioning(put -> put.bucket(bucket)
            .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        return bucket;
    }

    /** A new bucket of which AWS's defaults are kept: neither versioned nor with Object Lock. */
    public String newPlainBucket() {
        String bucket = newName();
        s3.createBucket(create -> create.bucket(bucket));
        return bucket;
    }

    /** A new table with one key, a string. */
    public String newTable(String key) {
        String table = newName();
        dynamoDb.createTable(create -> create.tableName(table)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(KeySchemaElement.builder().attributeName(key).keyType(KeyType.HASH).build())
            .attributeDefinitions(AttributeDefinition.builder()
                .attributeName(key)
                .attributeType(ScalarAttributeType.S)
                .build()));
        dynamoDb.waiter().waitUntilTableExists(describe -> describe.tableName(table));
        return table;
    }

    /** A name that no bucket or table has. */
    public static String newName() {
        return "sk-test-" + UUID.randomUUID();
    }

    private static S3ClientBuilder s3Builder(URI url, StaticCredentialsProvider credentials) {
        return AwsConfiguration.s3(credentials, REGION).endpointOverride(url).forcePathStyle(true);
    }

    private static final class Moto {
        static final AwsServer SERVER = new AwsServer(ServerProcess.moto(), CREDENTIALS, true);
    }

    private static final class S3Proxy {
        static final AwsServer SERVER = new AwsServer(
                ServerProcess.s3Proxy(CREDENTIALS.accessKeyId(), CREDENTIALS.secretAccessKey()), CREDENTIALS, false);
    }

    private static final class Memory {
        static final AwsServer SERVER = new AwsServer(MemoryS3.start().url(), CREDENTIALS, true);
    }

    private static final class Container {
        static final AwsServer SERVER = new AwsServer(LocalStack.url(), CREDENTIALS, true);
    }
}
