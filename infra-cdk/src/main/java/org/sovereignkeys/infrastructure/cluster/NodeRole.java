/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.artifacts.ArtifactBucket;
import org.sovereignkeys.infrastructure.data.BucketReference;
import org.sovereignkeys.infrastructure.data.DataStack;
import org.sovereignkeys.infrastructure.permission.CustomerRoles;
import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/** What a node may do. The rights on the stores are those of docs/formats/storage.md. */
final class NodeRole extends Construct {
    private final Role role;
    private final LogGroup log;

    NodeRole(Construct scope, DataStack data) {
        super(scope, "NodeRole");
        role = Role.Builder.create(this, "Role")
            .roleName("role-sovereign-keys-node-" + Aws.REGION)
            .assumedBy(new ServicePrincipal("ec2.amazonaws.com"))
            .build();
        log = LogGroup.Builder.create(this, "Log").retention(RetentionDays.ONE_YEAR).build();
        allow(List.of("dynamodb:GetItem"), data.customers().getTableArn());
        allowStore(data.customerKeys());
        allowStore(data.auditLog());
        CustomerRoles.allowAssuming(role);
        allow(List.of("s3:GetObject"), ArtifactBucket.arn() + "/sovereign-instances/*");
        allow(List.of("s3:GetObjectVersion"), ArtifactBucket.arn() + "/sovereign-instances/sovereign-keys-api.rpm");
        allow(List.of("logs:CreateLogStream", "logs:PutLogEvents"), log.getLogGroupArn());
        allow(List.of("autoscaling:CompleteLifecycleAction"),
                "arn:" + Aws.PARTITION + ":autoscaling:" + Aws.REGION + ':'
                        + Aws.ACCOUNT_ID + ":autoScalingGroup:*:autoScalingGroupName/" + Nodes.GROUP_NAME);
        allow(List.of("cloudformation:SignalResource"), Aws.STACK_ID);
        // None of these can be given for single resources.
        allow(List.of("autoscaling:DescribeAutoScalingGroups", "ec2:DescribeInstances",
                "elasticloadbalancing:DescribeTargetHealth"), "*");
        allow(List.of("cloudwatch:PutMetricData"), "*",
                Map.of("StringEquals", Map.of("cloudwatch:namespace", ClusterStack.METRICS_NAMESPACE)));
        Excuse.on(role, "IAM5",
                "Objects of a bucket, customers' roles (bound to our session name) and the group's id are not"
                        + " known before; describing and metrics are given for all resources or none.");
    }

    Role role() {
        return role;
    }

    String logGroup() {
        return log.getLogGroupName();
    }

    private void allowStore(BucketReference bucket) {
        allow(List.of("s3:GetObject", "s3:PutObject"), bucket.arn() + "/*");
        allow(List.of("s3:GetBucketObjectLockConfiguration", "s3:GetBucketVersioning", "s3:ListBucket",
                "s3:ListBucketVersions"), bucket.arn());
    }

    private void allow(List<String> actions, String resource) {
        allow(actions, resource, Map.of());
    }

    private void allow(List<String> actions, String resource, Map<String, Object> conditions) {
        RoleRight.allow(role, actions, resource, conditions);
    }
}
