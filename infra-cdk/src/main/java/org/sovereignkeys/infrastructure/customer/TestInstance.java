/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.customer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.ec2.BlockDevice;
import software.amazon.awscdk.services.ec2.BlockDeviceVolume;
import software.amazon.awscdk.services.ec2.EbsDeviceOptions;
import software.amazon.awscdk.services.ec2.HttpTokens;
import software.amazon.awscdk.services.ec2.Instance;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.UserData;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.iam.InstanceProfile;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.artifacts.ArtifactBucket;
import org.sovereignkeys.infrastructure.artifacts.Script;
import org.sovereignkeys.infrastructure.network.SessionManager;
import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/** With a volume to encrypt, and scripts that install the agent and try the API. */
final class TestInstance extends Construct {
    private static final String ROLE = "role-sovereign-keys-test-customer-instance";
    private static final String AGENT_PACKAGES = "agent/linux/";

    TestInstance(Construct scope, Vpc vpc, Path functionalTest) {
        super(scope, "TestInstance");
        var group = SecurityGroup.Builder.create(this, "Group")
            .vpc(vpc)
            .description("Test instance: reached by Session Manager alone")
            .allowAllOutbound(true)
            .build();
        var subnet = SubnetSelection.builder().subnets(vpc.getPublicSubnets().subList(0, 1)).build();
        var instance = Instance.Builder.create(this, "Instance")
            .vpc(vpc)
            .vpcSubnets(subnet)
            .instanceType(new InstanceType("t3.micro"))
            .machineImage(MachineImage.latestAmazonLinux2023())
            .securityGroup(group)
            .instanceProfile(profile())
            .httpTokens(HttpTokens.REQUIRED)
            .userData(UserData.custom(preparation(functionalTest)))
            .blockDevices(List.of(encrypted("/dev/xvda", 16), encrypted("/dev/sdf", 5)))
            .build();
        instance.getNode().addDependency(vpc.selectSubnets(subnet).getInternetConnectivityEstablished());
        Tags.of(instance).add("Name", "ec2-sovereign-keys-test-customer-test-instance");
        Excuse.on(instance, "EC28", "It is for trying: nobody watches it by the minute.");
        Excuse.on(instance, "EC29", "It is for trying: whoever ends it has another one made by the stack.");
    }

    private static BlockDevice encrypted(String device, int gibibytes) {
        return BlockDevice.builder()
            .deviceName(device)
            .volume(BlockDeviceVolume.ebs(gibibytes, EbsDeviceOptions.builder().encrypted(true).build()))
            .build();
    }

    /** Of the role's name, by which an instance is started from this one's image. */
    private InstanceProfile profile() {
        var role = Role.Builder.create(this, "Role")
            .roleName(ROLE)
            .assumedBy(new ServicePrincipal("ec2.amazonaws.com"))
            .build();
        RoleRight.allow(role, SessionManager.ACTIONS, "*", Map.of());
        RoleRight.allow(role, List.of("cloudformation:DescribeStacks"),
                "arn:" + Aws.PARTITION + ":cloudformation:" + Aws.REGION
                        + ':' + Aws.ACCOUNT_ID + ":stack/cfn-sovereign-keys-mainstack/*",
                Map.of());
        RoleRight.allow(role, List.of("s3:GetObject"), ArtifactBucket.arn() + '/' + AGENT_PACKAGES + '*', Map.of());
        RoleRight.allow(role, List.of("s3:ListBucket"), ArtifactBucket.arn(),
                Map.of("StringLike", Map.of("s3:prefix", AGENT_PACKAGES + '*')));
        Excuse.on(role, "IAM5", "Session Manager's channels are given for all resources or none;"
                + " a stack's id and the packages' versions are not known before.");
        return InstanceProfile.Builder.create(this, "Profile").instanceProfileName(ROLE).role(role).build();
    }

    /** User data. The scripts are there before anything can fail. */
    private static String preparation(Path functionalTest) {
        String installation = Script.read(TestInstance.class, "install-sk-agent.sh")
            .replace("@ARTIFACT_BUCKET@", ArtifactBucket.name());
        return "#!/bin/bash\nset -euo pipefail\ncd /home/ec2-user\n"
                + file("install-sk-agent.sh", installation)
                + file("functional-testing.sh", read(functionalTest))
                + "runuser -u ec2-user -- aws configure set default.region " + Aws.REGION + '\n'
                + "dnf --assumeyes --quiet install jq\n";
    }

    private static String file(String name, String content) {
        return "cat >" + name + " <<'end of " + name + "'\n" + content + "end of " + name + "\nchmod 755 " + name
                + '\n';
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
