/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.EnabledWithLocalStack;

@EnabledWithLocalStack
class LocalStackCustomerBucketsTest extends CustomerBucketsContract {
    @Override
    AwsServer server() {
        return AwsServer.localStack();
    }
}
