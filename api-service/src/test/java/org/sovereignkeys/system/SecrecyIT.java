/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.aws.AwsServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Everything at TRACE: no PIN, no client key and no secret is in the log, or on the disk outside the key file. */
class SecrecyIT {
    private static final String CANARY = "canary-in-a-request-id";

    @TempDir
    Path folder;

    @Test
    void logAtTraceHoldsTheCanaryAndNoSecret() throws IOException {
        ServiceHome home = ServiceHome.make(folder.resolve("home"), "cloudhsm", "operator:S3cr3t-P1N-4711");
        List<byte[]> secrets = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.start(home, "--logging.level.root=TRACE",
                "--logging.level.org.springframework=TRACE", "--logging.level.org.apache=TRACE",
                "--logging.level.web=TRACE",
                "--logging.level.org.sovereignkeys=TRACE", "--spring.mvc.log-request-details=true")) {
            service.send("PUT", "/client-key", Map.of("x-sovereign-keys-request-id", CANARY), home.clientKey());
            service.putPin("operator:S3cr3t-but-wrong");
            service.giveSecrets();
            Instance instance = Instance.of(service, ServiceHome.VPC);
            for (int i = 0; i < 20; i++) {
                Answer generated = instance.generate("volume-" + i);
                secrets.add(Base64.getDecoder().decode(Instance.open(generated.text("wrapped_secret"))));
                instance.decrypt("volume-" + i, generated.text("encrypted_secret"));
                instance.decrypt("other", generated.text("encrypted_secret"));
                instance.convert("volume-" + i, generated.text("encrypted_secret"), instance.id());
            }
            home.misbehave("device gone\n");
            ServiceProcess.await("away", () -> instance.generate("v").status() == 503);
            home.misbehave("");
            ServiceProcess.await("back", () -> instance.generate("v").status() == 200);
            service.send("PUT", "/hsm-pin", Map.of(), "{\"pin\":\"S3cr3t-but-cut".getBytes(StandardCharsets.UTF_8));
            service.stop();
        }
        String log = home.serviceLog().toLowerCase(Locale.ROOT);

        assertThat(log).contains(CANARY).contains("c_login returned ckr_pin_incorrect");
        assertThat(log).doesNotContain("received ["); // what the web server writes at TRACE: whole requests
        assertThat(found(log, "S3cr3t".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(found(log, "S3cr3t-P1N-4711".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(found(log, keyMaterial(home.clientKey()))).isEmpty();
        assertThat(log).doesNotContain("begin private key");
        for (byte[] secret : secrets) {
            assertThat(found(log, secret)).isEmpty();
        }
        assertThat(found(log, CANARY.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
    }

    /** The web server quotes the first request of a process that it cannot parse: each gets a process of its own. */
    @ParameterizedTest
    @ValueSource(strings = {
        "PUT /hsm-pin HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n{\"pin\":\"user:S3cr3t-1\"}\r\n\r\n",
        "GET /healthcheck HTTP/1.1\r\nHost: x\r\nAuthorization: S3cr3t-2\u0000\r\n\r\n",
        "GET /healthcheck?S3cr3t-3=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /v1/encryption/i-00000001/generate-secret HTTP/1.1\r\nHost: x\r\nContent-Type: S3cr3t-4\r\n\r\n"})
    void requestThatCannotBeReadIsNotQuoted(String request) throws IOException {
        ServiceHome home = ServiceHome.make(folder.resolve("home"), "proteccio");
        try (ServiceProcess service = ServiceProcess.start(home, "--logging.level.root=TRACE",
                "--spring.mvc.log-resolved-exception=true");
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 ");
            service.stop();
        }

        assertThat(home.serviceLog()).contains("Started").doesNotContain("S3cr3t");
    }

    @Test
    void diskHoldsTheClientKeyInItsFileAloneAndNothingElse() throws IOException {
        ServiceHome home = ServiceHome.make(folder.resolve("home"), "proteccio", "S3cr3t-P1N-4711");
        List<byte[]> wanted = new ArrayList<>(List.of("S3cr3t-P1N-4711".getBytes(StandardCharsets.UTF_8)));
        try (ServiceProcess service = ServiceProcess.ready(home)) {
            Answer generated = Instance.of(service, ServiceHome.VPC).generate("volume-1");
            wanted.add(Base64.getDecoder().decode(Instance.open(generated.text("wrapped_secret"))));
            service.kill();
        }
        wanted.add(keyMaterial(home.clientKey()));
        Files.delete(home.folder().resolve("operator.key"));

        assertThat(filesThatHold(home.folder(), wanted)).containsExactly(home.clientKeyFile());
    }

    /** Over plain HTTP the network shows PIN and key: the search would find them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nodesAndEtcdShowNoSecretAnywhereButInRam(boolean tls) throws Exception {
        AwsServer.moto(); // installs it, where the network is, if that was not done yet
        RecordedCluster cluster = RecordedCluster.live(folder, tls);
        byte[] pin = RecordedCluster.PIN.getBytes(StandardCharsets.UTF_8);
        byte[] wrongPin = RecordedCluster.WRONG_PIN.getBytes(StandardCharsets.UTF_8);
        byte[] key = keyMaterial(Files.readAllBytes(cluster.clientKey()));
        for (Path node : cluster.nodeFolders()) {
            Files.delete(node.resolve("operator.key"));
        }
        List<Path> holding = filesThatHold(folder, List.of(pin, key));
        List<Path> logs = filesThatHold(folder, List.of(RecordedCluster.CANARY.getBytes(StandardCharsets.UTF_8)));
        Path traffic = cluster.traffic();
        Path etcdData = cluster.etcdFolder().resolve("data");

        assertThat(filesThatHold(traffic, List.of(RecordedCluster.CANARY_ON_THE_WIRE.getBytes(StandardCharsets.UTF_8))))
            .hasSize(1);
        assertThat(filesThatHold(traffic, List.of(pin)).isEmpty()).isEqualTo(tls);
        assertThat(filesThatHold(traffic, List.of(key)).isEmpty()).isEqualTo(tls);
        assertThat(logs).contains(cluster.etcdFolder().resolve("etcd.log"))
            .containsAll(cluster.nodeFolders().stream().map(node -> node.resolve("service.log")).toList());
        assertThat(holding).filteredOn(file -> file.startsWith(etcdData)).isNotEmpty();
        assertThat(holding).filteredOn(file -> !file.startsWith(etcdData) && !file.startsWith(traffic))
            .containsExactlyInAnyOrderElementsOf(
                    cluster.nodeFolders().stream().map(node -> node.resolve("ram/client.key")).toList());
        assertThat(filesThatHold(folder, List.of(wrongPin))).isEmpty();
    }

    @Test
    void searchFindsASecretHoweverItIsWritten() {
        byte[] secret = HexFormat.of().parseHex("00ff0a17e2b5c390418f6dd27a5be14c");
        byte[] embedded = HexFormat.of().parseHex("c0de" + "00ff0a17e2b5c390418f6dd27a5be14c" + "cafe01");

        for (String leak : List.of("key=00FF0A17E2B5C390418F6DD27A5BE14C!",
                "00:ff:0a:17:e2:b5:c3:90:41:8f:6d:d2:7a:5b:e1:4c", Base64.getEncoder().encodeToString(secret),
                Base64.getEncoder().encodeToString(embedded),
                "<" + new String(secret, StandardCharsets.ISO_8859_1) + ">")) {
            assertThat(found(leak.toLowerCase(Locale.ROOT), secret)).as(leak).isNotEmpty();
        }
        assertThat(found("key=00ff0a17e2b5c390418f6dd27a5be14d", secret)).isEmpty();
    }

    /** The forms of the bytes that are in the text: raw, hex or base64 (at any of its three alignments), in any case. */
    private static List<String> found(String lowerCaseText, byte[] bytes) {
        return forms(bytes).stream()
            .map(form -> form.toLowerCase(Locale.ROOT))
            .filter(lowerCaseText::contains)
            .toList();
    }

    private static List<String> forms(byte[] bytes) {
        List<String> forms = new ArrayList<>();
        forms.add(new String(bytes, StandardCharsets.ISO_8859_1));
        forms.add(HexFormat.of().formatHex(bytes));
        forms.add(HexFormat.ofDelimiter(":").formatHex(bytes));
        forms.add(HexFormat.ofDelimiter(", ").formatHex(bytes));
        for (int shift = 0; shift < 3; shift++) {
            byte[] shifted = new byte[bytes.length + shift];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            String base64 = Base64.getEncoder().encodeToString(shifted);
            forms.add(base64.substring(shift == 0 ? 0 : 4, base64.length() - 4));
        }
        return forms;
    }

    /** A run of bytes out of the middle of the client key. */
    private static byte[] keyMaterial(byte[] clientKey) {
        String pem = new String(clientKey, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
        byte[] der = Base64.getDecoder().decode(pem);
        return java.util.Arrays.copyOfRange(der, 300, 330);
    }

    private static List<Path> filesThatHold(Path top, List<byte[]> wanted) throws IOException {
        List<Path> holding = new ArrayList<>();
        try (Stream<Path> files = Files.walk(top)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                String joined = text.replace("\n", ""); // PEM breaks its lines
                if (wanted.stream()
                    .anyMatch(bytes -> !found(text, bytes).isEmpty() || !found(joined, bytes).isEmpty())) {
                    holding.add(file);
                }
            }
        }
        return holding;
    }
}
