/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.configuration.EtcdSettings;

/**
 * What a service runs on: token, customers, stores, client key and certificate, all below one folder. The same home may be
 * used by one process after another.
 */
final class ServiceHome {
    static final String VPC = "vpc-0b1e8a8e776a87423";
    static final String OTHER_VPC = "vpc-0aaaaaaaaaaaaaaaa";
    static final String READ_ONLY_VPC = "vpc-0cccccccccccccccc";

    private final Path folder;
    private final String vendor;
    private final String pin;
    private boolean sandbox = true;
    private Path token;
    private String customersLocation;
    private String keysLocation;
    private String logLocation;
    private Map<String, String> aws = Map.of();
    private List<String> cluster = List.of();

    private ServiceHome(Path folder, String vendor, String pin) {
        this.folder = folder;
        this.vendor = vendor;
        this.pin = pin;
        this.token = folder.resolve("token");
        this.customersLocation = "file:" + customers();
        this.keysLocation = "file:" + ektFolder();
        this.logLocation = "file:" + logFolder();
    }

    /** A new home with an empty token. */
    static ServiceHome make(Path folder, String vendor) {
        return make(folder, vendor, "cloudhsm".equals(vendor) ? "operator:4u7R-pin" : "4u7R-pin");
    }

    /** A home whose token, in the folder {@code token}, has this PIN, or is made with it. */
    static ServiceHome make(Path folder, String vendor, String pin) {
        ServiceHome home = new ServiceHome(folder, vendor, pin);
        try {
            Files.createDirectories(home.keyFolder());
            Files.createDirectories(home.ektFolder());
            Files.createDirectories(home.logFolder());
            Files.createDirectories(home.temporary());
            home.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "operator.key", "-out",
                    "client.crt", "-days", "2", "-subj", "/CN=sovereign-keys");
            Files.writeString(home.customers(), """
                    - VPCID: %s
                      RemoteRoleARN: arn:aws:iam::403000000000:role/sovereign
                      EktName: ekt-%s
                    - VPCID: %s
                      RemoteRoleARN: arn:aws:iam::404000000000:role/sovereign
                    - VPCID: %s
                    """.formatted(VPC, VPC, OTHER_VPC, READ_ONLY_VPC));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return home;
    }

    /** The home of another node: with this one's HSM, customers and keys. Its log is its own, unless numbers are shared. */
    ServiceHome nodeBeside(Path otherFolder) {
        ServiceHome node = make(otherFolder, vendor, pin);
        node.token = token;
        node.customersLocation = customersLocation;
        node.keysLocation = keysLocation;
        node.aws = aws;
        if (!cluster.isEmpty()) {
            node.cluster = cluster;
            node.run("cp", folder.resolve("client.crt").toString(), folder.resolve("operator.key").toString(), ".");
            node.logLocation = logLocation;
        }
        return node;
    }

    /** Has secrets and numbers shared over etcd. The log must lie on AWS then. */
    void shareOver(URI etcd, EtcdSettings files) {
        shareOver(List.of(etcd), files);
    }

    /** The same with several members. */
    void shareOver(List<URI> members, EtcdSettings files) {
        String list = members.stream().map(URI::toString).collect(Collectors.joining(","));
        cluster = List.of("sovereign-keys.cluster=etcd:" + list, "sovereign-keys.etcd.ca=" + files.ca(),
                "sovereign-keys.etcd.certificate=" + files.certificate(), "sovereign-keys.etcd.key=" + files.key());
    }

    /** The same over plain HTTP. */
    void shareOverHttp(URI etcd) {
        cluster = List.of("sovereign-keys.cluster=etcd:" + etcd);
    }

    /** Has customers and keys lie on AWS: in a table that holds the customers, and in a bucket. */
    void keepOnAws(AwsServer server, String table, String bucket) {
        customersLocation = "dynamodb:" + table;
        keysLocation = "s3:" + bucket;
        aws = server.environment();
    }

    /** Has the log lie in a bucket, and S3, DynamoDB and STS be reached where these variables say. */
    void keepLogOnAws(String bucket, Map<String, String> endpoints) {
        logLocation = "s3:" + bucket;
        aws = new HashMap<>(aws);
        aws.putAll(endpoints);
    }

    /** The settings of production: the client key on a RAM file system only. */
    void leaveSandbox() {
        sandbox = false;
    }

    Path folder() {
        return folder;
    }

    Path customers() {
        return folder.resolve("customers.yaml");
    }

    Path ektFolder() {
        return folder.resolve("customer-keys");
    }

    Path logFolder() {
        return folder.resolve("log");
    }

    private Path temporary() {
        return folder.resolve("tmp");
    }

    Path token() {
        return token;
    }

    Path control() {
        return folder.resolve("control");
    }

    Path keyFolder() {
        return folder.resolve("ram");
    }

    Path clientKeyFile() {
        return keyFolder().resolve("client.key");
    }

    Path serviceLogFile() {
        return folder.resolve("service.log");
    }

    String serviceLog() {
        try {
            return Files.exists(serviceLogFile()) ? Files.readString(serviceLogFile()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String pin() {
        return pin;
    }

    byte[] clientKey() {
        try {
            return Files.readAllBytes(folder.resolve("operator.key"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells the simulator to misbehave; see its README. */
    void misbehave(String directives) {
        try {
            Path next = folder.resolve("control.next");
            Files.writeString(next, directives);
            Files.move(next, control(), java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> settings() {
        return Stream.concat(cluster.stream(), Stream
            .of("server.port=0", "management.server.port=0",
                    "spring.profiles.active=" + (sandbox ? "sandbox" : "production"),
                    "sovereign-keys.hsm.type=" + vendor, "sovereign-keys.hsm.library=" + simulator(),
                    "sovereign-keys.client-key-file=" + clientKeyFile(),
                    "sovereign-keys.client-certificate=" + folder.resolve("client.crt"),
                    "sovereign-keys.customers=" + customersLocation, "sovereign-keys.customer-keys=" + keysLocation,
                    "sovereign-keys.audit=" + logLocation))
            .map(setting -> "--" + setting)
            .toList();
    }

    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(aws);
        environment.putAll(Map.of("SK_SIMULATOR_TOKEN", token().toString(), "SK_SIMULATOR_PIN", pin,
                "SK_SIMULATOR_VENDOR", vendor, "SK_SIMULATOR_CONTROL", control().toString(), "SK_JAVA_OPTS",
                "-Djava.io.tmpdir=" + temporary()));
        return environment;
    }

    /** Runs a command in the home; returns what it printed. */
    String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Path simulator() {
        Path library = Path.of(System.getProperty("sk.simulator.library", "")).normalize();
        if (!Files.isRegularFile(library)) {
            throw new AssertionError("the simulator is not built: " + library);
        }
        return library;
    }
}
