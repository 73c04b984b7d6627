/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.data.DataStack;

/** All of the service's account. */
final class MainStack extends Stack {
    static final String NAME = "cfn-sovereign-keys-mainstack";

    MainStack(Construct scope, Configuration configuration, Environment environment) {
        super(scope, NAME,
                StackProps.builder()
                    .env(environment)
                    .description("Sovereign Keys: secrets protected by an HSM")
                    .build());
        new DataStack(this, configuration);
    }
}
