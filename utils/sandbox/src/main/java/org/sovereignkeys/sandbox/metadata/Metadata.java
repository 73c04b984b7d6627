/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.metadata;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.sandbox.network.Caller;

/** What can be asked, by its path, and what one instance is told. */
final class Metadata {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String region;

    Metadata(String region) {
        this.region = region;
    }

    /** Path, literally, to answer. */
    Map<String, String> of(Caller caller) {
        String card = "/latest/meta-data/network/interfaces/macs/";
        String first = card + caller.mac() + '/';
        return Map.ofEntries(Map.entry("/latest/meta-data/instance-id", caller.instanceId()),
                Map.entry("/latest/meta-data/local-ipv4", caller.privateIp()),
                Map.entry("/latest/meta-data/mac", caller.mac()),
                Map.entry("/latest/meta-data/placement/region", region),
                Map.entry("/latest/meta-data/placement/availability-zone", caller.availabilityZone()),
                Map.entry(card, caller.mac() + '/'),
                Map.entry(first + "mac", caller.mac()),
                Map.entry(first + "vpc-id", caller.vpcId()),
                Map.entry(first + "subnet-id", caller.subnetId()),
                Map.entry(first + "local-ipv4s", caller.privateIp()),
                Map.entry("/latest/dynamic/instance-identity/document", document(caller)));
    }

    private String document(Caller caller) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("accountId", caller.accountId());
        document.put("architecture", "x86_64");
        document.put("availabilityZone", caller.availabilityZone());
        document.put("billingProducts", null);
        document.put("devpayProductCodes", null);
        document.put("marketplaceProductCodes", null);
        document.put("imageId", caller.imageId());
        document.put("instanceId", caller.instanceId());
        document.put("instanceType", caller.instanceType());
        document.put("kernelId", null);
        document.put("pendingTime", caller.launchTime());
        document.put("privateIp", caller.privateIp());
        document.put("ramdiskId", null);
        document.put("region", region);
        document.put("version", "2017-09-30");
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    }
}
