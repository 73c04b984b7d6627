/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import org.sovereignkeys.aws.AwsServer;

class MemoryS3EncryptedKeyTokenStoreTest extends S3EncryptedKeyTokenStoreContract {
    @Override
    AwsServer server() {
        return AwsServer.memoryS3();
    }
}
