/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Template;

import org.sovereignkeys.infrastructure.api.ApiStack;
import org.sovereignkeys.infrastructure.cluster.NodePackage;
import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.configuration.HsmType;
import org.sovereignkeys.infrastructure.configuration.ObjectLockMode;
import org.sovereignkeys.infrastructure.customer.CustomerStack;

/** What becomes of a configuration in a region, with cdk-nag and the strict validator on. */
public final class Synthesis {
    public static final String ACCOUNT = "403000000000";
    public static final NodePackage NODE_PACKAGE = new NodePackage("a.Version-1", "5e55".repeat(16));
    private static final Map<Case, Synthesis> DONE = new ConcurrentHashMap<>();
    private static final Set<String> FINDINGS = Set.of("aws:cdk:error", "aws:cdk:warning");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static @Nullable Path pipeline;

    private final MainStack main;
    private final Path folder;

    /** What of a configuration makes a difference to the templates. */
    public record Case(String region, HsmType hsm, boolean mainResources, boolean nat, boolean adoptStorage) {
        public Case(String region, HsmType hsm, boolean mainResources, boolean nat) {
            this(region, hsm, mainResources, nat, false);
        }

        Configuration configuration() {
            return new Configuration(mainResources, "t3.small", hsm, Optional.of("sg-0123456789abcdef0"),
                    hsm == HsmType.proteccio ? List.of("10.42.1.12/32", "10.42.2.12/32") : List.of(),
                    ObjectLockMode.GOVERNANCE, "192.0.2.0/24", nat, List.of(), true, "acme", 100, 200, adoptStorage);
        }
    }

    private Synthesis(Case wanted) {
        var app = new App(
                AppProps.builder().outdir(outputFolder(wanted).toString()).context(InfrastructureApp.STRICT).build());
        main = new MainStack(app, wanted.configuration(),
                Environment.builder().account(ACCOUNT).region(wanted.region()).build(), sources());
        Aspects.of(app).add(new AwsSolutionsChecks());
        folder = Path.of(app.synth().getDirectory());
    }

    /** The whole of it, on a Proteccio, without NAT. */
    public static Synthesis usual() {
        return of(new Case("eu-west-3", HsmType.proteccio, true, false));
    }

    public static Synthesis of(Case wanted) {
        return DONE.computeIfAbsent(wanted, Synthesis::new);
    }

    public Stack stack(String name) {
        return name.equals(MainStack.NAME) ? main : (Stack) main.getNode().findChild(name);
    }

    public Template template(String stack) {
        return Template.fromStack(stack(stack));
    }

    /** Of the stack that builds and deploys: the folder that holds its template. */
    public static synchronized Path pipeline() {
        if (pipeline == null) {
            pipeline = InfrastructureApp
                .synthesizePipeline(AppProps.builder().outdir(Path.of("target", "synthesis", "pipeline").toString()));
        }
        return pipeline;
    }

    public List<String> findings() throws IOException {
        return findings(folder);
    }

    /** Errors and warnings that rules and validators left at constructs, with the path of each. */
    public static List<String> findings(Path folder) throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : filesEndingIn(folder, ".metadata.json")) {
            JSON.readTree(file.toFile()).properties().forEach(construct -> construct.getValue().forEach(entry -> {
                if (FINDINGS.contains(entry.get("type").asText())) {
                    findings.add(construct.getKey() + ": " + entry.get("data").asText());
                }
            }));
        }
        return findings;
    }

    /** The API's template, with another authorizer than the usual one. */
    public static Template apiWithAnotherAuthorizer() {
        Path folder = Path.of("target", "synthesis", "another-authorizer");
        var app = new App(AppProps.builder().outdir(folder.toString()).context(InfrastructureApp.STRICT).build());
        var another = new MainStack(app, new Case("eu-west-3", HsmType.proteccio, true, false).configuration(),
                Environment.builder().account(ACCOUNT).region("eu-west-3").build(), sources("another"));
        return Template.fromStack((Stack) another.getNode().findChild("api"));
    }

    /** The files of all templates. */
    public List<Path> files() throws IOException {
        return filesEndingIn(folder, ".template.json");
    }

    private static List<Path> filesEndingIn(Path folder, String end) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(end)).sorted().toList();
        }
    }

    private static Path outputFolder(Case wanted) {
        return Path.of("target", "synthesis",
                wanted.region() + '-' + wanted.hsm() + (wanted.mainResources() ? "-on" : "-off")
                        + (wanted.nat() ? "-nat" : "") + (wanted.adoptStorage() ? "-adopted" : ""));
    }

    /** Any jar does. */
    static MainStack.Sources sources() {
        return sources("any");
    }

    private static MainStack.Sources sources(String authorizer) {
        return new MainStack.Sources(new ApiStack.Sources(Path.of("../docs/openapi.yaml"), jar(authorizer)),
                new CustomerStack.Sources(Path.of("customer/customer-template.yml"),
                        Path.of("../utils/functional-testing.sh")),
                NODE_PACKAGE);
    }

    private static Path jar(String content) {
        try {
            return Files.writeString(Files.createDirectories(Path.of("target")).resolve(content + ".jar"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
