/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.EnabledWithLocalStack;

@EnabledWithLocalStack
class LocalStackAuditStoreTest extends S3AuditStoreSuite {
    @Override
    AwsServer server() {
        return AwsServer.localStack();
    }
}
