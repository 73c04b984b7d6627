/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

/** What comes of a call that could be checked. */
public sealed interface Decision {
    /**
     * The call may go on.
     *
     * @param principal the instance, or the VPC where the call names none
     * @param methodArn the one ARN that is allowed
     * @param sourceAddress the one address that it is allowed from
     */
    record Allow(String principal, MethodArn methodArn, Address sourceAddress) implements Decision {}

    /** The call is refused. */
    record Refuse(Refusal refusal) implements Decision {}
}
