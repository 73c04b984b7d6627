/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.InstanceIpv6Address;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstancePrivateIpAddress;

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

    private final Ec2Client ec2;
    private final RoleSessions sessions;

    Ec2InstanceInspector(Ec2Client ec2, RoleSessions sessions) {
        this.ec2 = ec2;
        this.sessions = sessions;
    }

    @Override
    public Optional<Instance> inspect(Role role, String instanceId) throws RoleRefusedException {
        AwsSessionCredentials session = sessions.assume(role);
        try {
            return describe(session, instanceId);
        } catch (SdkException e) {
            String code = Failures.code(e);
            if (NO_SUCH_INSTANCE.contains(code)) {
                return Optional.empty();
            }
            if (code.equals("UnauthorizedOperation")) {
                throw new RoleRefusedException(Refusal.ROLE_MAY_NOT_DESCRIBE);
            }
            // Whatever it was, the next call shall not stumble over the same session.
            sessions.drop(role);
            throw Failures.cannotCheck("EC2", e);
        }
    }

    private Optional<Instance> describe(AwsSessionCredentials session, String instanceId) {
        return ec2.describeInstances(describe -> describe.instanceIds(instanceId)
            .overrideConfiguration(call -> call.credentialsProvider(StaticCredentialsProvider.create(session))))
            .reservations()
            .stream()
            .flatMap(reservation -> reservation.instances().stream())
            .filter(instance -> instanceId.equals(instance.instanceId()))
            .findFirst()
            .map(Ec2InstanceInspector::read);
    }

    private static Instance read(software.amazon.awssdk.services.ec2.model.Instance described) {
        if (described.state() == null) {
            throw new CannotCheckException("EC2 described an instance without its state", null);
        }
        return new Instance(described.state().nameAsString(), described.vpcId(),
                described.networkInterfaces().stream().map(Ec2InstanceInspector::read).toList());
    }

    private static NetworkInterface read(InstanceNetworkInterface described) {
        Stream<String> texts = Stream.concat(
                described.privateIpAddresses().stream().map(InstancePrivateIpAddress::privateIpAddress),
                described.ipv6Addresses().stream().map(InstanceIpv6Address::ipv6Address));
        return new NetworkInterface(described.vpcId(),
                texts.flatMap(text -> Address.parse(text).stream()).collect(Collectors.toUnmodifiableSet()));
    }
}
