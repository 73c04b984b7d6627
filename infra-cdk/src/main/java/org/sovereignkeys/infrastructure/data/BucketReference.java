/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import software.amazon.awscdk.Aws;

/** A bucket, whoever made it. */
public record BucketReference(String name, String arn) {
    static BucketReference ofExisting(String name) {
        return new BucketReference(name, "arn:" + Aws.PARTITION + ":s3:::" + name);
    }
}
