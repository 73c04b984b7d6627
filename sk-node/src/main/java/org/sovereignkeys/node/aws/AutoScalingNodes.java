/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.aws;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

import org.sovereignkeys.node.membership.Group;
import org.sovereignkeys.node.membership.Instance;

/** The nodes' auto scaling group. All methods throw {@link AwsUnavailableException}. */
public final class AutoScalingNodes {
    /** By which the group waits before it terminates an instance; infra-cdk gives it this name. */
    private static final String HOOK = "leave-the-cluster";
    private static final Set<InstanceStateName> OFF = Set.of(InstanceStateName.STOPPED, InstanceStateName.TERMINATED);

    private final AutoScalingClient autoScaling;
    private final Ec2Client ec2;
    private final String name;
    private Set<String> networks = Set.of();

    public AutoScalingNodes(AwsClients clients, String name) {
        this(clients.autoScaling(), clients.ec2(), name);
    }

    AutoScalingNodes(AutoScalingClient autoScaling, Ec2Client ec2, String name) {
        this.autoScaling = autoScaling;
        this.ec2 = ec2;
        this.name = name;
    }

    /** Who is in the group now. */
    public Group group() {
        try {
            AutoScalingGroup group = autoScaling
                .describeAutoScalingGroups(request -> request.autoScalingGroupNames(name))
                .autoScalingGroups()
                .stream()
                .findFirst()
                .orElseThrow(() -> new AwsUnavailableException("There is no group " + name, null));
            Map<String, software.amazon.awssdk.services.ec2.model.Instance> machines = machines(group.instances()
                .stream()
                .map(software.amazon.awssdk.services.autoscaling.model.Instance::instanceId)
                .toList());
            networks = machines.values()
                .stream()
                .map(machine -> machine.vpcId())
                .filter(Objects::nonNull) // as of one that is terminated
                .collect(Collectors.toSet());
            return new Group(group.desiredCapacity(),
                    group.instances()
                        .stream()
                        .map(member -> instance(member.instanceId(), member.lifecycleStateAsString(),
                                machines.get(member.instanceId())))
                        .toList());
        } catch (SdkException e) {
            throw new AwsUnavailableException("AWS does not tell who is in the group " + name + ": " + e.getMessage(),
                    e);
        }
    }

    /** Those of some instances that EC2 has terminated, or does not know any more. */
    public Set<String> terminated(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        try {
            Set<String> terminated = new HashSet<>(ids);
            machines(ids).values()
                .stream()
                .filter(machine -> machine.state().name() != InstanceStateName.TERMINATED)
                .forEach(machine -> terminated.remove(machine.instanceId()));
            return Set.copyOf(terminated);
        } catch (SdkException e) {
            throw new AwsUnavailableException("EC2 does not tell of " + ids + ": " + e.getMessage(), e);
        }
    }

    /** Those of some private addresses that no instance has in the group's network. */
    public Set<String> vacant(Collection<String> addresses) {
        if (addresses.isEmpty() || networks.isEmpty()) {
            return Set.of();
        }
        try {
            Set<String> vacant = new HashSet<>(addresses);
            find(List.of(filter("private-ip-address", addresses), filter("vpc-id", networks))).stream()
                .filter(machine -> machine.state().name() != InstanceStateName.TERMINATED)
                .forEach(machine -> vacant.remove(machine.privateIpAddress()));
            return Set.copyOf(vacant);
        } catch (SdkException e) {
            throw new AwsUnavailableException("EC2 does not tell who has " + addresses + ": " + e.getMessage(), e);
        }
    }

    /** Has the group go on with the termination of an instance that waits for its hook. */
    public void letGo(String instance) {
        try {
            autoScaling
                .completeLifecycleAction(request -> request.autoScalingGroupName(name)
                    .lifecycleHookName(HOOK)
                    .instanceId(instance)
                    .lifecycleActionResult("CONTINUE"));
        } catch (SdkException e) {
            throw new AwsUnavailableException("The group's hook is not completed: " + e.getMessage(), e);
        }
    }

    /** By a filter, which does not mind ids that EC2 does not know. */
    private Map<String, software.amazon.awssdk.services.ec2.model.Instance> machines(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        return find(List.of(filter("instance-id", ids))).stream()
            .collect(Collectors.toMap(machine -> machine.instanceId(), machine -> machine));
    }

    private List<software.amazon.awssdk.services.ec2.model.Instance> find(List<Filter> filters) {
        return ec2
            .describeInstancesPaginator(request -> request.filters(filters))
            .reservations()
            .stream()
            .flatMap(reservation -> reservation.instances().stream())
            .toList();
    }

    private static Filter filter(String name, Collection<String> values) {
        return Filter.builder().name(name).values(values).build();
    }

    private static Instance instance(String id, String lifecycle,
            software.amazon.awssdk.services.ec2.model.@Nullable Instance machine) {
        boolean isOff = machine != null && OFF.contains(machine.state().name());
        return new Instance(id, machine == null ? null : machine.privateIpAddress(),
                isOff ? Instance.Phase.OFF : phase(lifecycle));
    }

    /** "Terminating" alone is not yet the time to leave: the load balancer still drains it, and no hook waits. */
    static Instance.Phase phase(String lifecycle) {
        return switch (lifecycle) {
            case "Pending", "Pending:Wait", "Pending:Proceed", "InService" -> Instance.Phase.ACTIVE;
            case "Terminating:Wait", "Terminating:Proceed", "Terminated" -> Instance.Phase.TERMINATING;
            default -> Instance.Phase.ASIDE;
        };
    }
}
