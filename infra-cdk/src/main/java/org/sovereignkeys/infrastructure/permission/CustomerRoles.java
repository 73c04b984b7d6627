/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.permission;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.services.iam.Role;

/** The roles by which customers let us in. They are not known here, and older ones want no external id; each trusts us by itself. */
public final class CustomerRoles {
    /**
     * Of customers in the service's own account. Of all other roles there, those that trust the account as a whole, as those of
     * the CDK's bootstrap do, could be assumed by whoever may.
     */
    public static final String PATH_IN_OWN_ACCOUNT = "/sovereign-keys-customer/";

    private CustomerRoles() {}

    /** Under our session name alone. */
    public static void allowAssuming(Role role) {
        Map<String, Object> ourSession = Map.of("sts:RoleSessionName", "SovereignKeyApi");
        // What is not told counts as different: so it must be told.
        allow(role, "*:role/*",
                Map.of("StringEquals", ourSession, "StringNotEquals", Map.of("aws:ResourceAccount", Aws.ACCOUNT_ID),
                        "Null", Map.of("aws:ResourceAccount", "false")));
        allow(role, Aws.ACCOUNT_ID + ":role" + PATH_IN_OWN_ACCOUNT + '*', Map.of("StringEquals", ourSession));
    }

    private static void allow(Role role, String roles, Map<String, Object> conditions) {
        RoleRight.allow(role, List.of("sts:AssumeRole"), "arn:" + Aws.PARTITION + ":iam::" + roles, conditions);
    }
}
