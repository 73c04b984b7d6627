/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The process; on the module's own classes alone, as the jar is. */
@Timeout(300)
class MemoryS3ApplicationTest {
    private static final String LISTENING = "listening on ";

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void theFirstLineSaysWhereItListensAndOptionsAreKeptTo() throws Exception {
        BufferedReader output = start("--delay-ms", "20").inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();

        assertThat(line).matches(LISTENING + "http://127\\.0\\.0\\.1:[0-9]+");
        assertThat(state(line.substring(LISTENING.length()))).contains("\"put\":20");
    }

    @Test
    void withParentItEndsWithItsStandardInput() throws Exception {
        Process process = start("--with-parent");
        assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).startsWith(LISTENING);
        assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
        process.getOutputStream().close();

        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void withoutAParentItOutlivesItsStandardInput() throws Exception {
        Process process = start();
        process.getOutputStream().close();
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();

        assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(state(line.substring(LISTENING.length()))).contains("NONE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--prot 1", "--port", "--port 65536", "--port x", "--delay-ms -1", "--delay-ms x"})
    void aBadOptionIsRefusedInASentence(String options) throws Exception {
        Process process = start(options.split(" ", -1));

        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(process.errorReader(StandardCharsets.UTF_8).readLine()).matches("[A-Z-].*[.]");
        assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).isNull();
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (MemoryS3 other = MemoryS3.start()) {
            Process process = start("--port", Integer.toString(other.url().getPort()));

            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(process.errorReader(StandardCharsets.UTF_8).readLine()).contains("" + other.url().getPort());
        }
    }

    @Test
    void helpShowsTheOptions() throws Exception {
        Process process = start("--help");

        assertThat(process.inputReader(StandardCharsets.UTF_8).readAllAsString()).contains("--with-parent");
        assertThat(process.waitFor()).isZero();
    }

    private Process start(String... options) throws Exception {
        Path classes = Path.of(MemoryS3.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp", classes.toString(), MemoryS3Application.class.getName()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    private static String state(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url + "/memory-s3/state")).build(),
                    BodyHandlers.ofString())
                .body();
        }
    }
}
