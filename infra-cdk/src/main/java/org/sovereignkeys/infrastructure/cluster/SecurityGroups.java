/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.List;
import java.util.Optional;

import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.configuration.HsmType;
import org.sovereignkeys.infrastructure.network.NetworkStack;

/** Who reaches a node, and what a node reaches. */
final class SecurityGroups extends Construct {
    /** Clients, peers, and by what sk-node says where it stands. */
    private static final Port ETCD = Port.tcpRange(2379, 2381);

    private final SecurityGroup balancer;
    private final SecurityGroup nodes;
    private final Optional<String> additional;

    SecurityGroups(Construct scope, Configuration configuration, NetworkStack network) {
        super(scope, "SecurityGroups");
        additional = configuration.additionalSecurityGroup();
        balancer = group("Balancer", network, "Load balancer of the API: only what comes by the VPC link");
        nodes = group("Nodes", network, "API nodes");
        balancer.addEgressRule(nodes, Port.tcp(Nodes.PORT), "API");
        nodes.addIngressRule(balancer, Port.tcp(Nodes.PORT), "API");
        nodes.addIngressRule(Peer.securityGroupId(network.bastionGroup().getSecurityGroupId()), Port.tcp(22),
                "Operators");
        nodes.addIngressRule(nodes, ETCD, "etcd");
        nodes.addEgressRule(nodes, ETCD, "etcd");
        nodes.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS, by endpoints or NAT");
        allowHsm(configuration);
    }

    SecurityGroup balancer() {
        return balancer;
    }

    /** Those that a node is in. */
    List<String> ofNodes() {
        return additional.map(group -> List.of(nodes.getSecurityGroupId(), group))
            .orElseGet(() -> List.of(nodes.getSecurityGroupId()));
    }

    private void allowHsm(Configuration configuration) {
        if (configuration.hsmType() == HsmType.cloudhsm) {
            additional.map(Peer::securityGroupId)
                .ifPresent(cluster -> nodes.addEgressRule(cluster, Port.tcpRange(2223, 2225), "CloudHSM"));
            return;
        }
        List<String> ranges = configuration.hsmRanges().isEmpty() ? List.of("0.0.0.0/0") : configuration.hsmRanges();
        for (String range : ranges) {
            nodes.addEgressRule(Peer.ipv4(range), Port.tcp(5552), "Proteccio");
            nodes.addEgressRule(Peer.ipv4(range), Port.udp(111), "Proteccio: port mapper");
        }
    }

    private SecurityGroup group(String id, NetworkStack network, String description) {
        return SecurityGroup.Builder.create(this, id)
            .vpc(network.vpc())
            .description(description)
            .allowAllOutbound(false)
            .build();
    }
}
