/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.network;

import java.util.List;

import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.Vpc;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.review.Excuse;

/** How AWS's services are reached without the internet. */
final class Endpoints extends Construct {
    private final Vpc vpc;
    private final SecurityGroup group;

    Endpoints(NetworkStack stack, Vpc vpc, boolean hasNat) {
        super(stack, "Endpoints");
        this.vpc = vpc;
        group = SecurityGroup.Builder.create(this, "Group")
            .vpc(vpc)
            .description("Endpoints of AWS services")
            .allowAllOutbound(false)
            .build();
        group.addIngressRule(Peer.ipv4(vpc.getVpcCidrBlock()), Port.tcp(443), "From the VPC");
        Excuse.on(group, "EC23", "Open to the VPC's own range, which the rule cannot see behind a reference.");
        var everywhere = List.of(SubnetSelection.builder().subnets(stack.privateSubnets()).build());
        List.of(GatewayVpcEndpointAwsService.S3, GatewayVpcEndpointAwsService.DYNAMODB)
            .forEach(service -> vpc.addGatewayEndpoint(idOf(service.getName()),
                    GatewayVpcEndpointOptions.builder().service(service).subnets(everywhere).build()));
        add(stack, InterfaceVpcEndpointAwsService.APIGATEWAY);
        add(stack, InterfaceVpcEndpointAwsService.KMS);
        if (!hasNat) {
            List.of(InterfaceVpcEndpointAwsService.AUTOSCALING, InterfaceVpcEndpointAwsService.CLOUDFORMATION,
                    InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
                    InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
                    InterfaceVpcEndpointAwsService.EC2, InterfaceVpcEndpointAwsService.ELASTIC_LOAD_BALANCING,
                    InterfaceVpcEndpointAwsService.STS)
                .forEach(service -> add(stack, service));
        }
    }

    private void add(NetworkStack stack, InterfaceVpcEndpointAwsService service) {
        vpc.addInterfaceEndpoint(idOf(service.getShortName()), InterfaceVpcEndpointOptions.builder()
            .service(service)
            .subnets(SubnetSelection.builder().subnets(stack.privateSubnets()).build())
            .securityGroups(List.of(group))
            .open(false)
            .privateDnsEnabled(true)
            .build());
    }

    private static String idOf(String service) {
        return "Endpoint-" + service.substring(service.lastIndexOf('.') + 1);
    }
}
