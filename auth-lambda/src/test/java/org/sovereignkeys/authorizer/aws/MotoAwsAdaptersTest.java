/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.IOException;
import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

class MotoAwsAdaptersTest extends AwsAdaptersContract {
    private @Nullable MotoServer moto;

    @Override
    URI server() throws IOException {
        moto = MotoServer.start();
        return moto.url();
    }

    @AfterAll
    void stop() {
        if (moto != null) {
            moto.close();
        }
    }
}
