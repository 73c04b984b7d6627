/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.aws;

/** An instance, and the state that it is in. */
enum SampleInstance {
    WEB("web", "127.0.1.1", Network.CUSTOMER, "10.42.0.41", "running"), DATABASE("database", "127.0.1.2",
            Network.CUSTOMER, "10.42.0.42",
            "running"), STARTING("starting", "127.0.1.3", Network.CUSTOMER, "10.42.0.43", "pending"), STOPPED("stopped",
                    "127.0.1.4", Network.CUSTOMER, "10.42.0.44", "stopped"), TERMINATED("terminated", "127.0.1.5",
                            Network.CUSTOMER, "10.42.0.45", "terminated"), NEIGHBOUR("neighbour", "127.0.1.6",
                                    Network.NEIGHBOUR, "10.42.0.41",
                                    "running"), OWN("own", "127.0.1.7", Network.OWN, "10.42.0.41", "running"), STRANGER(
                                            "stranger", "127.0.1.8", Network.STRANGER, "10.42.0.41",
                                            "running"), ROLE_GONE("role-gone", "127.0.1.9", Network.ROLE_GONE,
                                                    "10.42.0.41", "running"), OTHER_EXTERNAL_ID("other-external-id",
                                                            "127.0.1.10", Network.OTHER_EXTERNAL_ID, "10.42.0.41",
                                                            "running");

    private final String callerName;
    private final String loopbackAddress;
    private final Network network;
    private final String privateIp;
    private final String state;

    SampleInstance(String callerName, String loopbackAddress, Network network, String privateIp, String state) {
        this.callerName = callerName;
        this.loopbackAddress = loopbackAddress;
        this.network = network;
        this.privateIp = privateIp;
        this.state = state;
    }

    String callerName() {
        return callerName;
    }

    Network network() {
        return network;
    }

    String privateIp() {
        return privateIp;
    }

    String state() {
        return state;
    }

    /** The loopback address that its calls come from. */
    String loopbackAddress() {
        return loopbackAddress;
    }
}
