/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/** AWS: the emulator with a group of three, and the metadata service of its instances, which it tells apart by their addresses. */
final class Cloud implements AutoCloseable {
    static final String GROUP = "nodes";
    private static final String REGION = "eu-west-3";
    /** One that the emulator knows. */
    private static final String IMAGE = "ami-12c6146b";
    private static final int SIZE = 3;

    private final Process emulator;
    private final URI url;
    private final HttpServer metadata;
    private final AutoScalingClient autoScaling;
    private final Ec2Client ec2;
    private final KmsClient kms;
    private final String authorityKey;

    Cloud(Network network) throws IOException {
        emulator = new ProcessBuilder(program().toString(), "--with-parent", "--host", network.host())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
        BufferedReader output = emulator.inputReader(StandardCharsets.UTF_8);
        url = URI.create(output.readLine().substring("listening on ".length()));
        autoScaling = configure(AutoScalingClient.builder()).build();
        ec2 = configure(Ec2Client.builder()).build();
        kms = configure(KmsClient.builder()).build();
        authorityKey = newKey();
        launchGroup(network.range());
        metadata = HttpServer.create(new InetSocketAddress(network.host(), 0), 0);
        metadata.createContext("/latest/", this::tellMetadata);
        metadata.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        metadata.start();
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configure(B builder) {
        return builder.httpClient(UrlConnectionHttpClient.create())
            .endpointOverride(url)
            .region(Region.of(REGION))
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
    }

    private void launchGroup(String range) {
        String vpc = ec2.createVpc(request -> request.cidrBlock(range)).vpc().vpcId();
        String subnet = ec2.createSubnet(request -> request.vpcId(vpc).cidrBlock(range)).subnet().subnetId();
        autoScaling.createLaunchConfiguration(request -> request.launchConfigurationName("node")
            .imageId(IMAGE)
            .instanceType("t3.small"));
        autoScaling.createAutoScalingGroup(request -> request.autoScalingGroupName(GROUP)
            .launchConfigurationName("node")
            .minSize(2)
            .maxSize(SIZE)
            .desiredCapacity(SIZE)
            .vpcZoneIdentifier(subnet));
    }

    /** What a node is told by its environment. */
    Map<String, String> environment() {
        return Map.of("AWS_ENDPOINT_URL", url.toString(), "AWS_REGION", REGION, "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                "http://" + url.getHost() + ":" + metadata.getAddress().getPort(), "SK_NODES", GROUP,
                "SK_AUTHORITY_KEY", authorityKey);
    }

    KmsClient kms() {
        return kms;
    }

    /** One for an authority. */
    String newKey() {
        return kms.createKey(key -> key.keySpec(KeySpec.ECC_NIST_P384).keyUsage(KeyUsageType.SIGN_VERIFY))
            .keyMetadata()
            .arn();
    }

    String authorityKey() {
        return authorityKey;
    }

    /** The group's instances and their addresses. */
    Map<String, String> instances() {
        Map<String, String> addresses = new TreeMap<>();
        autoScaling.describeAutoScalingGroups(request -> request.autoScalingGroupNames(GROUP))
            .autoScalingGroups()
            .getFirst()
            .instances()
            .forEach(instance -> addresses.put(instance.instanceId(), addressOf(instance.instanceId())));
        return addresses;
    }

    private String addressOf(String instance) {
        return ec2.describeInstances(request -> request.instanceIds(instance))
            .reservations()
            .getFirst()
            .instances()
            .getFirst()
            .privateIpAddress();
    }

    /** The group launches another in its place at once. */
    void terminate(String instance) {
        autoScaling.terminateInstanceInAutoScalingGroup(
                request -> request.instanceId(instance).shouldDecrementDesiredCapacity(false));
    }

    private void tellMetadata(HttpExchange exchange) throws IOException {
        String caller = exchange.getRemoteAddress().getAddress().getHostAddress();
        String path = exchange.getRequestURI().getPath();
        String answer = switch (path.substring(path.lastIndexOf('/') + 1)) {
            case "token" -> "a-token";
            case "local-ipv4" -> caller;
            case "instance-id" -> instances().entrySet()
                .stream()
                .filter(instance -> instance.getValue().equals(caller))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
            default -> "";
        };
        boolean isAllowed = path.endsWith("/token")
                ? exchange.getRequestMethod().equals("PUT")
                : "a-token".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
        byte[] body = answer.getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(isAllowed ? 200 : 401, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
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

    @Override
    public void close() {
        metadata.stop(0);
        emulator.destroy();
        autoScaling.close();
        ec2.close();
        kms.close();
    }
}
