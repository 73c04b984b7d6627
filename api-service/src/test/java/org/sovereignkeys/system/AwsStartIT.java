/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.net.URI;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.aws.AwsServer;

/** Nothing of AWS delays or stops a start; what is not as it should be is said afterwards. */
class AwsStartIT {
    @TempDir
    Path folder;

    @Test
    void aMissingTableAndBucketAreSaidSoWithWhatToDo() {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        home.keepOnAws(AwsServer.moto(), "no-such-table", "no-such-bucket");

        try (ServiceProcess _ = ServiceProcess.start(home)) {
            awaitLine(home, "WARN", "no-such-table is missing: create it with the key VPCID");
            awaitLine(home, "WARN", "The bucket no-such-bucket is missing: create it, with versioning and Object Lock");
        }
    }

    @Test
    void aNodeStartsWhileAwsIsAway() {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        home.keepOnAws(AwsServer.at(URI.create("http://127.0.0.1:1")), "table", "bucket");

        try (ServiceProcess _ = ServiceProcess.start(home)) {
            awaitLine(home, "WARN", "The table of customers table cannot be read");
            awaitLine(home, "WARN", "Whether the bucket bucket is there could not be found out");
        }
    }

    private static void awaitLine(ServiceHome home, String level, String text) {
        ServiceProcess.await(text,
                () -> home.serviceLog().lines().anyMatch(line -> line.contains(level) && line.contains(text)));
    }
}
