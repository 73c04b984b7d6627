/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.Optional;

import software.amazon.awscdk.NestedStack;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.data.DataStack;
import org.sovereignkeys.infrastructure.network.NetworkStack;

/** The nodes and what stands before them. Without the main resources only their role is left, which customers' roles trust. */
public final class ClusterStack extends NestedStack {
    /** Of CloudWatch: the only one that nodes may write to. */
    public static final String METRICS_NAMESPACE = "SovereignKeys";

    private final NodeRole role;
    private final Optional<Balancer> balancer;
    private final Optional<AuthorityKey> authority;

    public ClusterStack(Construct scope, Configuration configuration, DataStack data, NetworkStack network,
            NodePackage nodePackage) {
        super(scope, "cluster");
        role = new NodeRole(this, data);
        if (configuration.mainResources()) {
            var groups = new SecurityGroups(this, configuration, network);
            var front = new Balancer(this, network, groups.balancer());
            var key = new AuthorityKey(this, role.role(), network.vpc());
            new Nodes(this, configuration,
                    new Nodes.Surroundings(data, network, groups, front, key, role, nodePackage));
            balancer = Optional.of(front);
            authority = Optional.of(key);
        } else {
            balancer = Optional.empty();
            authority = Optional.empty();
        }
    }

    public String nodeRoleArn() {
        return role.role().getRoleArn();
    }

    /** Empty without the main resources. */
    public Optional<String> authorityKeyArn() {
        return authority.map(AuthorityKey::arn);
    }

    /** What the gateway forwards to; empty without the main resources. */
    public Optional<Balancer> balancer() {
        return balancer;
    }
}
