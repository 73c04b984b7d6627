/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.util.Optional;

/** Looks at instances with the eyes of the customer that they belong to. */
public interface InstanceInspector {
    /**
     * Describes an instance.
     *
     * @param instanceId id of its form
     * @return nothing if the role's account has no such instance
     * @throws RoleRefusedException if the customer's account does not let us
     * @throws CannotCheckException if that cannot be found out
     */
    Optional<Instance> inspect(Customer.Role role, String instanceId) throws RoleRefusedException;
}
