/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.audit.file.FileAuditStores;
import org.sovereignkeys.audit.numbering.memory.MemoryNumberings;
import org.sovereignkeys.customer.VpcId;

import static org.assertj.core.api.Assertions.assertThat;

/** Kills a process that appends under load, again and again on the same log. */
class AuditCrashIT {
    private static final int KILLS = 20;
    private static final Pattern ANSWER = Pattern.compile("(?<place>\\S+) (?<volume>\\S+) \\.");

    @TempDir
    Path folder;

    @Test
    @Timeout(1200)
    void killedTwentyTimesTheLogHasNoGapAndNoRepeatAndAnEntryForEachAnswer(TestReporter reporter) throws Exception {
        Map<String, String> answers = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            runAndKill(answers);
        }
        recoverFully();

        int fillers = 0;
        for (VpcId vpcId : AppendUnderLoad.VPC_IDS) {
            List<Path> files = files(vpcId);
            assertThat(files).extracting(file -> file.getFileName().toString())
                .isEqualTo(LongStream.rangeClosed(1, files.size()).mapToObj("%09d.json"::formatted).toList());
            for (Path file : files) {
                AuditEntry entry = AuditEntry.ofJson(Files.readAllBytes(file));
                fillers += entry.record().isFiller() ? 1 : 0;
                String volume = answers.remove(vpcId + "/" + entry.number());
                if (volume != null) {
                    assertThat(entry.record().call().parameters()).containsEntry("volume_uuid", volume);
                }
            }
        }
        assertThat(answers).as("answers without entry").isEmpty();
        assertThat(folder.resolve(".drafts")).isEmptyDirectory();
        reporter.publishEntry("fillers after " + KILLS + " kills", Integer.toString(fillers));
    }

    private void runAndKill(Map<String, String> answers) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), AppendUnderLoad.class.getName(), folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
        try (BufferedReader lines = process.inputReader()) {
            int answersBeforeKill = ThreadLocalRandom.current().nextInt(20, 200);
            for (int seen = 0; seen < answersBeforeKill; seen++) {
                note(lines.readLine(), answers);
            }
            process.toHandle().destroyForcibly(); // the process's own method would close the pipe before it is read out
            lines.lines().forEach(line -> note(line, answers));
        }
        process.waitFor();
    }

    /** Notes {@code vpc/number volume}; a line cut off by the kill was not an answer. */
    private static void note(String line, Map<String, String> answers) {
        Matcher answer = ANSWER.matcher(line);
        if (answer.matches()) {
            assertThat(answers.put(answer.group("place"), answer.group("volume"))).as("a number given twice: " + line)
                .isNull();
        }
    }

    private void recoverFully() throws Exception {
        AuditStore store = FileAuditStores.open(folder);
        Numbering numbering = MemoryNumberings.of(store);
        try (NumberedAuditLog log = new NumberedAuditLog(numbering, store, CustomerCopies.NONE, new SoftwareVault(),
                new SimpleMeterRegistry(), Duration.ofSeconds(8), Duration.ofMillis(20))) {
            log.start();
            for (VpcId vpcId : AppendUnderLoad.VPC_IDS) {
                numbering.open(vpcId);
            }
        }
        FileAuditStores.close(store);
    }

    private List<Path> files(VpcId vpcId) throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve(vpcId.value()))) {
            return files.sorted().toList();
        }
    }
}
