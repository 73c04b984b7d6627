/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import org.sovereignkeys.aws.AwsServer;

class MotoCustomerTableTest extends CustomerTableContract {
    @Override
    AwsServer server() {
        return AwsServer.moto();
    }
}
