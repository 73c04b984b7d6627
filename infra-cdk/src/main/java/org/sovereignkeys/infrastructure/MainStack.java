/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import java.util.List;

import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.api.ApiStack;
import org.sovereignkeys.infrastructure.cluster.ClusterStack;
import org.sovereignkeys.infrastructure.cluster.NodePackage;
import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.customer.CustomerStack;
import org.sovereignkeys.infrastructure.data.DataStack;
import org.sovereignkeys.infrastructure.network.NetworkStack;
import org.sovereignkeys.infrastructure.watching.WatchingStack;

/** All of the service's account. */
final class MainStack extends Stack {
    static final String NAME = "cfn-sovereign-keys-mainstack";

    /** What the stacks are made of, beside the configuration. */
    record Sources(ApiStack.Sources api, CustomerStack.Sources customer, NodePackage nodePackage) {}

    MainStack(Construct scope, Configuration configuration, Environment environment, Sources sources) {
        super(scope, NAME,
                StackProps.builder()
                    .env(environment)
                    .description("Sovereign Keys: secrets protected by an HSM")
                    .build());
        var data = new DataStack(this, configuration);
        var network = new NetworkStack(this, configuration, data.customers());
        var cluster = new ClusterStack(this, configuration, data, network, sources.nodePackage());
        var api = new ApiStack(this, configuration, sources.api(), data.customers(), cluster.balancer());
        new WatchingStack(this, cluster, api);
        new CustomerStack(this, configuration, sources.customer(), data.customers(), List.of(cluster, api));
        CfnOutput.Builder.create(this, "ApiUrl")
            .description("Base URL of the API, within VPCs")
            .value(api.url())
            .build();
    }
}
