/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import org.sovereignkeys.aws.AwsServer;

class MotoEncryptedKeyTokenStoreTest extends S3EncryptedKeyTokenStoreContract {
    @Override
    AwsServer server() {
        return AwsServer.moto();
    }
}
