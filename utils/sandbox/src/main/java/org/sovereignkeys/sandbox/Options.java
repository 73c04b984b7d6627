/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

import org.sovereignkeys.sandbox.network.Caller;
import org.sovereignkeys.sandbox.network.Callers;

/**
 * How the front door is set up.
 *
 * @param firstPort the first of as many ports as there are doors; 0 for any that are free
 * @param metadataWithoutTokenToo whether the metadata service answers as its version 1, too
 */
record Options(int firstPort, boolean metadataWithoutTokenToo) {
    /** The shared doors of gateway and metadata service. */
    private static final int SHARED = 2;

    static Options of(List<String> arguments) {
        int firstPort = 0;
        boolean withoutToken = false;
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext();) {
            String argument = rest.next();
            switch (argument) {
                case "--imds-v1" -> withoutToken = true;
                case "--ports" -> firstPort = Integer.parseInt(rest.next());
                default -> throw new IllegalArgumentException("unknown option " + argument);
            }
        }
        return new Options(firstPort, withoutToken);
    }

    /** The port of a number of its own. */
    int port(int number) {
        return firstPort == 0 ? 0 : firstPort + number;
    }

    /** The callers with the ports that they get: gateway and metadata service of each side by side. */
    Callers withPorts(Callers callers) {
        List<Caller> all = callers.callers();
        return new Callers(callers.region(), IntStream.range(0, all.size())
            .mapToObj(i -> all.get(i).withPorts(port(SHARED + 2 * i), port(SHARED + 2 * i + 1)))
            .toList());
    }
}
