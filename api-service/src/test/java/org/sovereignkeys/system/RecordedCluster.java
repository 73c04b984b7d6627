/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.etcd.jetcd.ByteSequence;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.etcd.CertificateAuthority;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdServer;
import org.sovereignkeys.etcd.EtcdUnavailableException;

/**
 * The life of a small cluster, with a recording of all that goes over the loopback but the calls to the nodes. It runs as a
 * process of its own, with etcd, nodes and emulator in one network namespace where the system allows that: it needs no root
 * then, and no other traffic is on record. It writes below one folder.
 */
final class RecordedCluster {
    static final String CANARY = "canary-in-a-name";
    static final String CANARY_ON_THE_WIRE = "canary-on-the-wire";
    static final String PIN = "S3cr3t-P1N-4711";
    static final String WRONG_PIN = "S3cr3t-P1N-0815";
    private static final int NODES = 3;
    private static final byte[] NOTHING = {};
    private static final Duration TIME_TO_START = Duration.ofSeconds(30);

    private final Path folder;
    private final List<Integer> ports = IntStream.rangeClosed(0, NODES).mapToObj(_ -> freePort()).toList();
    private final List<ServiceHome> homes = new ArrayList<>();
    private final List<ServiceProcess> nodes = new ArrayList<>();

    private RecordedCluster(Path folder) {
        this.folder = folder;
    }

    /** Lives a life below a folder, over TLS or, to show what is seen then, without. */
    static RecordedCluster live(Path folder, boolean tls) throws IOException, InterruptedException {
        RecordedCluster cluster = new RecordedCluster(folder);
        List<String> command = new ArrayList<>(ServiceProcess.inNamespace("exec \"$@\""));
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + Files.createDirectories(cluster.temporary()), "-cp",
                System.getProperty("java.class.path")));
        Stream.of("sk.jar", "sk.simulator.library")
            .map(name -> "-D" + name + "=" + System.getProperty(name, ""))
            .forEach(command::add);
        command.addAll(List.of(RecordedCluster.class.getName(), folder.toString(), Boolean.toString(tls)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(output);
        }
        return cluster;
    }

    /** A file for each direction of each connection. */
    Path traffic() {
        return folder.resolve("traffic");
    }

    List<Path> nodeFolders() {
        return IntStream.rangeClosed(0, NODES).mapToObj(i -> folder.resolve("node-" + i)).toList();
    }

    Path clientKey() {
        return nodeFolders().getFirst().resolve("operator.key");
    }

    /** What etcd writes: its log, and in {@code data} what is to lie in RAM. */
    Path etcdFolder() throws IOException {
        try (Stream<Path> files = Files.list(temporary())) {
            return files.filter(file -> Files.isDirectory(file.resolve("data"))).findFirst().orElseThrow();
        }
    }

    private Path temporary() {
        return folder.resolve("tmp");
    }

    /** The process: folder, and whether over TLS. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new RecordedCluster(Path.of(arguments[0])).run(Boolean.parseBoolean(arguments[1]));
        System.exit(0); // clients may have threads
    }

    private void run(boolean tls) throws IOException, InterruptedException {
        LoopbackRecording recording = LoopbackRecording.start(traffic(),
                ports.stream().mapToInt(Integer::intValue));
        CertificateAuthority authority = CertificateAuthority.in(folder, "authority");
        EtcdServer etcd = EtcdServer.start(tls ? authority.issue("member", "127.0.0.1") : null);
        try {
            makeHomes(etcd, tls ? authority : null);
            for (int i = 0; i < NODES; i++) {
                startNode(i);
            }
            work();
            sendCanary();
            putCanary(etcd);
        } finally {
            nodes.forEach(ServiceProcess::close);
            etcd.kill();
        }
        recording.end();
    }

    private void makeHomes(EtcdServer etcd, @Nullable CertificateAuthority authority) {
        AwsServer aws = AwsServer.moto();
        ServiceHome first = ServiceHome.make(nodeFolders().getFirst(), "proteccio", PIN);
        if (authority == null) {
            first.shareOverHttp(etcd.endpoint());
        } else {
            first.shareOver(etcd.endpoint(), authority.issue("node"));
        }
        first.keepLogOnAws(aws.newBucket(), aws.environment());
        homes.add(first);
        nodeFolders().stream().skip(1).map(first::nodeBeside).forEach(homes::add);
    }

    private void startNode(int i) {
        ServiceProcess node = ServiceProcess.start(homes.get(i), "--logging.level.root=TRACE",
                "--server.port=" + ports.get(i));
        nodes.add(node);
    }

    private void work() {
        ServiceProcess first = nodes.getFirst();
        first.send("PUT", "/client-key", Map.of(), homes.getFirst().clientKey());
        require(first.putPin(WRONG_PIN).status() == 400, "the HSM refuses a wrong PIN");
        first.giveSecrets();
        nodes.forEach(RecordedCluster::serve);
        first.kill();
        startNode(NODES);
        nodes.stream().skip(1).forEach(RecordedCluster::serve);
        require(nodes.getLast().putPin(PIN).text("detail").equals("PIN already present"), "the PIN is there");
    }

    private static void serve(ServiceProcess node) {
        ServiceProcess.await("ready", TIME_TO_START,
                () -> node.send("GET", "/healthcheck", Map.of(), NOTHING).status() == 204);
        Instance instance = Instance.of(node, ServiceHome.VPC);
        Map<String, String> headers = instance.identity();
        headers.put("x-sovereign-keys-request-id", CANARY);
        node.send("POST", "/v1/encryption/" + instance.id() + "/generate-secret", headers,
                "{}".getBytes(StandardCharsets.US_ASCII));
        Answer generated = instance.generate("v");
        require(generated.status() == 200, generated.body());
        require(instance.decrypt("v", generated.text("encrypted_secret")).status() == 200, "it opens");
    }

    /** In two segments: who searches packets one by one does not find it. */
    private static void sendCanary() throws IOException, InterruptedException {
        byte[] canary = CANARY_ON_THE_WIRE.getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket sender = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket receiver = server.accept()) {
            sender.setTcpNoDelay(true);
            OutputStream out = sender.getOutputStream();
            out.write(canary, 0, 5);
            receiver.getInputStream().readNBytes(5); // it has left
            out.write(canary, 5, canary.length - 5);
            receiver.getInputStream().readNBytes(canary.length - 5);
        }
    }

    private static void putCanary(EtcdServer etcd) {
        ByteSequence canary = ByteSequence.from(CANARY, StandardCharsets.US_ASCII);
        try (EtcdConnection connection = etcd.connect()) {
            Awaitility.await()
                .atMost(TIME_TO_START)
                .ignoreException(EtcdUnavailableException.class)
                .until(() -> connection.call(client -> client.getKVClient().put(canary, canary)) != null);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
