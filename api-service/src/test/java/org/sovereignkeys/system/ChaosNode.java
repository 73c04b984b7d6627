/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.etcd.BreakableWay;
import org.sovereignkeys.etcd.EtcdCluster;

/** A node with ways of its own to S3 and to each member of etcd. Each start is a new node's: only the disk image is the same. */
final class ChaosNode implements AutoCloseable {
    private static final Pattern TAKEN_OVER = Pattern.compile("Took over (\\d+) entries");
    /** An error that no user is told of but as one of ours, with its trace. */
    private static final Pattern BUG = Pattern.compile("^.* : a bug\\R(?:(?!\\d{4}-\\d\\d-\\d\\dT).*\\R)*",
            Pattern.MULTILINE);
    private static final Pattern FOUND_TAKEN = Pattern.compile("Number \\d+ of vpc-\\w+ is taken");

    private final ServiceHome home;
    private final BreakableWay wayToS3;
    private final List<BreakableWay> waysToEtcd;
    private final AtomicInteger callsUnderWay = new AtomicInteger();
    private volatile @Nullable ServiceProcess process;
    private volatile boolean inRotation;
    private long takenOver;
    private long foundTaken;
    private final List<String> bugs = new ArrayList<>();

    ChaosNode(ServiceHome home, String bucket, URI s3, Map<String, String> aws, EtcdCluster etcd, EtcdSettings files) {
        this.home = home;
        wayToS3 = BreakableWay.to(s3.getPort());
        waysToEtcd = etcd.endpoints().stream().map(member -> BreakableWay.to(member.getPort())).toList();
        home.shareOver(waysToEtcd.stream().map(way -> URI.create("https://127.0.0.1:" + way.port())).toList(), files);
        Map<String, String> environment = new HashMap<>(aws);
        environment.put("AWS_ENDPOINT_URL", "http://127.0.0.1:" + wayToS3.port());
        home.keepLogOnAws(bucket, environment);
    }

    ServiceHome home() {
        return home;
    }

    /** Starts it where it was killed; it waits for its secrets then, which etcd may have. */
    void start() {
        try {
            Files.deleteIfExists(home.clientKeyFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = ServiceProcess.start(home);
    }

    void kill() {
        ServiceProcess running = running();
        inRotation = false;
        process = null;
        running.kill();
        running.close();
        readLog();
    }

    /** What it wrote is gone at its next start. */
    private void readLog() {
        String log = home.serviceLog();
        takenOver += TAKEN_OVER.matcher(log).results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
        foundTaken += FOUND_TAKEN.matcher(log).results().count();
        BUG.matcher(log).results().map(found -> "a node's log: " + found.group().strip()).forEach(bugs::add);
    }

    boolean isRunning() {
        return process != null;
    }

    ServiceProcess running() {
        ServiceProcess now = process;
        if (now == null) {
            throw new IllegalStateException("this node does not run");
        }
        return now;
    }

    void pause() {
        running().pause();
    }

    void resume() {
        running().resume();
    }

    void setWayToS3(BreakableWay.State state) {
        wayToS3.set(state);
    }

    void setWaysToEtcd(BreakableWay.State state) {
        waysToEtcd.forEach(way -> way.set(state));
    }

    /** Asks as a load balancer does whether calls may be sent here. */
    void checkHealth() {
        inRotation = isReady();
    }

    boolean isReady() {
        ServiceProcess now = process;
        try {
            return now != null && now.trySend("GET", "/healthcheck", Map.of(), new byte[0], Duration.ofSeconds(2))
                .status() == 204;
        } catch (IOException _) {
            return false;
        }
    }

    boolean isInRotation() {
        return inRotation;
    }

    AtomicInteger callsUnderWay() {
        return callsUnderWay;
    }

    /** Entries that it took over from dead nodes, over all its lives so far. */
    long takenOver() {
        return takenOver;
    }

    /** Numbers that it found taken. */
    long foundTaken() {
        return foundTaken;
    }

    /** What it wrote of failures that nobody foresaw, over all its lives so far. */
    List<String> bugs() {
        return List.copyOf(bugs);
    }

    @Override
    public void close() {
        if (isRunning()) {
            kill();
        }
        wayToS3.close();
        waysToEtcd.forEach(BreakableWay::close);
    }
}
