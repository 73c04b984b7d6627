/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.permission;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;

/** A role's right to some actions on some resources. */
public final class RoleRight {
    private RoleRight() {}

    public static void allow(Role role, List<String> actions, String resource, Map<String, Object> conditions) {
        allow(role, actions, List.of(resource), conditions);
    }

    public static void allow(Role role, List<String> actions, List<String> resources,
            Map<String, Object> conditions) {
        role.addToPolicy(
                PolicyStatement.Builder.create()
                    .actions(actions)
                    .resources(resources)
                    .conditions(conditions)
                    .build());
    }
}
