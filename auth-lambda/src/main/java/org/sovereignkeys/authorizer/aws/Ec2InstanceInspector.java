/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

import org.sovereignkeys.authorizer.Address;
import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.Customer.Role;
import org.sovereignkeys.authorizer.Instance;
import org.sovereignkeys.authorizer.Instance.NetworkInterface;
import org.sovereignkeys.authorizer.InstanceInspector;
import org.sovereignkeys.authorizer.Refusal;
import org.sovereignkeys.authorizer.RoleRefusedException;

/** Describes instances with the session of the customer's role. It never looks with rights of our own. */
final class Ec2InstanceInspector implements InstanceInspector {
    private static final Set<String> NO_SUCH_INSTANCE = Set.of("InvalidInstanceID.NotFound",
            "InvalidInstanceID.Malformed");

    private final Ec2Query ec2;
    private final RoleSessions sessions;

    Ec2InstanceInspector(Ec2Query ec2, RoleSessions sessions) {
        this.ec2 = ec2;
        this.sessions = sessions;
    }

    @Override
    public Optional<Instance> inspect(Role role, String instanceId) throws RoleRefusedException {
        try {
            return ec2.describeInstances(sessions.assume(role), instanceId)
                .descend("reservationSet", "item", "instancesSet", "item")
                .filter(instance -> instance.text("instanceId").filter(instanceId::equals).isPresent())
                .findFirst()
                .map(Ec2InstanceInspector::instance);
        } catch (SdkException e) {
            String code = Failures.code(e);
            if (NO_SUCH_INSTANCE.contains(code)) {
                return Optional.empty();
            }
            if (code.equals("UnauthorizedOperation")) {
                throw new RoleRefusedException(Refusal.ROLE_MAY_NOT_DESCRIBE);
            }
            if (isRefusal(e)) {
                // The next call shall not stumble over the same session.
                sessions.drop(role);
            }
            throw Failures.cannotCheck("EC2", e);
        }
    }

    /** That it is throttled or down says nothing of the session; to ask STS for another one at each call would harm STS too. */
    private static boolean isRefusal(SdkException failure) {
        return failure instanceof AwsServiceException answered && answered.statusCode() < 500
                && !answered.isThrottlingException();
    }

    private static Instance instance(XmlElement described) {
        return new Instance(
                described.text("instanceState", "name")
                    .orElseThrow(() -> new CannotCheckException("EC2 described an instance without its state", null)),
                described.text("vpcId").orElse(null),
                described.descend("networkInterfaceSet", "item").map(Ec2InstanceInspector::networkInterface).toList());
    }

    private static NetworkInterface networkInterface(XmlElement described) {
        Stream<XmlElement> addresses = Stream.concat(
                described.descend("privateIpAddressesSet", "item", "privateIpAddress"),
                described.descend("ipv6AddressesSet", "item", "ipv6Address"));
        return new NetworkInterface(described.text("vpcId").orElse(null),
                addresses.flatMap(address -> address.text().flatMap(Address::parse).stream())
                    .collect(Collectors.toUnmodifiableSet()));
    }
}
