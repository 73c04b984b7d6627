/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.services.s3.CfnBucket;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.bucket.ClosedBucket;
import org.sovereignkeys.infrastructure.configuration.ObjectLockMode;
import org.sovereignkeys.infrastructure.review.Excuse;

/** A bucket whose objects are put once and locked for ten years. */
final class LockedBucket extends Construct {
    private static final int RETENTION_YEARS = 10;

    private final CfnBucket bucket;

    LockedBucket(Construct scope, String id, String name, ObjectLockMode mode) {
        super(scope, id);
        bucket = ClosedBucket.form(this, "Bucket")
            .bucketName(name)
            .objectLockEnabled(true)
            .objectLockConfiguration(retention(mode))
            .build();
        Excuse.on(bucket, "S1", "Who puts what is in the audit log itself; reads are for CloudTrail's data events,"
                + " for which an account has one trail.");
        List<String> objects = List.of(bucket.getAttrArn() + "/*");
        ClosedBucket.keep(bucket, this, "Policy",
                ClosedBucket.denial("NoDelete", "s3:DeleteObject", objects, Map.of()),
                ClosedBucket.denial("PutOnce", "s3:PutObject", objects,
                        Map.of("Null", Map.of("s3:if-none-match", "true"))));
    }

    BucketReference reference() {
        return new BucketReference(bucket.getRef(), bucket.getAttrArn());
    }

    private static CfnBucket.ObjectLockConfigurationProperty retention(ObjectLockMode mode) {
        return CfnBucket.ObjectLockConfigurationProperty.builder()
            .objectLockEnabled("Enabled")
            .rule(CfnBucket.ObjectLockRuleProperty.builder()
                .defaultRetention(CfnBucket.DefaultRetentionProperty.builder()
                    .mode(mode.name())
                    .years(RETENTION_YEARS)
                    .build())
                .build())
            .build();
    }
}
