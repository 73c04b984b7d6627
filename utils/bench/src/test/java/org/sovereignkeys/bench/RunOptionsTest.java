/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.bench.RunScript.Result;

import static org.assertj.core.api.Assertions.assertThat;

class RunOptionsTest {
    @Test
    void helpNamesTheOptions() throws IOException, InterruptedException {
        Result help = RunScript.run("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.output()).contains("--quick", "--settings", "--storage", "--clients", "--vpcs", "--connections",
                "--s3-delay", "--sessions", "--rounds", "--seconds", "--warm-up", "--json", "--disk", "--no-build");
        assertThat(help.errors()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--clients", "--clients 0", "--clients 1,", "--clients 1;2", "--vpcs x", "--storage s4",
        "--storage s3,,file", "--settings slow", "--connections", "--connections old", "--s3-delay -1",
        "--sessions 0", "--rounds 0", "--seconds 0.5", "--warm-up x", "--disk /nowhere", "--unknown 1", "again"})
    void whatItDoesNotTakeIsWrongUsage(String options) throws IOException, InterruptedException {
        Result refused = RunScript.run(options.split(" ", -1));

        assertThat(refused.exitCode()).as(refused.errors()).isEqualTo(2);
        assertThat(refused.errors()).hasLineCount(1).contains("--help");
        assertThat(refused.output()).isEmpty();
    }
}
