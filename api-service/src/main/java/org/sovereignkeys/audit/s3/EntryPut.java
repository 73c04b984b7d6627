/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import org.sovereignkeys.aws.PutOnce;
import org.sovereignkeys.customer.VpcId;

/** How an entry is put, into our bucket as into a customer's. */
final class EntryPut {
    private EntryPut() {}

    static PutObjectRequest of(String bucket, VpcId vpcId, long number, byte[] json) {
        return PutOnce.of(bucket, EntryKeys.key(vpcId, number), json, "application/json");
    }
}
