/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;

import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.aws.BucketCheck;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.StartCheck;
import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.customer.CustomerDirectory;

/** The log in a bucket, where {@code sovereign-keys.audit} is {@code s3:BUCKET}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "audit", technology = "s3")
class S3AuditConfiguration {
    @Bean
    Dependency auditBucket(SovereignKeysSettings settings, S3Client ownBuckets, MeterRegistry meters) {
        String bucket = settings.audit().target();
        return Dependency.essential("the audit bucket " + bucket, meters,
                () -> ownBuckets.listObjectsV2(list -> list.bucket(bucket).maxKeys(1)));
    }

    @Bean
    S3AuditStore auditStore(SovereignKeysSettings settings, S3Client ownBuckets, Dependency auditBucket) {
        return new S3AuditStore(ownBuckets, settings.audit().target(), auditBucket);
    }

    @Bean
    StartCheck auditBucketCheck(SovereignKeysSettings settings, S3Client ownBuckets) {
        return () -> BucketCheck.shortcomings(ownBuckets, settings.audit().target());
    }

    @Bean
    RoleSessions roleSessions(StsClient sts, MeterRegistry meters) {
        return new RoleSessions(sts, new Dependency("STS", meters));
    }

    @Bean
    S3CustomerCopies customerCopies(SovereignKeysSettings settings, CustomerDirectory customers,
            S3Client customersBuckets, RoleSessions sessions, S3Client ownBuckets,
            ObjectProvider<CopyBacklog> backlog, MeterRegistry meters) {
        String bucket = settings.audit().target();
        // A circuit of its own: what is read for copies must not stop what calls write.
        S3AuditStore log = new S3AuditStore(ownBuckets, bucket,
                new Dependency("the audit bucket " + bucket + ", read for copies,", meters));
        return new S3CustomerCopies(settings.auditCopy(), customers, new CustomerBuckets(customersBuckets, sessions),
                log, backlog.getIfAvailable(() -> CopyBacklog.NONE), meters);
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> copiesTakenUp(S3CustomerCopies copies) {
        return _ -> copies.start();
    }
}
