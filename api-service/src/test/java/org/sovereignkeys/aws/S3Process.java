/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

import org.sovereignkeys.memorys3.Fault;
import org.sovereignkeys.memorys3.MemoryS3Application;

/** An S3 in memory as a process of its own, which can be told to be slow or to fail. It ends with this JVM. */
public final class S3Process implements AutoCloseable {
    private static final String LISTENS = "listening on ";

    private final Process process;
    private final URI url;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private S3Process(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts one.
     *
     * @param putDelay how long it takes until an object is stored
     */
    public static S3Process start(Duration putDelay) {
        try {
            Path code = Path.of(MemoryS3Application.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp", code.toString(), MemoryS3Application.class.getName(), "--with-parent", "--delay-ms",
                    Long.toString(putDelay.toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
            String line = process.inputReader().readLine();
            if (line == null || !line.startsWith(LISTENS)) {
                throw new IllegalStateException("the S3 did not start: " + line);
            }
            return new S3Process(process, URI.create(line.substring(LISTENS.length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public URI url() {
        return url;
    }

    /** Has a share of the requests that concern a bucket fail in a manner. */
    public void disturb(Fault.Kind fault, double share, String bucket) {
        control("fault?kind=" + fault + "&share=" + share + "&bucket=" + bucket);
    }

    /** Ends all faults. */
    public void mend() {
        control("fault?kind=" + Fault.Kind.NONE);
    }

    public void delayPuts(Duration delay) {
        control("delay?put=" + delay.toMillis());
    }

    private void control(String what) {
        HttpRequest request = HttpRequest.newBuilder(url.resolve("/memory-s3/" + what))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(what + ": " + answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroy();
        http.close();
    }
}
