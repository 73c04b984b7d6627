/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.List;

import software.amazon.awscdk.CfnAutoScalingRollingUpdate;
import software.amazon.awscdk.CfnCreationPolicy;
import software.amazon.awscdk.CfnResourceSignal;
import software.amazon.awscdk.CfnTag;
import software.amazon.awscdk.CfnUpdatePolicy;
import software.amazon.awscdk.services.autoscaling.CfnAutoScalingGroup;
import software.amazon.awscdk.services.ec2.CfnLaunchTemplate;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.iam.CfnInstanceProfile;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.data.DataStack;
import org.sovereignkeys.infrastructure.network.NetworkStack;
import org.sovereignkeys.infrastructure.review.Excuse;

/** Two to three nodes over three zones. */
final class Nodes extends Construct {
    static final int PORT = 8080;
    static final String GROUP_NAME = "asg-sovereign-keys-sovereign-instances";
    static final String GROUP_ID = "Nodes";
    private static final int LEAST = 2;
    /** One a zone, so that etcd has a majority when a zone is lost. */
    private static final int MOST = 3;
    /** Longer than a node waits for the others' secrets. */
    private static final String START_TIMEOUT = "PT20M";

    record Surroundings(DataStack data, NetworkStack network, SecurityGroups groups, Balancer balancer,
            AuthorityKey authority, NodeRole role, NodePackage nodePackage) {}

    Nodes(Construct scope, Configuration configuration, Surroundings surroundings) {
        super(scope, "Nodes");
        CfnLaunchTemplate template = launchTemplate(configuration, surroundings);
        var group = CfnAutoScalingGroup.Builder.create(this, "Group")
            .autoScalingGroupName(GROUP_NAME)
            .minSize(String.valueOf(LEAST))
            .maxSize(String.valueOf(MOST))
            .desiredCapacity(String.valueOf(MOST))
            .vpcZoneIdentifier(surroundings.network().privateSubnets().stream().map(ISubnet::getSubnetId).toList())
            .targetGroupArns(List.of(surroundings.balancer().targetGroupArn()))
            // Not ELB: an outage of the HSM makes all nodes unhealthy, and new ones would be without PIN.
            .healthCheckType("EC2")
            .launchTemplate(CfnAutoScalingGroup.LaunchTemplateSpecificationProperty.builder()
                .launchTemplateId(template.getRef())
                .version(template.getAttrLatestVersionNumber())
                .build())
            .lifecycleHookSpecificationList(List.of(CfnAutoScalingGroup.LifecycleHookSpecificationProperty.builder()
                .lifecycleHookName("leave-the-cluster")
                .lifecycleTransition("autoscaling:EC2_INSTANCE_TERMINATING")
                .heartbeatTimeout(300)
                .defaultResult("CONTINUE")
                .build()))
            .build();
        group.overrideLogicalId(GROUP_ID);
        // Not before the role has its rights: the first thing a node does is to fetch its package.
        group.getNode().addDependency(surroundings.role().role());
        group.getCfnOptions()
            .setCreationPolicy(CfnCreationPolicy.builder()
                .resourceSignal(CfnResourceSignal.builder().count(MOST).timeout(START_TIMEOUT).build())
                .build());
        group.getCfnOptions().setUpdatePolicy(rollingUpdate());
        Excuse.on(group, "AS3", "What happens to the group shows in CloudTrail and in CloudFormation's events.");
    }

    private static CfnUpdatePolicy rollingUpdate() {
        return CfnUpdatePolicy.builder()
            .autoScalingRollingUpdate(CfnAutoScalingRollingUpdate.builder()
                .maxBatchSize(1)
                .minInstancesInService(LEAST)
                .waitOnResourceSignals(true)
                .pauseTime(START_TIMEOUT)
                .suspendProcesses(List.of("AZRebalance", "AlarmNotification", "HealthCheck", "ReplaceUnhealthy",
                        "ScheduledActions"))
                .build())
            .build();
    }

    private CfnLaunchTemplate launchTemplate(Configuration configuration, Surroundings surroundings) {
        var profile = CfnInstanceProfile.Builder.create(this, "Profile")
            .roles(List.of(surroundings.role().role().getRoleName()))
            .build();
        return CfnLaunchTemplate.Builder.create(this, "Template")
            .launchTemplateData(CfnLaunchTemplate.LaunchTemplateDataProperty.builder()
                .imageId(MachineImage.latestAmazonLinux2023().getImage(this).getImageId())
                .instanceType(configuration.instanceType())
                .securityGroupIds(surroundings.groups().ofNodes())
                .iamInstanceProfile(
                        CfnLaunchTemplate.IamInstanceProfileProperty.builder().arn(profile.getAttrArn()).build())
                .metadataOptions(CfnLaunchTemplate.MetadataOptionsProperty.builder()
                    .httpTokens("required")
                    .httpPutResponseHopLimit(1)
                    .build())
                .monitoring(CfnLaunchTemplate.MonitoringProperty.builder().enabled(true).build())
                .blockDeviceMappings(List.of(CfnLaunchTemplate.BlockDeviceMappingProperty.builder()
                    .deviceName("/dev/xvda")
                    // By the account's default key. Where that is not AWS's own, Auto Scaling needs a grant: docs/deployment.md.
                    .ebs(CfnLaunchTemplate.EbsProperty.builder()
                        .encrypted(true)
                        .volumeType("gp3")
                        .volumeSize(16)
                        .build())
                    .build()))
                .tagSpecifications(List.of(CfnLaunchTemplate.TagSpecificationProperty.builder()
                    .resourceType("instance")
                    .tags(List.of(CfnTag.builder().key("Name").value("ec2-sovereign-keys-sovereign-instance").build()))
                    .build()))
                .userData(StartScript.of(configuration, surroundings))
                .build())
            .build();
    }
}
