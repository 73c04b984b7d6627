/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;

/** What is measured. */
interface Target {
    /** Its name in reports. */
    String name();

    /**
     * A client with an instance and a volume of its own, whose secret was made before.
     *
     * @param number of the client; the same number and VPC mean the same volume
     * @param vpc number of its VPC, from 1 on
     */
    Client client(int number, int vpc, Connections connections) throws IOException;
}
