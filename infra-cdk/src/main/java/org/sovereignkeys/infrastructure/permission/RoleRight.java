/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.permission;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;

/** A role's right to some actions on one resource. */
public final class RoleRight {
    private RoleRight() {}

    public static void allow(Role role, List<String> actions, String resource, Map<String, Object> conditions) {
        role.addToPolicy(
                PolicyStatement.Builder.create()
                    .actions(actions)
                    .resources(List.of(resource))
                    .conditions(conditions)
                    .build());
    }
}
