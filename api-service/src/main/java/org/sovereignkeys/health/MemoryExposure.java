/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.health;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.HotSpotDiagnosticMXBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Looks at start for ways in which the memory of this process, where the PIN is, could get onto a disk or to another
 * process: dumps, attaching, swap. The start script closes those that the JVM and the shell can close.
 */
@Component
class MemoryExposure {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryExposure.class);

    @EventListener(ApplicationReadyEvent.class)
    void warn() {
        for (String finding : findings()) {
            LOG.warn("the PIN could leave this process: {}", finding);
        }
    }

    static List<String> findings() {
        List<String> findings = new ArrayList<>();
        requireOption(findings, "DisableAttachMechanism", "true", "other processes may attach and dump the heap");
        requireOption(findings, "HeapDumpOnOutOfMemoryError", "false", "the heap is dumped when memory runs out");
        requireOption(findings, "CreateCoredumpOnCrash", "false", "a core file is written on a crash");
        requireOption(findings, "SuppressFatalErrorMessage", "true", "a crash report shows parts of the memory");
        if (!coreFilesAreOff()) {
            findings.add("core files are on (ulimit -c 0 turns them off)");
        }
        if (swapIsOn()) {
            findings.add("the machine swaps (swapoff -a turns it off)");
        }
        return findings;
    }

    private static void requireOption(List<String> findings, String option, String wanted, String otherwise) {
        String value = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption(option)
            .getValue();
        if (!wanted.equals(value)) {
            findings.add(otherwise + " (-XX:" + ("true".equals(wanted) ? "+" : "-") + option + " prevents it)");
        }
    }

    private static boolean coreFilesAreOff() {
        return readLines("/proc/self/limits").stream()
            .filter(line -> line.startsWith("Max core file size"))
            .anyMatch(line -> line.matches("Max core file size\\s+0\\s+.*"));
    }

    private static boolean swapIsOn() {
        return readLines("/proc/swaps").size() > 1;
    }

    private static List<String> readLines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            LOG.debug("{} cannot be read", file, e);
            return List.of();
        }
    }
}
