/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** A VPC, what the customers' table says of it, and what role there is in truth. */
enum Network {
    /** A customer as it should be. */
    CUSTOMER("403000000000", Registration.FULL, "first-external-id", Network.CUSTOMERS_BUCKET),
    /** Another VPC in the same account, with the same addresses; registered before there were external ids. */
    NEIGHBOUR("403000000000", Registration.WITHOUT_EXTERNAL_ID, null, Network.NEIGHBOURS_BUCKET),
    /** The service's own, without role: it may read only. */
    OWN(Network.OWN_ACCOUNT, Registration.WITHOUT_ROLE, null, null),
    /** No customer at all. */
    STRANGER("404000000000", Registration.NONE, null, null),
    /** A customer whose role is gone. */
    ROLE_GONE("405000000000", Registration.FULL, null, null),
    /** A customer whose role wants another external id than the table has. */
    OTHER_EXTERNAL_ID("406000000000", Registration.FULL, "another-external-id", null);

    /** The account of the service, as moto has it. */
    static final String OWN_ACCOUNT = "123456789012";
    static final String CUSTOMERS_BUCKET = "customer-audit-copy";
    static final String NEIGHBOURS_BUCKET = "neighbour-audit-copy";
    private static final String TABLES_EXTERNAL_ID = "first-external-id";

    private final String accountId;
    private final Registration registration;
    private final @Nullable String externalId;
    private final @Nullable String bucket;

    Network(String accountId, Registration registration, @Nullable String externalId,
            @Nullable String bucket) {
        this.accountId = accountId;
        this.registration = registration;
        this.externalId = externalId;
        this.bucket = bucket;
    }

    String accountId() {
        return accountId;
    }

    /** The role as it is; nothing if there is none. */
    Optional<Role> role() {
        return externalId == null && bucket == null ? Optional.empty() : Optional.of(new Role(externalId, bucket));
    }

    String roleArn() {
        return "arn:aws:iam::" + accountId + ":role/SovereignKeysRole"
                + (registration == Registration.WITHOUT_EXTERNAL_ID ? "OfOld" : "");
    }

    /** What the customers' table says; nothing if it does not know the VPC. */
    Optional<Map<String, String>> item(String vpcId) {
        if (registration == Registration.NONE) {
            return Optional.empty();
        }
        Map<String, String> item = new LinkedHashMap<>(Map.of("VPCID", vpcId));
        if (registration == Registration.FULL) {
            item.put("ExternalId", TABLES_EXTERNAL_ID);
        }
        if (registration != Registration.WITHOUT_ROLE) {
            item.put("RemoteRoleARN", roleArn());
            item.put("EktName", "ekt-" + vpcId);
            role().map(Role::bucket).ifPresent(bucket -> item.put("AuditBucketName", bucket));
        }
        return Optional.of(item);
    }

    private enum Registration {
        FULL, WITHOUT_EXTERNAL_ID, WITHOUT_ROLE, NONE
    }

    /**
     * A role in a customer's account.
     *
     * @param externalId what it wants to hear; null for nothing
     * @param bucket the one bucket that it lets us put into; null for none
     */
    record Role(@Nullable String externalId, @Nullable String bucket) {}
}
