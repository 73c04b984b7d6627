/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import org.jspecify.annotations.Nullable;

/**
 * A customer: one VPC.
 *
 * @param role the role in the customer's account; null for a VPC that may only read the signing key
 */
public record Customer(@Nullable Role role) {
    /**
     * A role in a customer's account.
     *
     * @param arn {@code arn:PARTITION:iam::ACCOUNT:role/NAME}
     * @param externalId what the role wants to hear when it is assumed; null for nothing
     */
    public record Role(String arn, @Nullable String externalId) {
        /** Takes a role; throws {@link IllegalArgumentException} if a member is not of its form. */
        public Role {
            if (!Form.ROLE_ARN.fits(arn)) {
                throw new IllegalArgumentException("RemoteRoleARN is not of its form");
            }
            if (externalId != null && !Form.EXTERNAL_ID.fits(externalId)) {
                throw new IllegalArgumentException("ExternalId is not of its form");
            }
        }
    }
}
