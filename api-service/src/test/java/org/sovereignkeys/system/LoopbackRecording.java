/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** All that goes over the loopback, by utils/record-loopback, which says what it needs. */
final class LoopbackRecording {
    private final Process process;

    private LoopbackRecording(Process process) {
        this.process = process;
    }

    /**
     * Records from now on what goes over other ports than these.
     *
     * @param folder where the traffic lies once the recording has ended: a file for each direction of each connection
     */
    static LoopbackRecording start(Path folder, IntStream exceptedPorts) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of("../utils/record-loopback").toString(),
                Files.createDirectories(folder).toString()));
        exceptedPorts.mapToObj(Integer::toString).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        if (!"recording".equals(output.readLine())) {
            throw new AssertionError("the loopback cannot be recorded; the reason stands above");
        }
        return new LoopbackRecording(process);
    }

    /** Ends it; fails if it missed something. */
    void end() throws IOException, InterruptedException {
        process.outputWriter().close();
        if (process.waitFor() != 0) {
            throw new AssertionError("the recording has gaps; the reason stands above");
        }
    }
}
