/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.s3.CfnBucket;

import org.sovereignkeys.infrastructure.bucket.ClosedBucket;
import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/**
 * The bucket of artifacts-template.yml, under the same logical ids: a stack of the one can become one of the other. It is kept:
 * running instances and a rollback need what is in it.
 */
final class ArtifactStore {
    private final CfnBucket bucket;

    ArtifactStore(PipelineStack stack) {
        bucket = ClosedBucket.form(stack, "Bucket").build();
        Excuse.on(bucket, "S1", "It holds what is built from the sources; who puts what shows in the pipeline.");
        ClosedBucket.keep(bucket, stack, "BucketPolicy");
        CfnOutput.Builder.create(stack, "S3ArtifactBucketName")
            .value(bucket.getRef())
            .exportName("sovereign-keys:S3ArtifactBucketName")
            .build();
    }

    String name() {
        return bucket.getRef();
    }

    /** What CodePipeline and CodeBuild do with the bucket of a pipeline. */
    void allowUse(Role role) {
        String all = bucket.getAttrArn();
        RoleRight.allow(role, List.of("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"), all + "/*", Map.of());
        RoleRight.allow(role, List.of("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"), all,
                Map.of());
    }
}
