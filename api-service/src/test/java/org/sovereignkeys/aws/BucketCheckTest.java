/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.net.URI;
import java.util.List;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static org.assertj.core.api.Assertions.assertThat;

class BucketCheckTest {
    private final AwsServer aws = AwsServer.moto();

    private List<String> shortcomingsOf(String bucket) {
        return BucketCheck.shortcomings(aws.s3(), bucket);
    }

    private String bucketWithRetention() {
        String bucket = aws.newBucket();
        aws.s3()
            .putObjectLockConfiguration(put -> put.bucket(bucket)
                .objectLockConfiguration(lock -> lock.objectLockEnabled(ObjectLockEnabled.ENABLED)
                    .rule(rule -> rule.defaultRetention(
                            retention -> retention.mode(ObjectLockRetentionMode.COMPLIANCE).days(1)))));
        return bucket;
    }

    @Test
    void aVersionedBucketWithObjectLockIsAsItShouldBe() {
        assertThat(shortcomingsOf(bucketWithRetention())).isEmpty();
    }

    @Test
    void aMissingBucketIsTheOneShortcoming() {
        assertThat(shortcomingsOf("no-such-bucket")).singleElement()
            .asString()
            .contains("no-such-bucket", "is missing", "create it");
    }

    @Test
    void anOrdinaryBucketLacksVersionsAndLock() {
        assertThat(shortcomingsOf(aws.newPlainBucket())).satisfiesExactly(
                versioning -> assertThat(versioning).contains("is not versioned", "enable versioning"),
                lock -> assertThat(lock).contains("has no Object Lock", "enable Object Lock"));
    }

    @Test
    void aLockWithoutRetentionLocksNothing() {
        assertThat(shortcomingsOf(aws.newBucket())).singleElement().asString().contains("no default retention");
    }

    @Test
    void aServiceWithoutObjectLockCannotSay() {
        AwsServer s3Proxy = AwsServer.s3Proxy();

        assertThat(BucketCheck.shortcomings(s3Proxy.s3(), s3Proxy.newBucket())).singleElement()
            .asString()
            .contains("has Object Lock could not be found out");
    }

    @Test
    void aRefusalNamesTheRight() {
        WireMockServer stub = new WireMockServer(WireMockConfiguration.options().dynamicPort());
        stub.start();
        try {
            stub.stubFor(any(anyUrl()).willReturn(status(403)));

            assertThat(BucketCheck.shortcomings(AwsServer.at(URI.create(stub.baseUrl())).s3(), "mine")).isNotEmpty()
                .first()
                .asString()
                .contains("could not be found out", "s3:ListBucket");
        } finally {
            stub.stop();
        }
    }

    @Test
    void aServiceThatIsAwayIsSaidSo() {
        assertThat(BucketCheck.shortcomings(AwsServer.at(URI.create("http://127.0.0.1:1")).s3(), "mine")).isNotEmpty()
            .allSatisfy(shortcoming -> assertThat(shortcoming).contains("could not be found out"));
    }
}
