/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.artifacts;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Fn;

/** The bucket with the packages, of the stack that builds and deploys. */
public final class ArtifactBucket {
    private ArtifactBucket() {}

    public static String name() {
        return Fn.importValue("sovereign-keys:S3ArtifactBucketName");
    }

    public static String arn() {
        return "arn:" + Aws.PARTITION + ":s3:::" + name();
    }
}
