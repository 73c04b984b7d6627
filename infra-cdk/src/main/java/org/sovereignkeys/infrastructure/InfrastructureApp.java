/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.CliCredentialsStackSynthesizer;
import software.amazon.awscdk.Environment;

import org.sovereignkeys.infrastructure.api.ApiStack;
import org.sovereignkeys.infrastructure.cluster.NodePackage;
import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.configuration.ConfigurationException;
import org.sovereignkeys.infrastructure.customer.CustomerStack;
import org.sovereignkeys.infrastructure.pipeline.PipelineStack;
import org.sovereignkeys.infrastructure.pipeline.PipelineTemplate;

/** Writes the templates of what main-configuration.json asks for. */
final class InfrastructureApp {
    /** Templates that are not valid stop the synthesis, where the CDK would warn. */
    static final Map<String, Object> STRICT = Map.of("@aws-cdk/core:strictCfnValidateErrors", true,
            "@aws-cdk/core:validateAgainstDefaultRules", true, "aws:cdk:disable-stack-trace", true);

    private InfrastructureApp() {}

    /**
     * Takes the configuration's file and the repository's folder, where the authorizer must be built. With {@code --pipeline}
     * instead of the file, what is written is the pipeline's template, in the repository.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("--pipeline")) {
            Files.writeString(Path.of(arguments[1]).resolve("infra-cdk/pipeline/pipeline-template.yml"),
                    PipelineTemplate.of(synthesizePipeline(AppProps.builder())));
            return;
        }
        try {
            synthesize(Configuration.read(Path.of(arguments[0])),
                    sources(Path.of(arguments[1])));
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static MainStack.Sources sources(Path repository) {
        return new MainStack.Sources(
                new ApiStack.Sources(repository.resolve("docs/openapi.yaml"),
                        repository.resolve("auth-lambda/target/sovereign-keys-authorizer.jar")),
                new CustomerStack.Sources(repository.resolve("infra-cdk/customer/customer-template.yml"),
                        repository.resolve("utils/functional-testing.sh")),
                new NodePackage(orEmpty("SK_PACKAGE_VERSION"), orEmpty("SK_PACKAGE_SUM")));
    }

    private static String orEmpty(String variable) {
        return Objects.requireNonNullElse(System.getenv(variable), "");
    }

    private static void synthesize(Configuration configuration, MainStack.Sources sources) {
        var app = new App(properties(Optional.ofNullable(System.getenv("SK_ARTIFACT_BUCKET"))).build());
        new MainStack(app, configuration, environment(), sources);
        Aspects.of(app).add(new AwsSolutionsChecks());
        app.synth();
    }

    /** Returns the folder that holds the template. */
    static Path synthesizePipeline(AppProps.Builder properties) {
        var app = new App(properties.context(STRICT).build());
        new PipelineStack(app);
        Aspects.of(app).add(new AwsSolutionsChecks());
        return Path.of(app.synth().getDirectory());
    }

    /**
     * Of the application.
     *
     * @param bucket where bin/deploy puts what templates refer to; without it, the bucket of the account's bootstrap
     */
    static AppProps.Builder properties(Optional<String> bucket) {
        AppProps.Builder properties = AppProps.builder().context(STRICT);
        bucket.ifPresent(name -> properties.defaultStackSynthesizer(CliCredentialsStackSynthesizer.Builder.create()
            .fileAssetsBucketName(name)
            .bucketPrefix("deployment/")
            .build()));
        return properties;
    }

    /** Of the account and region that the CDK's command line found; without it the template is for any. */
    private static Environment environment() {
        return Environment.builder()
            .account(System.getenv("CDK_DEFAULT_ACCOUNT"))
            .region(System.getenv("CDK_DEFAULT_REGION"))
            .build();
    }
}
