/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.nio.charset.StandardCharsets;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.S3Exception;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.sovereignkeys.audit.Entries.VPC;

/** Puts with a session that a real STS gives, into a bucket with Object Lock. Who may do what is not looked at here. */
abstract class CustomerBucketsContract {
    private static final CopyTarget.Role ROLE = new CopyTarget.Role("arn:aws:iam::403000000000:role/sovereign",
            "external-1");
    private static final byte[] ENTRY = "{\"an\": \"entry\"}".getBytes(StandardCharsets.UTF_8);

    private CopyTarget target;
    private RoleSessions sessions;
    private CustomerBuckets buckets;

    abstract AwsServer server();

    @BeforeEach
    void makeBucket() {
        target = new CopyTarget(server().newBucket(), ROLE);
        sessions = new RoleSessions(server().sts(), new Dependency("STS", new SimpleMeterRegistry()));
        buckets = new CustomerBuckets(server().customersBuckets(), sessions);
    }

    @AfterEach
    void endSessions() {
        sessions.close();
    }

    @Test
    void aCopyHasTheVeryBytesAndIsWrittenOnce() {
        buckets.put(target, VPC, 7, ENTRY);
        buckets.put(target, VPC, 7, "another".getBytes(StandardCharsets.UTF_8));

        assertThat(server().s3()
            .getObjectAsBytes(get -> get.bucket(target.bucket()).key(VPC + "/000000007.json"))
            .asByteArray()).isEqualTo(ENTRY);
        assertThat(server().s3().listObjectVersions(list -> list.bucket(target.bucket())).versions()).hasSize(1);
    }

    @Test
    void aBucketThatIsNotThereIsAFailure() {
        assertThatExceptionOfType(S3Exception.class)
            .isThrownBy(() -> buckets.put(new CopyTarget(AwsServer.newName(), ROLE), VPC, 7, ENTRY));
    }
}
