/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import org.sovereignkeys.aws.AwsServer;

class MemoryS3AuditStoreTest extends S3AuditStoreSuite {
    @Override
    AwsServer server() {
        return AwsServer.memoryS3();
    }
}
