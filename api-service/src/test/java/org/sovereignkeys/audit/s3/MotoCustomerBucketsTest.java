/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import org.sovereignkeys.aws.AwsServer;

class MotoCustomerBucketsTest extends CustomerBucketsContract {
    @Override
    AwsServer server() {
        return AwsServer.moto();
    }
}
