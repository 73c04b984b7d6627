/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.services.sts.model.StsException;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RoleSessionsTest {
    private static final String ARN = "arn:aws:iam::403000000000:role/sovereign";
    /** Due to be renewed whatever the jitter, and good for 40 s yet before it is renewed at any price. */
    private static final Duration ENDS_SOON = Duration.ofSeconds(100);
    private static final CopyTarget.Role ROLE = new CopyTarget.Role(ARN, "external-1");

    private final WireMockServer sts = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    private RoleSessions sessions;

    @BeforeEach
    void start() {
        sts.start();
        sessions = new RoleSessions(AwsServer.at(URI.create(sts.baseUrl())).sts(),
                new Dependency("STS", new SimpleMeterRegistry()));
    }

    @AfterEach
    void stop() {
        sessions.close();
        sts.stop();
    }

    private void answer(String keyId, Duration validity) {
        answer(keyId, validity, Duration.ZERO);
    }

    private void answer(String keyId, Duration validity, Duration delay) {
        sts.stubFor(post(anyUrl()).willReturn(aResponse().withFixedDelay((int) delay.toMillis())
            .withHeader("Content-Type", "text/xml")
            .withBody(
                    """
                            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
                            <AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
                            <Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
                            """
                        .formatted(keyId, Instant.now().plus(validity)))));
    }

    private AwsCredentials credentials(CopyTarget.Role role) {
        return sessions.of(role).resolveCredentials();
    }

    @Test
    void aRoleIsAssumedAsTheProtocolSays() {
        answer("ASIA1", Duration.ofMinutes(15));
        assertThat(credentials(ROLE).accessKeyId()).isEqualTo("ASIA1");

        sts.verify(postRequestedFor(anyUrl()).withFormParam("Action", equalTo("AssumeRole"))
            .withFormParam("RoleArn", equalTo(ARN))
            .withFormParam("RoleSessionName", equalTo("SovereignKeyApi"))
            .withFormParam("DurationSeconds", equalTo("900"))
            .withFormParam("ExternalId", equalTo("external-1")));
    }

    @Test
    void withoutExternalIdNoneIsGiven() {
        answer("ASIA1", Duration.ofMinutes(15));
        credentials(new CopyTarget.Role(ARN, null));

        assertThat(sts.getAllServeEvents()).singleElement()
            .satisfies(call -> assertThat(call.getRequest().getBodyAsString()).doesNotContain("ExternalId"));
    }

    @Test
    void aSessionIsKept() {
        answer("ASIA1", Duration.ofMinutes(15));
        for (int i = 0; i < 20; i++) {
            credentials(ROLE);
        }
        sts.verify(1, postRequestedFor(anyUrl()));
    }

    @Test
    void anotherExternalIdIsAnotherSession() {
        answer("ASIA1", Duration.ofMinutes(15));
        credentials(ROLE);
        credentials(new CopyTarget.Role(ARN, "external-2"));

        sts.verify(2, postRequestedFor(anyUrl()));
    }

    @Test
    void aSessionIsRenewedInTheBackgroundAheadOfItsEnd() {
        answer("ASIA1", ENDS_SOON);
        credentials(ROLE);
        answer("ASIA2", Duration.ofMinutes(15), Duration.ofMillis(1500));

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            long start = System.nanoTime();
            String keyId = credentials(ROLE).accessKeyId();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as("nobody waits")
                .isLessThan(Duration.ofMillis(1400));
            return keyId.equals("ASIA2");
        });
        sts.verify(WireMock.lessThanOrExactly(4), postRequestedFor(anyUrl())); // two, and what a busy machine repeats
    }

    @Test
    void whileStsIsAwayASessionServesToItsEnd() {
        answer("ASIA1", ENDS_SOON);
        credentials(ROLE);
        sts.stubFor(post(anyUrl()).willReturn(WireMock.status(503)));

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            assertThat(credentials(ROLE).accessKeyId()).isEqualTo("ASIA1");
            return sts.findAll(postRequestedFor(anyUrl())).size() > 1;
        });
        assertThat(credentials(ROLE).accessKeyId()).isEqualTo("ASIA1");
    }

    @Test
    void aRefusalIsNotKept() {
        sts.stubFor(post(anyUrl()).willReturn(WireMock.status(403)));
        assertThatExceptionOfType(StsException.class).isThrownBy(() -> credentials(ROLE));
        answer("ASIA1", Duration.ofMinutes(15));

        assertThat(credentials(ROLE).accessKeyId()).isEqualTo("ASIA1");
    }
}
