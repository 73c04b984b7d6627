/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What an operator does at the ceremony, right and wrong. */
class OperatorCallsIT {
    private static final Map<String, String> NO_HEADERS = Map.of();

    @TempDir
    Path folder;

    private ServiceHome home;

    @BeforeEach
    void makeHome() {
        home = ServiceHome.make(folder.resolve("home"), "cloudhsm");
    }

    @Test
    void ceremonyLeadsFromNothingToReadyAndEachWrongStepSaysWhy() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            Instance instance = Instance.of(service, ServiceHome.VPC);

            Answer tooEarly = service.send("GET", "/healthcheck", NO_HEADERS, new byte[0]);
            assertProblem(tooEarly, 503, "This node is waiting for the client key (PUT /client-key).");
            assertThat(tooEarly.header("Retry-After")).isNotEmpty();
            assertProblem(instance.generate("v"), 503, "The HSM cannot serve now. Try again in a moment.");
            assertProblem(service.putPin(home.pin()), 503,
                    "The HSM client needs its key first: PUT /client-key, and then the PIN.");

            assertProblem(putKey(service, "rubbish".getBytes(StandardCharsets.UTF_8)), 400,
                    "The body is not the PEM of a private key (PKCS #8, PKCS #1 or SEC 1).");
            assertProblem(putKey(service, foreignKey()), 400,
                    "The client key does not belong to the configured client certificate.");
            assertThat(home.clientKeyFile()).doesNotExist();
            assertThat(putKey(service, home.clientKey()).status()).isEqualTo(204);
            assertThat(home.clientKeyFile()).hasBinaryContent(home.clientKey());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.clientKeyFile())))
                .isEqualTo("rw-------");
            assertProblem(putKey(service, home.clientKey()), 400, "CLIENT KEY already present");

            assertProblem(service.send("GET", "/healthcheck", NO_HEADERS, new byte[0]), 503,
                    "This node is waiting for the PIN (PUT /hsm-pin).");
            assertProblem(service.putPin("operator:wrong"), 400, "PIN was not accepted");
            assertProblem(service.putPin("without-colon"), 400, "PIN was not accepted");
            assertProblem(service.send("PUT", "/hsm-pin", NO_HEADERS, "pin=1".getBytes(StandardCharsets.UTF_8)), 400,
                    "The body must be {\"pin\":\"…\"} with the PIN as a string that is not empty.");
            Answer accepted = service.putPin(home.pin());
            assertThat(accepted.status()).isEqualTo(204);
            assertThat(accepted.body()).isEmpty();
            assertProblem(service.putPin(home.pin()), 400, "PIN already present");
            assertProblem(service.putPin("operator:wrong"), 400, "PIN already present");
            assertThat(service.send("GET", "/healthcheck", NO_HEADERS, new byte[0]).status()).isEqualTo(204);
            assertThat(instance.generate("v").status()).isEqualTo(200);
            assertThat(home.serviceLog()).contains("node: waiting for the client key", "node: waiting for the PIN",
                    "node: ready");
        }
    }

    @Test
    void curlsOwnWayOfPuttingAFileIsTaken() {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            home.run("curl", "-sSf", "-X", "PUT", "-T", "operator.key",
                    "http://localhost:" + service.port() + "/client-key");

            assertThat(service.send("GET", "/healthcheck", NO_HEADERS, new byte[0]).text("detail")).contains("PIN");
        }
    }

    @Test
    void bodiesThatAreTooLargeAreRefused() {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            assertThat(putKey(service, new byte[64 * 1024 + 1]).status()).isEqualTo(413);
            assertThat(service.putPin("x".repeat(5000)).status()).isEqualTo(413);
        }
    }

    @Test
    void restartedNodeFindsItsClientKeyAndWaitsForThePinAlone() {
        try (ServiceProcess first = ServiceProcess.ready(home)) {
            first.kill();
        }
        try (ServiceProcess second = ServiceProcess.start(home)) {
            assertThat(second.send("GET", "/healthcheck", NO_HEADERS, new byte[0]).text("detail")).contains("PIN");
            assertThat(second.putPin(home.pin()).status()).isEqualTo(204);
        }
    }

    @Test
    void callerFromAnotherAddressIsRefusedWhateverAHeaderSays() {
        try (ServiceProcess service = ServiceProcess.startWithOtherAddress(home)) {
            for (String call : new String[]{"client-key", "hsm-pin"}) {
                String url = ":" + service.port() + "/" + call;
                for (String header : new String[]{"X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1",
                    "X-Real-IP: 127.0.0.1", "Host: localhost"}) {
                    assertThat(service.runBeside("curl", "-sS", "-X", "PUT", "-d", "{}", "-H", header, "-w",
                            " %{http_code}", "http://" + service.otherAddress() + url))
                        .endsWith(" 403")
                        .contains("Operator calls are taken from the node itself only");
                }
                assertThat(service.runBeside("curl", "-sS", "-X", "PUT", "-d", "{}", "-w", " %{http_code}",
                        "http://127.0.0.1" + url))
                    .doesNotEndWith(" 403");
            }
            assertThat(service.runBeside("curl", "-sS", "-w", " %{http_code}",
                    "http://" + service.otherAddress() + ":" + service.port() + "/healthcheck"))
                .endsWith(" 503");
        }
    }

    @Test
    void headersCannotBeMadeToCountBySettings() {
        assertThat(ServiceProcess.failedStart(home, "--server.forward-headers-strategy=native")).isNotZero();
        assertThat(home.serviceLog()).contains("server.forward-headers-strategy: must be none");
    }

    @Test
    void clientKeyMayNotLieOnADisk() {
        home.leaveSandbox();

        assertThat(ServiceProcess.failedStart(home, "--sovereign-keys.client-key-file=/etc/k")).isNotZero();
        assertThat(home.serviceLog()).contains("sovereign-keys.client-key-file: /etc is on ")
            .contains("the key may lie on tmpfs or ramfs only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"customers", "customer-keys", "audit"})
    void placeThatCannotBeUsedStopsTheStartAndIsNamed(String key) {
        assertThat(ServiceProcess.failedStart(home, "--sovereign-keys." + key + "=file:/proc/nowhere")).isNotZero();
        assertThat(home.serviceLog()).contains("sovereign-keys." + key + ": ")
            .contains("/proc/nowhere")
            .doesNotContain("\tat ");
    }

    private static Answer putKey(ServiceProcess service, byte[] body) {
        return service.send("PUT", "/client-key", NO_HEADERS, body);
    }

    private byte[] foreignKey() throws Exception {
        home.run("openssl", "genrsa", "-out", "foreign.key", "2048");
        return Files.readAllBytes(home.folder().resolve("foreign.key"));
    }

    private static void assertProblem(Answer answer, int status, String detail) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.text("detail")).isEqualTo(detail);
        assertThat(answer.text("message")).isEqualTo(detail);
    }
}
