/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.List;

import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.elasticloadbalancingv2.CfnListener;
import software.amazon.awscdk.services.elasticloadbalancingv2.CfnLoadBalancer;
import software.amazon.awscdk.services.elasticloadbalancingv2.CfnTargetGroup;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.network.NetworkStack;
import org.sovereignkeys.infrastructure.review.Excuse;

/** The internal network load balancer between the gateway's VPC link and the nodes. */
public final class Balancer extends Construct {
    public static final int PORT = Nodes.PORT;

    private final CfnLoadBalancer balancer;
    private final CfnTargetGroup targets;

    Balancer(Construct scope, NetworkStack network, SecurityGroup group) {
        super(scope, "Balancer");
        balancer = CfnLoadBalancer.Builder.create(this, "Balancer")
            .type("network")
            .scheme("internal")
            .subnets(network.privateSubnets().stream().map(ISubnet::getSubnetId).toList())
            .securityGroups(List.of(group.getSecurityGroupId()))
            // The VPC link is PrivateLink: rules would drop what comes from it, for its addresses are not in any group.
            .enforceSecurityGroupInboundRulesOnPrivateLinkTraffic("off")
            .loadBalancerAttributes(List.of(CfnLoadBalancer.LoadBalancerAttributeProperty.builder()
                .key("load_balancing.cross_zone.enabled")
                .value("true")
                .build()))
            .build();
        Excuse.on(balancer, "ELB2",
                "A network load balancer logs TLS listeners only; the gateway's access log has each call.");
        targets = targets(network);
        CfnListener.Builder.create(this, "Listener")
            .loadBalancerArn(arn())
            .port(PORT)
            .protocol("TCP")
            .defaultActions(List.of(
                    CfnListener.ActionProperty.builder().type("forward").targetGroupArn(targetGroupArn()).build()))
            .build();
    }

    public String arn() {
        return balancer.getRef();
    }

    /** Where the nodes' API is, at the port. */
    public String dnsName() {
        return balancer.getAttrDnsName();
    }

    /** As metrics have it. */
    public String fullName() {
        return balancer.getAttrLoadBalancerFullName();
    }

    /** As metrics have it. */
    public String targetGroupFullName() {
        return targets.getAttrTargetGroupFullName();
    }

    String targetGroupArn() {
        return targets.getRef();
    }

    private CfnTargetGroup targets(NetworkStack network) {
        return CfnTargetGroup.Builder.create(this, "Targets")
            .vpcId(network.vpc().getVpcId())
            .targetType("instance")
            .protocol("TCP")
            .port(Nodes.PORT)
            .healthCheckProtocol("HTTP")
            .healthCheckPath("/healthcheck")
            .matcher(CfnTargetGroup.MatcherProperty.builder().httpCode("204").build())
            .healthCheckIntervalSeconds(10)
            .healthyThresholdCount(2)
            .unhealthyThresholdCount(2)
            .targetGroupAttributes(List.of(CfnTargetGroup.TargetGroupAttributeProperty.builder()
                .key("deregistration_delay.timeout_seconds")
                .value("30")
                .build()))
            .build();
    }
}
