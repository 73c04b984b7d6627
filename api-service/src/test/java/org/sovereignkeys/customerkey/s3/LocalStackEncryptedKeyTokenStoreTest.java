/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.EnabledWithLocalStack;

@EnabledWithLocalStack
class LocalStackEncryptedKeyTokenStoreTest extends S3EncryptedKeyTokenStoreContract {
    @Override
    AwsServer server() {
        return AwsServer.localStack();
    }
}
