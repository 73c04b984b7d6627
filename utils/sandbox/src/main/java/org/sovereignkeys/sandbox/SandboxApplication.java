/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import software.amazon.awssdk.regions.Region;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.authorizer.aws.AwsAccess;
import org.sovereignkeys.authorizer.lambda.AuthorizerHandler;
import org.sovereignkeys.sandbox.aws.Clients;
import org.sovereignkeys.sandbox.aws.Filling;
import org.sovereignkeys.sandbox.gateway.Gateway;
import org.sovereignkeys.sandbox.metadata.MetadataService;
import org.sovereignkeys.sandbox.network.Caller;
import org.sovereignkeys.sandbox.network.Callers;
import org.sovereignkeys.sandbox.network.Doors;

/** What {@code utils/sandbox/sandbox} starts: {@code fill} once, then {@code serve}. */
public final class SandboxApplication {
    private static final String USAGE = """
            Called by utils/sandbox/sandbox:
              fill EMULATOR S3 FOLDER                 fills the AWS emulator, and S3 where that is another; writes roles.json,
                                                      names.json, callers.json
              buckets S3                              makes the buckets alone
              serve EMULATOR FOLDER NODES [OPTION]    gateway and metadata service; writes front-door.json when they listen.
                                                      Several nodes are separated by commas
                --ports FIRST    ports from this one on, instead of any that are free
                --imds-v1        the metadata service answers without token, too""";
    private static final Duration TIME_FOR_A_DECISION = Duration.ofMillis(7_500);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SandboxApplication() {}

    /** Does what the first argument says. */
    public static void main(String[] arguments) {
        try {
            run(arguments);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(String... arguments) throws IOException {
        List<String> given = List.of(arguments);
        if (given.size() == 4 && given.getFirst().equals("fill")) {
            fill(URI.create(given.get(1)), URI.create(given.get(2)), Path.of(given.get(3)));
        } else if (given.size() == 2 && given.getFirst().equals("buckets")) {
            makeBuckets(URI.create(given.get(1)));
        } else if (given.size() >= 4 && given.getFirst().equals("serve")) {
            serve(URI.create(given.get(1)), Path.of(given.get(2)),
                    Stream.of(given.get(3).split(",", -1)).map(URI::create).toList(),
                    Options.of(given.subList(4, given.size())));
        } else {
            System.err.println(USAGE);
            System.exit(2);
        }
    }

    private static void fill(URI emulator, URI s3, Path folder) {
        Filling.writeRoles(folder.resolve("roles.json"));
        Filling.writeNames(folder.resolve("names.json"));
        try (Clients clients = new Clients(emulator, s3)) {
            new Filling(clients).fill().write(folder.resolve("callers.json"));
        }
    }

    private static void makeBuckets(URI s3) {
        try (Clients clients = new Clients(s3, s3)) {
            new Filling(clients).makeBuckets();
        }
    }

    private static void serve(URI emulator, Path folder, List<URI> nodes, Options options) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
        Callers callers = options.withPorts(Callers.read(folder.resolve("callers.json")));
        AwsAccess aws = new AwsAccess(Filling.TABLE, Clients.CREDENTIALS, Region.of(callers.region()), emulator,
                InstantSource.system());
        AuthorizerHandler authorizer = new AuthorizerHandler(aws, TIME_FOR_A_DECISION,
                log(folder.resolve("authorizer.log")));
        Gateway gateway = new Gateway(callers.region(), Clients.ACCOUNT_ID, authorizer, nodes,
                Gateway.TIME_OF_THE_SERVICE, log(folder.resolve("gateway.log")));
        MetadataService metadata = new MetadataService(callers.region(), options.metadataWithoutTokenToo(),
                InstantSource.system());
        announce(callers, new Doors(callers, options.port(0), Caller::gatewayPort, gateway),
                new Doors(callers, options.port(1), Caller::metadataPort, metadata),
                folder.resolve("front-door.json"));
    }

    private static PrintStream log(Path file) throws IOException {
        return new PrintStream(new FileOutputStream(file.toFile(), true), true, StandardCharsets.UTF_8);
    }

    /** Writes where everything listens; under its name only when it is whole. */
    private static void announce(Callers callers, Doors gateway, Doors metadata, Path file) throws IOException {
        Map<String, Object> doors = new LinkedHashMap<>();
        doors.put("gateway", base(gateway.shared()));
        doors.put("metadata", metadata.shared());
        List<Map<String, Object>> each = new ArrayList<>();
        for (Caller caller : callers.callers()) {
            Map<String, Object> door = new LinkedHashMap<>();
            door.put("name", caller.name());
            door.put("address", caller.address());
            door.put("gateway", base(gateway.of(caller)));
            door.put("metadata", metadata.of(caller));
            door.put("instanceId", caller.instanceId());
            door.put("vpcId", caller.vpcId());
            door.put("privateIp", caller.privateIp());
            each.add(door);
        }
        doors.put("callers", each);
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        JSON.writerWithDefaultPrettyPrinter().writeValue(draft, doors);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String base(URI origin) {
        return origin + "/" + Gateway.STAGE;
    }
}
