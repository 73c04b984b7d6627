/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.net.URI;

import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** On LocalStack in a container, or whatever speaks AWS at {@code SK_TEST_AWS_ENDPOINT}; skipped where there is neither. */
@EnabledIf(value = "isThere", disabledReason = "neither Docker for LocalStack nor SK_TEST_AWS_ENDPOINT")
class LocalStackAwsAdaptersTest extends AwsAdaptersContract {
    private static final DockerImageName IMAGE = DockerImageName
        .parse("localstack/localstack:" + System.getProperty("sk.localstack.version"));
    private static final String ENDPOINT = System.getenv("SK_TEST_AWS_ENDPOINT");

    static boolean isThere() {
        return ENDPOINT != null || DockerClientFactory.instance().isDockerAvailable();
    }

    /** Testcontainers removes the container at the end of the JVM. */
    @Override
    @SuppressWarnings("resource")
    URI server() {
        if (ENDPOINT != null) {
            return URI.create(ENDPOINT);
        }
        LocalStackContainer container = new LocalStackContainer(IMAGE).withServices("dynamodb", "sts", "ec2");
        container.start();
        return container.getEndpoint();
    }
}
