/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.aws;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.temporal.ChronoUnit;

import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.Subnet;

import org.sovereignkeys.sandbox.network.Caller;

/** Runs instances. */
final class Instances {
    private static final String IMAGE = "ami-0123456789abcdef0";

    private final Clients aws;

    Instances(Clients aws) {
        this.aws = aws;
    }

    /** Runs one, brings it into its state, and tells how it can call. */
    Caller run(SampleInstance sample, Subnet subnet) {
        String accountId = sample.network().accountId();
        Ec2Client ec2 = aws.ec2(accountId);
        Instance instance = ec2.runInstances(run -> run.imageId(IMAGE)
            .instanceType(InstanceType.T3_MICRO)
            .minCount(1)
            .maxCount(1)
            .subnetId(subnet.subnetId())
            .privateIpAddress(sample.privateIp())).instances().getFirst();
        bringInto(sample.state(), ec2, accountId, instance.instanceId());
        return new Caller(sample.callerName(), sample.loopbackAddress(), instance.instanceId(), accountId,
                subnet.vpcId(), subnet.subnetId(), sample.privateIp(),
                instance.networkInterfaces().getFirst().macAddress(), subnet.availabilityZone(), IMAGE,
                instance.instanceTypeAsString(), instance.launchTime().truncatedTo(ChronoUnit.SECONDS).toString(), 0,
                0);
    }

    private void bringInto(String state, Ec2Client ec2, String accountId, String id) {
        switch (state) {
            case "running" -> {
                // moto's run at once.
            }
            case "stopped" -> ec2.stopInstances(stop -> stop.instanceIds(id));
            case "terminated" -> ec2.terminateInstances(terminate -> terminate.instanceIds(id));
            default -> put(state, "/moto-api/instances/%s/%s/%s".formatted(accountId, Clients.REGION.id(), id));
        }
    }

    private void put(String state, String path) {
        URI uri = aws.endpoint().resolve(path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            int status = http.send(HttpRequest.newBuilder(uri).PUT(BodyPublishers.ofString(state)).build(),
                    BodyHandlers.discarding())
                .statusCode();
            if (status != 204) {
                throw new IllegalStateException("the emulator answered PUT " + uri + " with " + status);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the emulator did not answer PUT " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
