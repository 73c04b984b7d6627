/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

/** Why a call is refused. */
public enum Refusal {
    NO_SUCH_CALL("method and path are none of this API's calls"), PATH_IS_AMBIGUOUS(
            "the parts of the event name different calls"), NO_VPC(
                    "the call did not come through an endpoint of a VPC"), NO_ADDRESS(
                            "the call has no source address"), VPC_NOT_REGISTERED(
                                    "the VPC is not registered"), VPC_MAY_ONLY_READ(
                                            "the VPC is registered without a role, and may only read"), ROLE_NOT_ASSUMABLE(
                                                    "the customer's role does not let itself be assumed"), ROLE_MAY_NOT_DESCRIBE(
                                                            "the customer's role may not describe instances"), INSTANCE_UNKNOWN(
                                                                    "the customer's account has no such instance"), INSTANCE_NOT_RUNNING(
                                                                            "the instance is neither pending nor running"), INSTANCE_IN_OTHER_VPC(
                                                                                    "the instance is in another VPC"), ADDRESS_OF_ANOTHER(
                                                                                            "the instance does not own the source address in this VPC");

    private final String text;

    Refusal(String text) {
        this.text = text;
    }

    /** The reason as a sentence. */
    public String text() {
        return text;
    }
}
