/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A customer: one VPC that may call us.
 *
 * @param vpcId the VPC
 * @param remoteRoleArn role in the customer's account, {@code arn:PARTITION:iam::ACCOUNT:role/NAME}; null for a VPC that
 *            may only read the signing key
 * @param ektName name of the customer's EKT in its store without {@code .ekt}; null means the VPC id
 * @param auditBucketName bucket in which the customer keeps a copy of its log; null for none
 * @param externalId external id to give when the role is assumed; null for none
 */
public record Customer(VpcId vpcId, @Nullable String remoteRoleArn, @Nullable String ektName,
        @Nullable String auditBucketName, @Nullable String externalId) {
    private static final Pattern ROLE_ARN = Pattern
        .compile("arn:aws[a-z-]*:iam::(?<account>\\d{12}):role/[\\w+=,.@/-]{1,576}");
    private static final Pattern EKT_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    public Customer {
        if (remoteRoleArn != null && !ROLE_ARN.matcher(remoteRoleArn).matches()) {
            throw new IllegalArgumentException("RemoteRoleARN is not of the form arn:aws:iam::123456789012:role/NAME");
        }
        if (ektName != null && !EKT_NAME.matcher(ektName).matches()) {
            throw new IllegalArgumentException(
                    "EktName must be 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with . _ -");
        }
    }

    /** Whether this customer may handle secrets. One without a role may only read the signing key. */
    public boolean mayHandleSecrets() {
        return remoteRoleArn != null;
    }

    /** The account of the customer's role, twelve digits. */
    public Optional<String> accountId() {
        if (remoteRoleArn == null) {
            return Optional.empty();
        }
        Matcher arn = ROLE_ARN.matcher(remoteRoleArn);
        return arn.matches() ? Optional.of(arn.group("account")) : Optional.empty();
    }

    /** Name of the customer's EKT in its store, without {@code .ekt}. */
    public String keyName() {
        return ektName == null ? vpcId.value() : ektName;
    }
}
