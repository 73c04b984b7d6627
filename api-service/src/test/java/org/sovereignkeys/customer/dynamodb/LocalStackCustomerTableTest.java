/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.EnabledWithLocalStack;

@EnabledWithLocalStack
class LocalStackCustomerTableTest extends CustomerTableContract {
    @Override
    AwsServer server() {
        return AwsServer.localStack();
    }
}
