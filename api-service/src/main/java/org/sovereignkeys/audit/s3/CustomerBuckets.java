/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

import org.sovereignkeys.aws.PutOnce;
import org.sovereignkeys.customer.VpcId;

/** Puts entries into customers' buckets, with their roles. All that is asked of a role is {@code s3:PutObject}. */
final class CustomerBuckets {
    private final S3Client s3;
    private final RoleSessions sessions;

    CustomerBuckets(S3Client s3, RoleSessions sessions) {
        this.s3 = s3;
        this.sessions = sessions;
    }

    /**
     * Puts an entry, unless something stands under its number already: then that is the copy, made before.
     *
     * @throws software.amazon.awssdk.core.exception.SdkException if STS does not give a session of the role, or the bucket
     *             does not take the entry
     */
    void put(CopyTarget target, VpcId vpcId, long number, byte[] json) {
        AwsCredentialsProvider session = sessions.of(target.role());
        PutObjectRequest put = EntryPut.of(target.bucket(), vpcId, number, json)
            .copy(request -> request.overrideConfiguration(call -> call.credentialsProvider(session)));
        try {
            s3.putObject(put, RequestBody.fromBytes(json));
        } catch (S3Exception e) {
            if (!PutOnce.isThereAlready(e)) {
                throw e;
            }
        }
    }
}
