/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.network;

/**
 * An instance as its network knows it.
 *
 * @param name how people call it
 * @param address loopback address that its calls come from
 * @param instanceId its id, as EC2 gave it
 * @param privateIp its address in its VPC
 * @param gatewayPort port at which the gateway takes every call for one of this instance; 0 for any that is free
 * @param metadataPort the same of the metadata service
 */
public record Caller(String name, String address, String instanceId, String accountId, String vpcId, String subnetId,
        String privateIp, String mac, String availabilityZone, String imageId, String instanceType, String launchTime,
        int gatewayPort, int metadataPort) {
    /** The same with these ports, unless it has some of its own. */
    public Caller withPorts(int gateway, int metadata) {
        return new Caller(name, address, instanceId, accountId, vpcId, subnetId, privateIp, mac, availabilityZone,
                imageId, instanceType, launchTime, gatewayPort == 0 ? gateway : gatewayPort,
                metadataPort == 0 ? metadata : metadataPort);
    }
}
