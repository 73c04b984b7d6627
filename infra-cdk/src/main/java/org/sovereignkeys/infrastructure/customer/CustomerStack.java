/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.customer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.dynamodb.ITable;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.IpAddresses;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.data.Registration;
import org.sovereignkeys.infrastructure.network.Zones;

/** A customer for trying, registered. Without the main resources it has neither instance nor endpoint. */
public final class CustomerStack extends NestedStack {
    private static final int ZONES = 2;

    /**
     * What the customer is made of.
     *
     * @param template what customers deploy in their accounts
     * @param functionalTest the script for the test instance
     */
    public record Sources(Path template, Path functionalTest) {}

    /** The service's two roles must be there before, for its role trusts them. */
    public CustomerStack(Construct scope, Configuration configuration, Sources sources, ITable customers,
            List<NestedStack> stacksOfTrustedRoles) {
        super(scope, "customer");
        stacksOfTrustedRoles.forEach(this::addStackDependency);
        Vpc vpc = vpc();
        String externalId = uniqueToThisStack();
        var template = new CustomerTemplate(this, configuration, sources.template(), vpc, externalId);
        if (configuration.mainResources()) {
            new TestInstance(this, vpc, sources.functionalTest());
        }
        new Registration(this, "Registration", customers, vpc.getVpcId(), Map.of("RemoteRoleARN", template.roleArn(),
                "ExternalId", externalId, "AuditBucketName", template.auditBucketName()));
    }

    @Override
    public List<String> getAvailabilityZones() {
        return Zones.first(ZONES);
    }

    /** The last part of the stack's id, a UUID. */
    private static String uniqueToThisStack() {
        return Fn.select(2, Fn.split("/", Aws.STACK_ID));
    }

    private Vpc vpc() {
        var vpc = Vpc.Builder.create(this, "Vpc")
            .vpcName("vpc-sovereign-keys-test-customer")
            .ipAddresses(IpAddresses.cidr("10.144.0.0/24"))
            .maxAzs(ZONES)
            .natGateways(0)
            .restrictDefaultSecurityGroup(false)
            .subnetConfiguration(List.of(
                    SubnetConfiguration.builder().name("public").subnetType(SubnetType.PUBLIC).cidrMask(26).build()))
            .build();
        List<ISubnet> subnets = vpc.getPublicSubnets();
        for (int i = 0; i < subnets.size(); i++) {
            Tags.of(subnets.get(i)).add("Name", "subnet-sovereign-keys-test-customer-public-" + (i + 1));
        }
        var log = LogGroup.Builder.create(this, "FlowLogGroup").retention(RetentionDays.ONE_MONTH).build();
        vpc.addFlowLog("FlowLog",
                FlowLogOptions.builder().destination(FlowLogDestination.toCloudWatchLogs(log)).build());
        return vpc;
    }
}
