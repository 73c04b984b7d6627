/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.membership.Own;

/** Tells systemd, if it started this process and waits to hear, that etcd serves here. */
final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
    private static final int TIME_TO_TELL_SECONDS = 5;

    private boolean told;

    void ready(Own.Member own) {
        if (!told) {
            told = true;
            LOG.info("serves: member {} of cluster {}", Long.toHexString(own.member()),
                    Long.toHexString(own.cluster()));
            notify("--ready", "--status=Member " + Long.toHexString(own.member()) + " serves");
        }
    }

    void left() {
        notify("--status=Has left the cluster");
    }

    private static void notify(String... what) {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        try {
            String[] command = new String[what.length + 2];
            command[0] = "systemd-notify";
            command[1] = "--pid=" + ProcessHandle.current().pid();
            System.arraycopy(what, 0, command, 2, what.length);
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(TIME_TO_TELL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                LOG.error("systemd-notify failed: systemd does not know that this node serves");
            }
        } catch (IOException e) {
            LOG.error("systemd-notify failed: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
