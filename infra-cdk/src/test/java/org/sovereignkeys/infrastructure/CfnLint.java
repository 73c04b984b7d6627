/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** AWS's linter of templates, as tools/install brings it. */
public final class CfnLint {
    static final List<String> REGIONS = List.of("eu-central-1", "eu-west-1", "eu-west-3");

    private CfnLint() {}

    /** What it has to say of the templates; empty if nothing. */
    public static String findings(List<Path> templates) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tools/.venv/bin/cfn-lint", "--format", "parseable"));
        // The CDK's own: a dependency that is said twice.
        command.addAll(List.of("--ignore-checks", "W3005", "--template"));
        templates.forEach(template -> command.add(template.toString()));
        command.add("--regions");
        command.addAll(REGIONS);
        Path output = Files.createTempFile(Path.of("target"), "cfn-lint", ".txt");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("cfn-lint takes too long");
        }
        String findings = Files.readString(output);
        return findings.isEmpty() && process.exitValue() != 0 ? "exit code " + process.exitValue() : findings;
    }
}
