/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/** Starts servers as processes that end with this JVM, whatever becomes of it: their standard input ends then. */
final class ServerProcess {
    private static final Pattern S3PROXY_LISTENS = Pattern.compile("Started .*ServerConnector.*\\{(127.0.0.1:\\d+)}");

    private ServerProcess() {}

    /** Starts the project's emulator; returns where it listens. */
    static URI moto(String... options) {
        List<String> command = new ArrayList<>(List.of(motoProgram().toString(), "--with-parent"));
        command.addAll(List.of(options));
        try {
            Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String line = output.readLine();
            if (line == null || !line.startsWith("listening on ")) {
                throw new IllegalStateException("the AWS emulator did not start: " + line);
            }
            return URI.create(line.substring("listening on ".length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path motoProgram() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path program = folder.resolve("utils/aws-emulator/start");
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        throw new IllegalStateException("utils/aws-emulator/start was not found above " + Path.of("").toAbsolutePath());
    }

    /** Starts S3Proxy on memory, for one user; returns where it listens. */
    static URI s3Proxy(String accessKeyId, String secretAccessKey) {
        Path jar = Path.of(System.getProperty("sk.s3proxy.jar", "target/s3proxy.jar")).toAbsolutePath();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("S3Proxy is not at " + jar + "; the build copies it there");
        }
        try {
            Path settings = temporary(".properties");
            Path log = temporary(".log");
            Files.writeString(settings, """
                    s3proxy.endpoint=http://127.0.0.1:0
                    s3proxy.authorization=aws-v4
                    s3proxy.identity=%s
                    s3proxy.credential=%s
                    jclouds.provider=transient-nio2
                    """.formatted(accessKeyId, secretAccessKey));
            Path java = Path.of(System.getProperty("java.home"), "bin", "java");
            new ProcessBuilder("sh", "-c", "\"$1\" -Xmx256m -jar \"$2\" --properties \"$3\" & cat; kill $!",
                    "sh", java.toString(), jar.toString(), settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
            return Awaitility.await("S3Proxy listens")
                .atMost(Duration.ofSeconds(60))
                .until(() -> S3PROXY_LISTENS.matcher(Files.readString(log)).results().findFirst(), Optional::isPresent)
                .map(listens -> URI.create("http://" + listens.group(1)))
                .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporary(String suffix) throws IOException {
        Path file = Files.createTempFile("s3proxy", suffix);
        file.toFile().deleteOnExit();
        return file;
    }
}
