/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.network;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.ec2.BlockDevice;
import software.amazon.awscdk.services.ec2.BlockDeviceVolume;
import software.amazon.awscdk.services.ec2.EbsDeviceOptions;
import software.amazon.awscdk.services.ec2.HttpTokens;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.Instance;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.UserData;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.artifacts.Script;
import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/** Where operators come in, to the HSMs and to the nodes. */
final class Bastion extends Construct {
    private final SecurityGroup group;

    Bastion(Construct scope, Vpc vpc, Configuration configuration) {
        super(scope, "Bastion");
        group = SecurityGroup.Builder.create(this, "Group")
            .vpc(vpc)
            .description("Bastion: SSH from the authorised range")
            .allowAllOutbound(true)
            .build();
        group.addIngressRule(Peer.ipv4(configuration.bastionRange()), Port.tcp(22), "BastionAuthorizedRange");
        if (configuration.bastionRange().endsWith("/0")) {
            Excuse.on(group, "EC23",
                    "Nothing else was configured: keys alone open SSH, and operators can narrow the range.");
        }
        var subnets = SubnetSelection.builder().subnetType(SubnetType.PUBLIC).build();
        var instance = Instance.Builder.create(this, "Instance")
            .vpc(vpc)
            .vpcSubnets(subnets)
            .instanceType(new InstanceType("t3.micro"))
            .machineImage(MachineImage.latestAmazonLinux2023())
            .securityGroup(group)
            .role(role())
            .httpTokens(HttpTokens.REQUIRED)
            .detailedMonitoring(true)
            .userData(UserData.custom(Script.read(Bastion.class, "prepare-bastion.sh")))
            .blockDevices(List.of(BlockDevice.builder()
                .deviceName("/dev/xvda")
                .volume(BlockDeviceVolume.ebs(16, EbsDeviceOptions.builder().encrypted(true).build()))
                .build()))
            .build();
        // What it installs at its start comes over the internet: the gateway alone, which the VPC would name, is not enough.
        instance.getNode().addDependency(vpc.selectSubnets(subnets).getInternetConnectivityEstablished());
        Tags.of(instance).add("Name", "ec2-sovereign-keys-api-bastion");
        Excuse.on(instance, "EC29", "It keeps nothing: whoever ends it has another one made by the stack.");
    }

    ISecurityGroup group() {
        return group;
    }

    private Role role() {
        var role = Role.Builder.create(this, "Role")
            .roleName("role-sovereign-keys-api-bastion-" + Aws.REGION)
            .assumedBy(new ServicePrincipal("ec2.amazonaws.com"))
            .build();
        // None of these can be given for single resources.
        RoleRight.allow(role, List.of("autoscaling:DescribeAutoScalingGroups", "cloudformation:ListExports",
                "cloudhsm:DescribeClusters", "ec2:DescribeInstances"), "*", Map.of());
        RoleRight.allow(role, SessionManager.ACTIONS, "*", Map.of());
        RoleRight.allow(role, List.of("cloudformation:DescribeStacks"),
                arn("cloudformation", "stack/cfn-sovereign-keys-mainstack/*"),
                Map.of());
        RoleRight.allow(role, List.of("ec2-instance-connect:SendSSHPublicKey"), arn("ec2", "instance/*"),
                Map.of("StringEquals",
                        new TreeMap<>(Map.of("aws:ResourceTag/Name", "ec2-sovereign-keys-sovereign-instance",
                                "ec2:osuser", "ec2-user"))));
        Excuse.on(role, "IAM5", "Describing and Session Manager's channels are given for all resources or none;"
                + " a stack's id is not known before, nor a node's, which its name tag stands for.");
        return role;
    }

    private static String arn(String service, String resource) {
        return "arn:" + Aws.PARTITION + ':' + service + ':' + Aws.REGION + ':' + Aws.ACCOUNT_ID + ':' + resource;
    }
}
