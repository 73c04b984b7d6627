/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.util.List;

import org.sovereignkeys.sandbox.network.Caller;
import org.sovereignkeys.sandbox.network.Callers;

/** Two instances that call from 127.0.1.1 and 127.0.1.2. */
public final class SampleCallers {
    public static final Caller FIRST = caller("first", "127.0.1.1", "i-0c4f345c91e5cd4a2", "10.42.0.41",
            "02:00:00:00:00:01");
    public static final Caller SECOND = caller("second", "127.0.1.2", "i-0aaaaaaaaaaaaaaaa", "10.42.0.42",
            "02:00:00:00:00:02");
    public static final Callers BOTH = new Callers("eu-west-3", List.of(FIRST, SECOND));

    private SampleCallers() {}

    private static Caller caller(String name, String address, String instanceId, String privateIp, String mac) {
        return new Caller(name, address, instanceId, "403000000000", "vpc-0b1e8a8e776a87423",
                "subnet-0123456789abcdef0", privateIp, mac, "eu-west-3a", "ami-0123456789abcdef0", "t3.micro",
                "2030-01-01T00:00:00Z", 0, 0);
    }
}
