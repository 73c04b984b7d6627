/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.net.URI;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** LocalStack in a container, or whatever speaks AWS at {@code SK_TEST_AWS_ENDPOINT}. */
final class LocalStack {
    private static final DockerImageName IMAGE = DockerImageName
        .parse("localstack/localstack:" + System.getProperty("sk.localstack.version"));
    private static final String ENDPOINT = System.getenv("SK_TEST_AWS_ENDPOINT");

    private LocalStack() {}

    static boolean isThere() {
        return ENDPOINT != null || DockerClientFactory.instance().isDockerAvailable();
    }

    /** Where it listens, after starting it if need be. Testcontainers removes the container at the end of the JVM. */
    @SuppressWarnings("resource")
    static URI url() {
        if (ENDPOINT != null) {
            return URI.create(ENDPOINT);
        }
        LocalStackContainer container = new LocalStackContainer(IMAGE).withServices("s3", "dynamodb", "sts");
        container.start();
        return container.getEndpoint();
    }
}
