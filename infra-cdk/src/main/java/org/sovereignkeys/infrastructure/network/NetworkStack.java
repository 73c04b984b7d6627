/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.network;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.dynamodb.ITable;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.IpAddresses;
import software.amazon.awscdk.services.ec2.NatGatewayProps;
import software.amazon.awscdk.services.ec2.NatProvider;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.data.Registration;

/** The VPC over three zones, and the bastion in it. */
public final class NetworkStack extends NestedStack {
    private static final int ZONES = 3;

    private final Vpc vpc;
    private final Bastion bastion;

    public NetworkStack(Construct scope, Configuration configuration, ITable customers) {
        super(scope, "network");
        vpc = vpc(configuration);
        nameSubnets("public", vpc.getPublicSubnets());
        nameSubnets("private", privateSubnets());
        logFlows();
        if (configuration.mainResources()) {
            new Endpoints(this, vpc, configuration.needsNat());
        }
        bastion = new Bastion(this, vpc, configuration);
        // Without role: the bastion can fetch the signing key, and nothing else.
        new Registration(this, "OwnVpc", customers, vpc.getVpcId(), Map.of());
    }

    public IVpc vpc() {
        return vpc;
    }

    /** In three zones. */
    public List<ISubnet> privateSubnets() {
        return vpc.getPrivateSubnets().isEmpty() ? vpc.getIsolatedSubnets() : vpc.getPrivateSubnets();
    }

    public ISecurityGroup bastionGroup() {
        return bastion.group();
    }

    @Override
    public List<String> getAvailabilityZones() {
        return Zones.first(ZONES);
    }

    private Vpc vpc(Configuration configuration) {
        boolean nat = configuration.mainResources() && configuration.needsNat();
        List<String> addresses = configuration.elasticIps();
        Vpc.Builder builder = Vpc.Builder.create(this, "Vpc")
            .vpcName("vpc-sovereign-keys-api")
            .ipAddresses(IpAddresses.cidr("10.143.0.0/20"))
            .maxAzs(ZONES)
            .restrictDefaultSecurityGroup(false)
            .subnetConfiguration(List.of(subnets("public", SubnetType.PUBLIC),
                    subnets("private", nat ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED)))
            .natGateways(nat ? addresses.isEmpty() ? ZONES : addresses.size() : 0);
        if (nat && !addresses.isEmpty()) {
            builder
                .natGatewayProvider(NatProvider.gateway(NatGatewayProps.builder().eipAllocationIds(addresses).build()));
        }
        return builder.build();
    }

    private static SubnetConfiguration subnets(String name, SubnetType type) {
        return SubnetConfiguration.builder().name(name).subnetType(type).cidrMask(24).build();
    }

    private static void nameSubnets(String kind, List<ISubnet> subnets) {
        for (int i = 0; i < subnets.size(); i++) {
            Tags.of(subnets.get(i)).add("Name", "subnet-sovereign-keys-api-" + kind + '-' + (i + 1));
        }
    }

    private void logFlows() {
        var group = LogGroup.Builder.create(this, "FlowLogGroup")
            .retention(RetentionDays.ONE_YEAR)
            .build();
        vpc.addFlowLog("FlowLog",
                FlowLogOptions.builder().destination(FlowLogDestination.toCloudWatchLogs(group)).build());
    }
}
