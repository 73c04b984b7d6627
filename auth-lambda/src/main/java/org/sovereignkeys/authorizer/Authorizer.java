/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.authorizer.Decision.Allow;
import org.sovereignkeys.authorizer.Decision.Refuse;

/**
 * Decides whether a call goes on: whether its VPC is a customer, and where its path names an instance, whether instance, VPC
 * and source address belong together. Forms come first, so that nothing a caller made up reaches AWS.
 */
public final class Authorizer {
    private final CustomerTable customers;
    private final InstanceInspector inspector;

    /** Takes what it asks. */
    public Authorizer(CustomerTable customers, InstanceInspector inspector) {
        this.customers = customers;
        this.inspector = inspector;
    }

    /**
     * Decides.
     *
     * @throws CannotCheckException if what it depends on cannot be found out
     */
    public Decision decide(AuthorizerEvent event) {
        if (event.methodArn() == null) {
            throw new CannotCheckException("the event is none of a REQUEST authorizer: it has no methodArn", null);
        }
        Optional<MethodArn> asked = MethodArn.parse(event.methodArn());
        if (asked.isEmpty()) {
            return new Refuse(Refusal.NO_SUCH_CALL);
        }
        if (!agrees(event, asked.get())) {
            return new Refuse(Refusal.PATH_IS_AMBIGUOUS);
        }
        if (event.vpcId() == null || !Form.VPC_ID.fits(event.vpcId())) {
            return new Refuse(Refusal.NO_VPC);
        }
        Optional<Address> source = Optional.ofNullable(event.sourceIp()).flatMap(Address::parse);
        if (source.isEmpty()) {
            return new Refuse(Refusal.NO_ADDRESS);
        }
        return decide(asked.get(), event.vpcId(), source.get());
    }

    /** Whether all that the event says of the path says the same. What the gateway leaves out says nothing. */
    private static boolean agrees(AuthorizerEvent event, MethodArn asked) {
        return (event.httpMethod() == null || event.httpMethod().equals(asked.method()))
                && (event.path() == null || asked.isReachedBy(event.path()))
                && (event.instanceId() == null || event.instanceId().equals(asked.instanceId()));
    }

    private Decision decide(MethodArn asked, String vpcId, Address source) {
        Optional<Customer> customer = customers.find(vpcId);
        if (customer.isEmpty()) {
            return new Refuse(Refusal.VPC_NOT_REGISTERED);
        }
        Customer.Role role = customer.get().role();
        String instanceId = asked.instanceId();
        if (role == null && (instanceId != null || !asked.method().equals("GET"))) {
            return new Refuse(Refusal.VPC_MAY_ONLY_READ);
        }
        if (role == null || instanceId == null) {
            return new Allow(vpcId, asked, source);
        }
        Refusal refusal = refusalOf(role, instanceId, vpcId, source);
        return refusal == null ? new Allow(instanceId, asked, source) : new Refuse(refusal);
    }

    private @Nullable Refusal refusalOf(Customer.Role role, String instanceId, String vpcId, Address source) {
        try {
            Instance instance = inspector.inspect(role, instanceId).orElse(null);
            if (instance == null) {
                return Refusal.INSTANCE_UNKNOWN;
            }
            if (!instance.isAlive()) {
                return Refusal.INSTANCE_NOT_RUNNING;
            }
            if (!instance.isIn(vpcId)) {
                return Refusal.INSTANCE_IN_OTHER_VPC;
            }
            return instance.owns(source, vpcId) ? null : Refusal.ADDRESS_OF_ANOTHER;
        } catch (RoleRefusedException e) {
            return e.refusal();
        }
    }
}
