/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.customerkey.EncryptedKeyTokenException;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class S3ProxyEncryptedKeyTokenStoreTest extends S3EncryptedKeyTokenStoreContract {
    @Override
    AwsServer server() {
        return AwsServer.s3Proxy();
    }

    /** What no lenient server can show: that the store's requests are signed. */
    @Test
    void aWrongSecretKeyIsRefused() {
        EncryptedKeyTokenStore intruder = storeOn(server().s3WithWrongKey(), server().newBucket());

        assertThatExceptionOfType(EncryptedKeyTokenException.class)
            .isThrownBy(() -> intruder.putIfAbsent(NAME, token(1)));
    }
}
