/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The operations, as AWS's SDK with its own defaults calls them: in chunks, with checksums behind them. */
@Timeout(60)
class S3CallsTest {
    private static final String BUCKET = "bucket";
    private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);
    private static final AwsCredentialsProvider CREDENTIALS = StaticCredentialsProvider
        .create(AwsBasicCredentials.create("AKIAIOSFODNN7EXAMPLE", "for-tests"));

    private final MemoryS3 server = MemoryS3.start();
    private final S3Client s3 = S3Client.builder()
        .endpointOverride(server.url())
        .region(Region.EU_WEST_3)
        .credentialsProvider(CREDENTIALS)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();

    @BeforeEach
    void makeBucket() {
        s3.createBucket(create -> create.bucket(BUCKET).objectLockEnabledForBucket(true));
    }

    @AfterEach
    void stop() {
        s3.close();
        server.close();
    }

    @Test
    void anObjectComesBackWithWhatIsToldOfIt() {
        s3.putObject(put -> put.bucket(BUCKET)
            .key("folder/a key+ü&<>")
            .contentType("text/plain")
            .contentEncoding("gzip")
            .metadata(Map.of("of", "mine")), RequestBody.fromString("x".repeat(300_000)));
        ResponseBytes<GetObjectResponse> object = s3
            .getObjectAsBytes(get -> get.bucket(BUCKET).key("folder/a key+ü&<>"));

        assertThat(object.asUtf8String()).isEqualTo("x".repeat(300_000));
        assertThat(object.response().contentType()).isEqualTo("text/plain");
        assertThat(object.response().contentEncoding()).isEqualTo("gzip");
        assertThat(object.response().metadata()).containsEntry("of", "mine");
        assertThat(keys(list("", "", 10))).containsExactly("folder/a key+ü&<>");
    }

    @Test
    void anEmptyObjectIsOne() {
        put("empty", "");

        assertThat(s3.headObject(head -> head.bucket(BUCKET).key("empty")).contentLength()).isZero();
        assertThat(read("empty")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = ChecksumAlgorithm.class, names = {"CRC32", "SHA1", "SHA256"})
    void checksumsOfTheSdkAreRightAndKept(ChecksumAlgorithm algorithm) {
        s3.putObject(put -> put.bucket(BUCKET).key("key").checksumAlgorithm(algorithm), RequestBody.fromString("x"));
        HeadObjectResponse head = s3.headObject(request -> request.bucket(BUCKET).key("key").checksumMode("ENABLED"));

        assertThat(Stream.of(head.checksumCRC32(), head.checksumSHA1(), head.checksumSHA256()))
            .filteredOn(Objects::nonNull)
            .hasSize(1);
    }

    /** Those of "123456789" in the catalogue of CRCs; the others are openssl's. */
    @ParameterizedTest
    @CsvSource({"Content-MD5, JfnnlDI7RTiF9RgfG2JNCw==", "x-amz-checksum-crc32, y/Q5Jg==",
        "x-amz-checksum-crc32c, 4waSgw==", "x-amz-checksum-crc64nvme, rosUhgp5mIg=",
        "x-amz-checksum-sha1, 98O8HYCOBHMq32eZZczDTKeuNEE=",
        "x-amz-checksum-sha256, FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="})
    void aChecksumIsVerified(String header, String checksum) throws Exception {
        assertThat(putPlain(header, checksum, "123456789")).isEqualTo(200);
        assertThat(putPlain(header, checksum, "123456780")).isEqualTo(400);
        assertThat(read("key")).isEqualTo("123456789");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3\r\nabc\r\n", "4\r\nabc\r\n0\r\n\r\n", "abc", "-1\r\n\r\n",
        "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"})
    void brokenChunksAreRefused(String body) throws Exception {
        assertThat(putPlain("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", body)).isEqualTo(400);
    }

    @Test
    void signedChunksAreRead() throws Exception {
        assertThat(putPlain("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                "3;chunk-signature=ab\r\nabc\r\n0;chunk-signature=cd\r\n\r\n"))
            .isEqualTo(200);
        assertThat(read("key")).isEqualTo("abc");
    }

    @Test
    void ofManyConditionalPutsOneWins() throws Exception {
        List<Callable<Integer>> writers = IntStream.range(0, 64).<Callable<Integer>>mapToObj(i -> () -> {
            try {
                putIfAbsent("key", "writer " + i);
                return i;
            } catch (S3Exception e) {
                assertThat(e.statusCode()).isEqualTo(412);
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("PreconditionFailed");
                return -1;
            }
        }).toList();
        List<Integer> winners = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(32)) {
            for (Future<Integer> outcome : threads.invokeAll(writers)) {
                winners.add(outcome.get());
            }
        }
        winners.removeIf(winner -> winner < 0);
        assertThat(winners).hasSize(1);
        assertThat(read("key")).isEqualTo("writer " + winners.getFirst());
    }

    @Test
    void aConditionalPutSucceedsOverADeleteMarker() {
        putIfAbsent("key", "one");
        delete("key");
        putIfAbsent("key", "two");

        assertThat(read("key")).isEqualTo("two");
    }

    @Test
    void aDeletedObjectIsReadByItsVersion() {
        String version = put("key", "one");
        DeleteObjectResponse marker = delete("key");

        assertThat(marker.deleteMarker()).isTrue();
        assertThatExceptionOfType(NoSuchKeyException.class).isThrownBy(() -> read("key"));
        assertThat(s3.getObjectAsBytes(get -> get.bucket(BUCKET).key("key").versionId(version)).asUtf8String())
            .isEqualTo("one");
        assertThat(failureOf(() -> s3
            .headObject(head -> head.bucket(BUCKET).key("key").versionId(marker.versionId())))).isEqualTo(405);
    }

    @Test
    void deletingADeleteMarkerBringsTheObjectBack() {
        put("key", "one");
        String marker = delete("key").versionId();
        DeleteObjectResponse removed = s3
            .deleteObject(delete -> delete.bucket(BUCKET).key("key").versionId(marker));

        assertThat(removed.deleteMarker()).isTrue();
        assertThat(read("key")).isEqualTo("one");
    }

    @Test
    void aBucketWithoutVersioningForgets() {
        s3.createBucket(create -> create.bucket("plain"));
        s3.putObject(put -> put.bucket("plain").key("key"), RequestBody.fromString("x"));
        s3.putObject(put -> put.bucket("plain").key("key"), RequestBody.fromString("y"));
        assertThat(s3.listObjectVersions(list -> list.bucket("plain")).versions())
            .extracting(ObjectVersion::versionId)
            .containsExactly("null");
        s3.deleteObject(delete -> delete.bucket("plain").key("key"));

        assertThat(s3.listObjectVersions(list -> list.bucket("plain")).deleteMarkers()).isEmpty();
        assertThat(s3.getBucketVersioning(get -> get.bucket("plain")).status()).isNull();
        assertThat(failureOf(() -> s3.getObjectLockConfiguration(get -> get.bucket("plain")))).isEqualTo(404);
    }

    @Test
    void objectLockIsConfigured() {
        assertThat(s3.getBucketVersioning(get -> get.bucket(BUCKET)).status())
            .isEqualTo(BucketVersioningStatus.ENABLED);
        assertThat(s3.getObjectLockConfiguration(get -> get.bucket(BUCKET)).objectLockConfiguration().rule()).isNull();
        s3.putObjectLockConfiguration(put -> put.bucket(BUCKET)
            .objectLockConfiguration(lock -> lock.objectLockEnabled(ObjectLockEnabled.ENABLED)
                .rule(rule -> rule.defaultRetention(
                        retention -> retention.mode(ObjectLockRetentionMode.COMPLIANCE).days(3)))));

        assertThat(s3.getObjectLockConfiguration(get -> get.bucket(BUCKET))
            .objectLockConfiguration()
            .rule()
            .defaultRetention()
            .days()).isEqualTo(3);
    }

    @Test
    void objectsAreListedInPagesWithCommonPrefixes() {
        for (String key : List.of("a", "b/1", "b/2", "b/" + LAST_CHARACTER, "b/" + LAST_CHARACTER + "x", "c/1", "d",
                "\uffee", "\ud83d\ude00")) {
            put(key, "x");
        }
        put("gone/1", "x");
        delete("gone/1");
        List<String> pages = new ArrayList<>();
        s3.listObjectsV2Paginator(list -> list.bucket(BUCKET).delimiter("/").maxKeys(1)).forEach(page -> {
            pages.addAll(keys(page));
            page.commonPrefixes().stream().map(CommonPrefix::prefix).forEach(pages::add);
        });

        assertThat(pages).containsExactly("a", "b/", "c/", "d", "\uffee", "\ud83d\ude00");
        assertThat(keys(list("b/", "b/1", 10))).containsExactly("b/2", "b/" + LAST_CHARACTER,
                "b/" + LAST_CHARACTER + "x");
        assertThat(list("", "", 2).isTruncated()).isTrue();
        assertThat(list("", "", 9).isTruncated()).isFalse();
        assertThat(list("", "", 0).isTruncated()).isFalse();
    }

    @Test
    void versionsAreListedInPagesTheLatestFirst() {
        put("a", "x");
        String second = put("b", "one");
        String marker = delete("b").versionId();
        String latest = put("b", "three");
        put("c/1", "x");
        put("c/2", "x");
        put("d", "x");
        List<String> lines = new ArrayList<>();
        s3.listObjectVersionsPaginator(list -> list.bucket(BUCKET).delimiter("/").maxKeys(1))
            .forEach(page -> lines.add(line(page)));

        assertThat(lines.subList(1, 4)).containsExactly("b " + latest + " true", "b " + marker + " marker",
                "b " + second + " false");
        assertThat(lines).hasSize(6);
        assertThat(lines.get(4)).isEqualTo("c/");
    }

    private static String line(ListObjectVersionsResponse page) {
        for (ObjectVersion version : page.versions()) {
            return version.key() + " " + version.versionId() + " " + version.isLatest();
        }
        for (DeleteMarkerEntry marker : page.deleteMarkers()) {
            return marker.key() + " " + marker.versionId() + " marker";
        }
        return page.commonPrefixes().getFirst().prefix();
    }

    @Test
    void whatIsMissingIsSaid() {
        assertThatExceptionOfType(NoSuchKeyException.class).isThrownBy(() -> read("none"));
        assertThatExceptionOfType(NoSuchBucketException.class)
            .isThrownBy(() -> s3.listObjectsV2(list -> list.bucket("none")));
        assertThatExceptionOfType(NoSuchBucketException.class)
            .isThrownBy(() -> s3.headBucket(head -> head.bucket("none")));
        assertThat(failureOf(() -> s3.getObject(get -> get.bucket(BUCKET).key("none").versionId("v")))).isEqualTo(404);
    }

    @Test
    void whatIsNotKnownIsSaid() {
        put("key", "x");

        assertThat(failureOf(() -> s3.deleteBucket(delete -> delete.bucket(BUCKET)))).isEqualTo(501);
        assertThat(failureOf(() -> s3.getObjectTagging(get -> get.bucket(BUCKET).key("key")))).isEqualTo(501);
        assertThat(failureOf(() -> s3.getObject(get -> get.bucket(BUCKET).key("key").range("bytes=0-1"))))
            .isEqualTo(501);
        assertThat(failureOf(() -> s3.createMultipartUpload(create -> create.bucket(BUCKET).key("key"))))
            .isEqualTo(501);
        assertThat(failureOf(() -> s3.copyObject(copy -> copy.sourceBucket(BUCKET)
            .sourceKey("key")
            .destinationBucket(BUCKET)
            .destinationKey("other")))).isEqualTo(501);
    }

    @Test
    void aBucketIsMadeOnce() {
        assertThat(failureOf(() -> s3.createBucket(create -> create.bucket(BUCKET)))).isEqualTo(409);
    }

    @Test
    void aRoleIsAssumed() {
        try (StsClient sts = StsClient.builder()
            .endpointOverride(server.url())
            .region(Region.EU_WEST_3)
            .credentialsProvider(CREDENTIALS)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build()) {
            Credentials session = sts.assumeRole(assume -> assume.roleArn("arn:aws:iam::123456789012:role/r")
                .roleSessionName("session")
                .durationSeconds(900)).credentials();

            assertThat(session.accessKeyId()).isNotEmpty();
            assertThat(session.sessionToken()).isNotEmpty();
            assertThat(session.expiration()).isBetween(Instant.now().plusSeconds(800), Instant.now().plusSeconds(900));
        }
    }

    private String put(String key, String content) {
        return s3.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromString(content)).versionId();
    }

    private void putIfAbsent(String key, String content) {
        s3.putObject(put -> put.bucket(BUCKET).key(key).ifNoneMatch("*"), RequestBody.fromString(content));
    }

    private int putPlain(String header, String value, String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/" + BUCKET + "/key"))
                .header(header, value)
                .PUT(BodyPublishers.ofString(body))
                .build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    private DeleteObjectResponse delete(String key) {
        return s3.deleteObject(delete -> delete.bucket(BUCKET).key(key));
    }

    private String read(String key) {
        return s3.getObjectAsBytes(get -> get.bucket(BUCKET).key(key)).asUtf8String();
    }

    private ListObjectsV2Response list(String prefix, String startAfter, int maxKeys) {
        return s3.listObjectsV2(
                list -> list.bucket(BUCKET).prefix(prefix).startAfter(startAfter).maxKeys(maxKeys));
    }

    private static List<String> keys(ListObjectsV2Response page) {
        return page.contents().stream().map(S3Object::key).toList();
    }

    private static int failureOf(Runnable call) {
        try {
            call.run();
        } catch (S3Exception e) {
            return e.statusCode();
        }
        return 200;
    }
}
