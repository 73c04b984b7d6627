/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.DescribeAutoScalingGroupsRequest;
import software.amazon.awssdk.services.autoscaling.model.DescribeAutoScalingGroupsResponse;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.paginators.DescribeInstancesIterable;

import org.sovereignkeys.node.membership.Instance.Phase;

import static org.assertj.core.api.Assertions.assertThat;

/** What of the answers of AWS counts for membership; the calls themselves are in MembershipIT. */
class AutoScalingNodesTest {
    private static final Instance RUNS = machine("i-a", InstanceStateName.RUNNING).vpcId("vpc-1")
        .privateIpAddress("10.0.0.1")
        .build();

    private final List<Instance> machines = new ArrayList<>();
    private final List<Filter> filters = new ArrayList<>();
    private final AutoScalingNodes nodes = new AutoScalingNodes(new OneGroup(), new Machines(), "nodes");

    @Test
    void whatEc2HasStoppedOrTerminatedIsOff() {
        machines.addAll(List.of(RUNS, machine("i-b", InstanceStateName.TERMINATED).build(),
                machine("i-c", InstanceStateName.STOPPED).build(), machine("i-d", InstanceStateName.STOPPING).build()));
        assertThat(nodes.group().instances()).extracting(org.sovereignkeys.node.membership.Instance::phase)
            .containsExactly(Phase.ACTIVE, Phase.OFF, Phase.OFF, Phase.ACTIVE, Phase.ACTIVE);
    }

    @Test
    void onlyWhatEc2HasTerminatedOrDoesNotKnowIsTerminated() {
        machines.addAll(List.of(RUNS, machine("i-b", InstanceStateName.TERMINATED).build(),
                machine("i-c", InstanceStateName.STOPPED).build(),
                machine("i-d", InstanceStateName.SHUTTING_DOWN).build()));
        assertThat(nodes.terminated(Set.of("i-a", "i-b", "i-c", "i-d", "i-unknown")))
            .containsExactlyInAnyOrder("i-b", "i-unknown");
    }

    @Test
    void anAddressIsVacantThatNoInstanceOfTheNetworkHas() {
        machines.addAll(List.of(RUNS, machine("i-b", InstanceStateName.TERMINATED).build()));
        assertThat(nodes.vacant(Set.of("10.0.0.1", "10.0.0.9"))).as("the network is not known yet").isEmpty();
        nodes.group();
        filters.clear();
        assertThat(nodes.vacant(Set.of("10.0.0.1", "10.0.0.9"))).containsExactly("10.0.0.9");
        assertThat(filters).filteredOn(filter -> filter.name().equals("vpc-id"))
            .singleElement()
            .satisfies(filter -> assertThat(filter.values()).containsExactly("vpc-1"));
    }

    private static Instance.Builder machine(String id, InstanceStateName state) {
        return Instance.builder().instanceId(id).state(name -> name.name(state));
    }

    private static final class OneGroup implements AutoScalingClient {
        @Override
        public DescribeAutoScalingGroupsResponse describeAutoScalingGroups(DescribeAutoScalingGroupsRequest request) {
            var members = List.of("i-a", "i-b", "i-c", "i-d", "i-unknown")
                .stream()
                .map(id -> software.amazon.awssdk.services.autoscaling.model.Instance.builder()
                    .instanceId(id)
                    .lifecycleState("InService")
                    .build())
                .toList();
            return DescribeAutoScalingGroupsResponse.builder()
                .autoScalingGroups(AutoScalingGroup.builder().desiredCapacity(3).instances(members).build())
                .build();
        }

        @Override
        public String serviceName() {
            return "autoscaling";
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private final class Machines implements Ec2Client {
        @Override
        public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
            filters.addAll(request.filters());
            return DescribeInstancesResponse.builder()
                .reservations(Reservation.builder().instances(machines).build())
                .build();
        }

        @Override
        public DescribeInstancesIterable describeInstancesPaginator(DescribeInstancesRequest request) {
            return new DescribeInstancesIterable(this, request);
        }

        @Override
        public String serviceName() {
            return "ec2";
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @Test
    void instancesThatStartOrWorkAreActive() {
        assertThat(List.of("Pending", "Pending:Wait", "Pending:Proceed", "InService"))
            .allMatch(lifecycle -> AutoScalingNodes.phase(lifecycle) == Phase.ACTIVE);
    }

    @Test
    void instancesThatTheGroupEndsAreTerminatingOnceTheLoadBalancerHasLetGoOfThem() {
        assertThat(List.of("Terminating:Wait", "Terminating:Proceed", "Terminated"))
            .allMatch(lifecycle -> AutoScalingNodes.phase(lifecycle) == Phase.TERMINATING);
    }

    @Test
    void allOthersAreAsideAlsoThoseOfTheFuture() {
        assertThat(List.of("Terminating", "Standby", "EnteringStandby", "Detaching", "Detached", "Quarantined",
                "Warmed:Stopped",
                "Something"))
            .allMatch(lifecycle -> AutoScalingNodes.phase(lifecycle) == Phase.ASIDE);
    }
}
