/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.certificate.Identity;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.membership.Members;
import org.sovereignkeys.node.store.RamStore;

/** The etcd of this node: a child process with its data in the store. */
public final class EtcdProcess {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdProcess.class);
    private static final int PEER_PORT = 2380;
    private static final String DATA = "etcd";
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(10);
    private static final int QUOTA_BYTES = 256 << 20;

    private final String program;
    private final RamStore store;
    private final Subject self;
    private @Nullable Process process;

    /** Ends what an earlier process of this node left behind. */
    public EtcdProcess(String program, RamStore store, Subject self) {
        this.program = program;
        this.store = store;
        this.self = self;
        endOrphans();
    }

    static URI peerUrl(String address) {
        return URI.create("https://" + address + ":" + PEER_PORT);
    }

    /** Whether etcd has taken part in a cluster: it writes its log before it says anything to others. */
    public boolean hasData() {
        return Files.isDirectory(store.path(DATA).resolve("member/wal"));
    }

    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Starts a cluster of this one member, with an id that no other has. */
    public void found() {
        deleteData();
        launch(List.of("--initial-cluster-state=new",
                "--initial-cluster=" + self.instance() + "=" + peerUrl(self.address()),
                "--initial-cluster-token=" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())));
    }

    /** Starts with no data, as one of these members. */
    public void join(Members members) {
        deleteData();
        String all = members.entries()
            .stream()
            .map(entry -> nameOf(entry) + "=" + peerUrl(entry.address()))
            .collect(Collectors.joining(","));
        launch(List.of("--initial-cluster-state=existing", "--initial-cluster=" + all));
    }

    /** Starts with the data that there are. */
    public void start() {
        launch(List.of());
    }

    /** The same, as the one member that is left. */
    public void startAlone() {
        launch(List.of("--force-new-cluster"));
    }

    /** A member that was not started has no name yet; etcd compares addresses. */
    private String nameOf(Members.Entry entry) {
        if (entry.address().equals(self.address())) {
            return self.instance();
        }
        return entry.name().isEmpty() ? "at-" + entry.address() : entry.name();
    }

    private synchronized void launch(List<String> bootstrap) {
        if (process != null) {
            stop();
        }
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(options());
        command.addAll(bootstrap);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LOG.info("etcd started, process {}: {}", process.pid(), bootstrap);
    }

    private List<String> options() {
        String clients = "https://" + self.address() + ":" + EtcdClient.PORT;
        String certificate = store.path(Identity.CERTIFICATE).toString();
        String key = store.path(Identity.KEY).toString();
        String authority = store.path(Identity.AUTHORITY).toString();
        return List.of("--name=" + self.instance(), dataOption(),
                "--listen-client-urls=" + clients + ",https://127.0.0.1:" + EtcdClient.PORT,
                "--advertise-client-urls=" + clients, "--listen-peer-urls=" + peerUrl(self.address()),
                "--initial-advertise-peer-urls=" + peerUrl(self.address()), "--client-cert-auth",
                "--cert-file=" + certificate, "--key-file=" + key, "--trusted-ca-file=" + authority,
                "--peer-client-cert-auth", "--peer-cert-file=" + certificate, "--peer-key-file=" + key,
                "--peer-trusted-ca-file=" + authority, "--pre-vote", "--auto-compaction-mode=periodic",
                "--auto-compaction-retention=1h", "--quota-backend-bytes=" + QUOTA_BYTES, "--snapshot-count=10000",
                "--max-wals=1", "--max-snapshots=1", "--logger=zap", "--log-outputs=stderr", "--log-level=warn");
    }

    private String dataOption() {
        return "--data-dir=" + store.path(DATA);
    }

    /** Ends it, if it runs: kindly at first. */
    public synchronized void stop() {
        if (process != null) {
            end(process.toHandle());
            process = null;
        }
    }

    /** Deletes its data; it must not run. */
    public void deleteData() {
        store.deleteFolder(DATA);
    }

    private void endOrphans() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(this::isOfOurData).forEach(orphan -> {
                LOG.warn("etcd {} was left by an earlier process, and is ended", orphan.pid());
                end(orphan);
            });
        }
    }

    private boolean isOfOurData(ProcessHandle handle) {
        return handle.info().arguments().map(arguments -> List.of(arguments).contains(dataOption())).orElse(false);
    }

    private static void end(ProcessHandle handle) {
        handle.destroy();
        try {
            handle.onExit().orTimeout(TIME_TO_STOP.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException _) {
            LOG.warn("etcd {} does not end, and is killed", handle.pid());
            handle.destroyForcibly();
            handle.onExit().join();
        }
    }
}
