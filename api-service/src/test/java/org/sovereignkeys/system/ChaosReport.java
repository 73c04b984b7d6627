/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.sovereignkeys.chaos.Report;
import org.sovereignkeys.system.FaultScript.Deed;

/** What a run did, and what was found afterwards; written to a file, and as a row of the table in docs/testing/chaos.md. */
final class ChaosReport {
    private final long seed;
    private final int minutes;
    private final String commit;
    private final Report log;
    private final List<String> violations = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final String row;
    private final int rounds;

    ChaosReport(long seed, int minutes, Report log, FaultScript script, List<ChaosNode> nodes, RunningCheck running,
            List<String> wrongAnswers) {
        this.seed = seed;
        this.minutes = minutes;
        this.commit = commit();
        this.log = log;
        this.rounds = running.rounds();
        violations.addAll(log.violations());
        violations.addAll(running.violations());
        violations.addAll(wrongAnswers);
        nodes.forEach(node -> violations.addAll(node.bugs()));
        long takenOver = nodes.stream().mapToLong(ChaosNode::takenOver).sum();
        long foundTaken = nodes.stream().mapToLong(ChaosNode::foundTaken).sum();
        row = row(script, takenOver, foundTaken);
        lines.add("commit: " + commit);
        lines.add("seed: " + seed);
        lines.add("minutes: " + minutes);
        for (Deed deed : Deed.values()) {
            lines.add("%s: %d, %d of them while calls were under way".formatted(
                    deed.name().toLowerCase(Locale.ROOT).replace('_', ' '), done(script, deed),
                    script.midCall().getOrDefault(deed, 0)));
        }
        lines.add("looks while nodes ran: " + rounds);
        lines.add("entries taken over: " + takenOver);
        lines.add("numbers found taken: " + foundTaken);
        lines.addAll(log.lines().subList(0, log.lines().size() - 1));
        lines.add("violations: " + violations.size());
        lines.addAll(violations);
    }

    private String row(FaultScript script, long takenOver, long foundTaken) {
        Report.Counts total = log.total();
        int kills = done(script, Deed.NODE_KILLED) + done(script, Deed.MEMBER_KILLED);
        int pauses = done(script, Deed.NODE_PAUSED) + done(script, Deed.MEMBER_PAUSED);
        int cuts = done(script, Deed.NODE_CUT_FROM_ETCD) + done(script, Deed.NODE_CUT_FROM_S3)
                + done(script, Deed.MEMBER_CUT);
        return "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d / %d / %d / %d | %d | %d | %d | %d | %d |".formatted(
                commit, seed, minutes, kills, pauses, cuts, done(script, Deed.S3_DISTURBED),
                done(script, Deed.ETCD_WIPED), total.calls(), total.answers200(), total.answers400(),
                total.answers503(), total.unanswered(), total.entries(), takenOver, foundTaken, total.fillers(),
                violations.size());
    }

    private static int done(FaultScript script, Deed deed) {
        return script.done().getOrDefault(deed, 0);
    }

    Report log() {
        return log;
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    int rounds() {
        return rounds;
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("chaos-" + seed + "-" + minutes + ".txt"), this + "\n" + row + "\n");
    }

    /** What was run: the commit, with a mark when files differ from it. */
    private static String commit() {
        return git("rev-parse", "--short=10", "HEAD") + (git("status", "--porcelain", "-uno").isEmpty() ? "" : "+");
    }

    private static String git(String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of("git"));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? output : "unknown";
        } catch (IOException _) {
            return "unknown"; // an unpacked archive has no git
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
