/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
    /** Below its own name, CodePipeline puts what it hands from step to step. */
    private static final String HANDED_ON = PipelineStack.PIPELINE + "/*";
    private static final String NODE_PACKAGE = "sovereign-instances/sovereign-keys-api.rpm";

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
    void allowHandingOn(Role role) {
        allow(role, List.of("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"), HANDED_ON);
        RoleRight.allow(role, List.of("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"),
                bucket.getAttrArn(), Map.of());
    }

    /** A connection puts the sources with an access control list. */
    void allowSources(Role role) {
        allow(role, List.of("s3:PutObjectAcl"), HANDED_ON);
    }

    /** What bin/put-packages and bin/deploy put. What else nodes fetch, and an order to open one, is put by hand. */
    void allowPublishing(Role role) {
        allow(role, List.of("s3:GetObject", "s3:PutObject"), NODE_PACKAGE, NODE_PACKAGE + ".sha256", "agent/linux/*");
        allow(role, List.of("s3:PutObject"), "deployment/*");
    }

    private void allow(Role role, List<String> actions, String... keys) {
        RoleRight.allow(role, actions,
                Stream.of(keys).map(key -> bucket.getAttrArn() + '/' + key).toList(), Map.of());
    }
}
