/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The project's AWS emulator as a process. It ends with this JVM, whatever becomes of it. */
final class MotoServer implements AutoCloseable {
    private final Process process;
    private final URI url;

    private MotoServer(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    static MotoServer start() throws IOException {
        Process process = new ProcessBuilder(program().toString(), "--with-parent")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        if (line == null || !line.startsWith("listening on ")) {
            process.destroy();
            throw new IOException("the AWS emulator did not start: " + line);
        }
        return new MotoServer(process, URI.create(line.substring("listening on ".length())));
    }

    private static Path program() throws IOException {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path program = folder.resolve("utils/aws-emulator/start");
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        throw new IOException("utils/aws-emulator/start was not found above " + Path.of("").toAbsolutePath());
    }

    URI url() {
        return url;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
