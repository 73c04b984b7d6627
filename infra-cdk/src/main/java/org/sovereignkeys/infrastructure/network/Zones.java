/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.network;

import java.util.List;
import java.util.stream.IntStream;

import software.amazon.awscdk.Fn;

/** Availability zones of whatever region and account: the CDK would look them up, or take two. */
public final class Zones {
    private Zones() {}

    public static List<String> first(int count) {
        return IntStream.range(0, count).mapToObj(zone -> Fn.select(zone, Fn.getAzs())).toList();
    }
}
