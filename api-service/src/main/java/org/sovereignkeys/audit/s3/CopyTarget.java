/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.customer.Customer;

/** Where a customer's copy goes, and in whose name. */
record CopyTarget(String bucket, Role role) {
    /** A customer's role, and the external id to give when it is assumed. */
    record Role(String arn, @Nullable String externalId) {}

    /** Empty for a customer that keeps no copy. */
    static Optional<CopyTarget> of(Customer customer) {
        String bucket = customer.auditBucketName();
        String arn = customer.remoteRoleArn();
        return bucket == null || arn == null
                ? Optional.empty()
                : Optional.of(new CopyTarget(bucket, new Role(arn, customer.externalId())));
    }
}
