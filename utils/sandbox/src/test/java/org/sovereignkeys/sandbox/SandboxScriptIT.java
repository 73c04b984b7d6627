/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.sandbox.SandboxScript.Result;

import static org.assertj.core.api.Assertions.assertThat;

/** That the script tells the truth, and leaves nothing behind. */
class SandboxScriptIT {
    private static final List<String> PARTS = List.of("emulator", "service", "front-door");

    @TempDir
    private Path folder;

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void assertWell(SandboxScript script) throws IOException, InterruptedException {
        Result status = script.run("status");
        assertThat(status.exitCode()).as(status.output()).isZero();
    }

    /** Whether it still does something: what has ended and was not fetched by its parent counts as ended. */
    static boolean runs(long pid) {
        try {
            String status = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return status.charAt(status.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void statusNamesThePartThatDiedAndDownRemovesTheRest() throws IOException, InterruptedException {
        try (RunningSandbox sandbox = RunningSandbox.up("--imds-v1", "--vendor", "cloudhsm");
                RunningSandbox another = RunningSandbox.up("--brief")) {
            SandboxScript script = sandbox.script();
            List<Long> parts = List.of(script.pid("emulator"), script.pid("service"), script.pid("front-door"));
            assertWell(script);
            assertThat(script.run("show").output()).contains(sandbox.instance("web").id(), sandbox.member("gateway"));
            assertThat(RawHttp.to(sandbox.instance("web").metadata())
                .send("GET /latest/meta-data/instance-id", "")
                .body()).isEqualTo(sandbox.instance("web").id());
            assertThat(script.run("kill", "node-1").output()).contains("has one node only");
            Result again = script.run("up");
            assertThat(again.exitCode()).isEqualTo(1);
            assertThat(again.output()).contains("there is one in " + script.home());
            assertWell(script);

            ProcessHandle.of(parts.getLast()).orElseThrow().destroyForcibly();
            await("the front door's end", () -> !runs(parts.getLast()));
            Result status = script.run("status");
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.output()).containsPattern("gateway .* does not run")
                .containsPattern("metadata service .* does not run")
                .containsPattern("emulator .* well")
                .containsPattern("service .* well");

            assertThat(script.run("down").exitCode()).isZero();
            assertThat(script.home()).doesNotExist();
            assertThat(parts).noneMatch(SandboxScriptIT::runs);
            assertThat(script.run("down").exitCode()).isZero();
            assertThat(script.run("status").exitCode()).isEqualTo(1);
            assertWell(another.script());
        }
    }

    @Test
    void whoeverIsInterruptedLeavesNothingBehind() throws IOException, InterruptedException {
        for (String part : PARTS) {
            SandboxScript script = SandboxScript.withNewHome();
            Path pidFile = script.home().resolve(part + ".pid");
            Process up = script.start(folder.resolve("output"), "up");
            await(part, () -> Files.exists(pidFile) || !up.isAlive());
            long started = script.pid(part);
            up.destroy();

            assertThat(up.waitFor()).isEqualTo(143);
            assertThat(script.home()).doesNotExist();
            await("the end of the " + part, () -> !runs(started));
        }
    }

    @Test
    void downAfterUpWasKilledRemovesWhatThereIs() throws IOException, InterruptedException {
        SandboxScript script = SandboxScript.withNewHome();
        Path pidFile = script.home().resolve("service.pid");
        Process up = script.start(folder.resolve("output"), "up");
        await("the service", () -> Files.exists(pidFile) || !up.isAlive());
        long service = script.pid("service");
        long emulator = script.pid("emulator");
        up.destroyForcibly().waitFor();

        Result status = script.run("status");
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.output()).contains("did not come up");
        assertThat(script.run("down").exitCode()).isZero();
        assertThat(script.home()).doesNotExist();
        assertThat(runs(service)).isFalse();
        assertThat(runs(emulator)).isFalse();
    }

    @Test
    void aProcessThatGotThePidOfAPartIsLeftAlone() throws IOException, InterruptedException {
        Process bystander = new ProcessBuilder("sleep", "600").start();
        try {
            Path home = Files.createDirectory(folder.resolve("home"));
            Files.createFile(home.resolve(".sovereign-keys-sandbox"));
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            Files.writeString(home.resolve("service.pid"), bystander.pid() + " 1 " + boot + '\n');

            assertThat(SandboxScript.withHome(home).run("down").exitCode()).isZero();
            assertThat(home).doesNotExist();
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroy();
        }
    }

    @Test
    void whatIsNoSandboxStaysAsItIs() throws IOException, InterruptedException {
        Path home = Files.createDirectory(folder.resolve("mine"));
        Path file = Files.writeString(home.resolve("file"), "text");

        assertThat(SandboxScript.withHome(home).run("down").exitCode()).isEqualTo(2);
        assertThat(SandboxScript.withHome(home).run("up").exitCode()).isEqualTo(1);
        assertThat(file).hasContent("text");
    }

    @Test
    void wrongUsageIsSaid() throws IOException, InterruptedException {
        SandboxScript script = SandboxScript.withHome(folder.resolve("home"));

        assertThat(script.run("up", "--vendor", "other").exitCode()).isEqualTo(2);
        assertThat(script.run("up", "--ports", "80").exitCode()).isEqualTo(2);
        assertThat(script.run("sideways").exitCode()).isEqualTo(2);
        assertThat(script.run("kill").exitCode()).isEqualTo(2);
        assertThat(script.run("kill", "node-4").output()).contains("kill wants a part: node-1 ");
        assertThat(script.run("delay-s3", "soon").exitCode()).isEqualTo(2);
        assertThat(script.run("status", "node-1").exitCode()).isEqualTo(2);
        assertThat(script.run("kill", "node-1").output()).startsWith("There is no sandbox in ");
        assertThat(script.run("down", "--help").output()).startsWith("Usage: utils/sandbox/sandbox up|cluster");
    }
}
