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
    private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern EXTERNAL_ID = Pattern.compile("[\\w+=,.@:/-]{2,1224}");
    private static final Pattern EKT_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    /** Takes a customer; throws {@link IllegalArgumentException} that names the member which is not of its form. */
    public Customer {
        require(ROLE_ARN, remoteRoleArn, "RemoteRoleARN is not of the form arn:aws:iam::123456789012:role/NAME");
        require(EKT_NAME, ektName, "EktName must be 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with . _ -");
        require(BUCKET_NAME, auditBucketName,
                "AuditBucketName must be 3 to 63 of a-z 0-9 . -, with a letter or digit at both ends");
        require(EXTERNAL_ID, externalId, "ExternalId must be 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -");
    }

    private static void require(Pattern form, @Nullable String text, String reason) {
        if (text != null && !form.matcher(text).matches()) {
            throw new IllegalArgumentException(reason);
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
