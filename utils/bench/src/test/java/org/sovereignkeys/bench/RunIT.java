/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.bench.RunScript.Result;

import static org.assertj.core.api.Assertions.assertThat;

/** That it measures and reports all that it is told to. How fast anything was is nobody's matter here. */
class RunIT {
    @TempDir
    private Path folder;

    @Test
    void aRunOfSecondsReportsTheTokenAloneAndEachWayToStore() throws IOException, InterruptedException {
        Path json = folder.resolve("figures.json");

        Result run = RunScript.run("--no-build", "--settings", "network", "--storage", "memory,etcd", "--clients", "3",
                "--vpcs", "2", "--connections", "new", "--s3-delay", "7", "--rounds", "1", "--seconds", "3",
                "--warm-up", "0", "--json", json.toString());

        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.output().lines()).hasSize(1 + 3);
        JsonNode figures = JsonMapper.builder().build().readTree(json);
        assertThat(figures.required("s3DelayMillis").stringValue()).isEqualTo("7");
        assertThat(figures.required("results").findValuesAsString("storage")).containsExactly("token alone", "memory",
                "etcd");
        assertThat(figures.required("results")).allSatisfy(result -> {
            assertThat(result.required("calls").intValue()).isPositive();
            assertThat(result.required("failures")).isEmpty();
        });
    }
}
