/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.s3.S3Client;

import org.sovereignkeys.aws.BucketCheck;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.StartCheck;
import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;

/** Key tokens in a bucket, where {@code sovereign-keys.customer-keys} is {@code s3:BUCKET}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "customer-keys", technology = "s3")
class S3CustomerKeyConfiguration {
    @Bean
    Dependency customerKeyBucket(SovereignKeysSettings settings, S3Client ownBuckets, MeterRegistry meters) {
        String bucket = settings.customerKeys().target();
        return Dependency.essential("the bucket of customer keys " + bucket, meters,
                () -> ownBuckets.listObjectsV2(list -> list.bucket(bucket).maxKeys(1)));
    }

    @Bean
    EncryptedKeyTokenStore encryptedKeyTokenStore(SovereignKeysSettings settings, S3Client ownBuckets,
            Dependency customerKeyBucket) {
        return new S3EncryptedKeyTokenStore(ownBuckets, settings.customerKeys().target(), customerKeyBucket);
    }

    @Bean
    StartCheck customerKeyBucketCheck(SovereignKeysSettings settings, S3Client ownBuckets) {
        return () -> BucketCheck.shortcomings(ownBuckets, settings.customerKeys().target());
    }
}
