/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

import org.sovereignkeys.configuration.EtcdSettings;

/**
 * A real etcd on loopback, alone or a member of an {@link EtcdCluster}, with its data in a temporary folder. It keeps its
 * ports over restarts, and ends with this JVM, whatever becomes of it.
 */
public final class EtcdServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;
    private static final Set<Integer> GIVEN_OUT = ConcurrentHashMap.newKeySet();
    /** The process ends when its standard input does; its first line of output is etcd's process id. */
    private static final String WITH_PARENT = "\"$@\" >>\"$0\" 2>&1 </dev/null & echo $!; cat >/dev/null; "
            + "kill -9 $! 2>/dev/null; wait $!";

    private final Path folder;
    private final @Nullable EtcdSettings tls;
    private final URI clients;
    /** Where it tells of its health without TLS. */
    private final URI metrics = loopback(freePort());
    private final List<String> membership;
    private @Nullable Process shell;
    private long pid;

    /**
     * One that is not started.
     *
     * @param host its address, in brackets if it is one of IPv6
     * @param membership options that say how it is called and how it meets its peers
     */
    EtcdServer(Path folder, String host, @Nullable EtcdSettings tls, List<String> membership) {
        this.folder = folder;
        this.tls = tls;
        this.membership = List.copyOf(membership);
        this.clients = URI.create((tls == null ? "http" : "https") + "://" + host + ":" + freePort());
    }

    /** Starts one with empty data and plain HTTP, and waits until it serves. */
    public static EtcdServer start() {
        return start(null);
    }

    /** The same, where both sides have to show a certificate, if one is given. */
    public static EtcdServer start(@Nullable EtcdSettings tls) {
        return start("127.0.0.1", tls);
    }

    /** The same at another address of the loopback, which stands in brackets if it is one of IPv6. */
    static EtcdServer start(String host, @Nullable EtcdSettings tls) {
        try {
            EtcdServer server = new EtcdServer(Files.createTempDirectory("etcd"), host, tls,
                    alone(loopback(freePort())));
            server.restart();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return clients;
    }

    /** Ends it as kill -9 does; does nothing when it does not run. */
    public void kill() {
        Process running = shell;
        if (running == null) {
            return;
        }
        shell = null;
        try {
            running.outputWriter().close();
            if (!running.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("etcd " + pid + " does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills it if it runs, and starts it with the data that it has. */
    public void restart() {
        launch();
        awaitService();
    }

    /** Kills it if it runs, and starts it as a new cluster without data. */
    public void restartEmpty() {
        forget();
        restart();
    }

    /** Kills it if it runs, and deletes its data. */
    void forget() {
        kill();
        delete(data());
    }

    /** Stops it in its tracks (SIGSTOP): connections stay, nothing answers. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    @Override
    public void close() {
        kill();
        delete(folder);
    }

    private static List<String> alone(URI peers) {
        return List.of("--name=member", "--listen-peer-urls=" + peers, "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=member=" + peers, "--heartbeat-interval=20", "--election-timeout=200");
    }

    /** Kills it if it runs, and starts it, without waiting for it to serve. */
    void launch() {
        kill();
        try {
            Process started = new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            shell = started;
            BufferedReader output = started.inputReader(StandardCharsets.UTF_8);
            pid = Long.parseLong(output.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it serves, which a member of a cluster does when it knows a leader. */
    void awaitService() {
        Awaitility.await("etcd serves").atMost(START_LIMIT).pollInterval(Duration.ofMillis(50)).until(this::serves);
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of("sh", "-c", WITH_PARENT, log().toString()));
        command.addAll(List.of("etcd", "--data-dir=" + data(), "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients, "--listen-metrics-urls=" + metrics, "--logger=zap",
                "--log-level=debug"));
        command.addAll(membership);
        if (tls != null) {
            command.addAll(List.of("--cert-file=" + tls.certificate(), "--key-file=" + tls.key(), "--client-cert-auth",
                    "--trusted-ca-file=" + tls.ca()));
        }
        return command;
    }

    private boolean serves() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest health = HttpRequest.newBuilder(metrics.resolve("/health"))
                .timeout(Duration.ofSeconds(2))
                .build();
            return http.send(health, HttpResponse.BodyHandlers.ofString()).body().contains("\"true\"");
        } catch (IOException e) {
            if (shell == null || !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
                throw new IllegalStateException("etcd ended: " + read(log()), e);
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " " + pid + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A connection of somebody who is let in. */
    public EtcdConnection connect() {
        return new EtcdConnection(List.of(clients), tls == null ? _ -> {} : new MutualTls(tls));
    }

    /** The folder with all that it writes. */
    public Path folder() {
        return folder;
    }

    /** What is to lie in RAM. */
    public Path data() {
        return folder.resolve("data");
    }

    private Path log() {
        return folder.resolve("etcd.log");
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /**
     * A port that is free now, and that nobody is given by the kernel meanwhile: below those that it gives out by itself. None
     * is returned twice.
     */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            if (GIVEN_OUT.add(port) && isFree(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException _) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
