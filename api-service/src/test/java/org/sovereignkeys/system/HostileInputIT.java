/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What the world sends. After each test the service is well, and its log whole. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileInputIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> CALLS = List.of("generate-secret", "decrypt-secret", "convert-secret");

    @TempDir
    static Path folder;

    private ServiceProcess service;
    private Instance instance;
    private String sealed;

    @BeforeAll
    void start() {
        service = ServiceProcess.ready(ServiceHome.make(folder, "proteccio"));
        instance = Instance.of(service, ServiceHome.VPC);
        sealed = instance.generate("volume-1").text("encrypted_secret");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @AfterEach
    void serviceIsWellAndItsLogIsWhole() {
        assertThat(instance.decrypt("volume-1", sealed).status()).isEqualTo(200);
        AuditFolder log = new AuditFolder(service.home().logFolder());
        ServiceProcess.await("calls in flight", () -> log.isWhole(ServiceHome.VPC));
        List<JsonNode> entries = log.entries(ServiceHome.VPC);
        var key = instance.signingKey();
        assertThat(entries.subList(Math.max(0, entries.size() - 20), entries.size()))
            .allMatch(entry -> AuditFolder.verifies(key, entry));
        assertThat(service.home().serviceLog()).doesNotContain("a bug");
    }

    static Stream<Arguments> badMembers() {
        List<Arguments> cases = new ArrayList<>();
        for (String call : CALLS) {
            for (String member : members(call)) {
                for (Object value : new Object[]{null, 1, true, List.of("v"), Map.of("a", "v"), "", " ", "\n", "a\nb",
                    "ä",
                    "i-0c4f345c91e5cd4a2\n", "x".repeat(2000), "$(id)", "' or 1=1 --", "\u0000", "../..", "%2f"}) {
                    cases.add(Arguments.of(call, member, value));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("badMembers")
    void memberOfAnotherTypeOrFormIsNamedInA400(String call, String member, Object value) {
        Map<String, Object> members = new LinkedHashMap<>(goodMembers(call));
        members.put(member, value);

        assertBadParameters(instance.post(call, members), member);
    }

    static Stream<Arguments> allMembers() {
        return CALLS.stream().flatMap(call -> members(call).stream().map(member -> Arguments.of(call, member)));
    }

    @ParameterizedTest
    @MethodSource("allMembers")
    void missingMemberIsNamedInA400(String call, String member) {
        Map<String, Object> members = new LinkedHashMap<>(goodMembers(call));
        members.remove(member);

        assertBadParameters(instance.post(call, members), member);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"x\"", "{", "{\"volume_uuid\":", "\u0000", "<xml/>", "a=b", "{}{}"})
    void bodyThatIsNoObjectIsA400(String body) {
        for (String call : CALLS) {
            assertBadParameters(instance.postRaw(call, body), "body");
        }
    }

    @Test
    void memberThatIsThereTwiceIsA400() {
        String twice = JSON.writeValueAsString(goodMembers("decrypt-secret"))
            .replaceFirst("\\{",
                    "{\"volume_uuid\":\"volume-2\",");

        assertBadParameters(instance.postRaw("decrypt-secret", twice), "once");
    }

    @Test
    void deepJsonIsA400() {
        String deep = "[".repeat(30_000) + "]".repeat(30_000);

        assertBadParameters(instance.postRaw("decrypt-secret", "{\"x\":" + deep + "}"), "body");
    }

    @Test
    void bodyThatNamesAnotherVpcInstanceOrAddressChangesNothing() {
        Map<String, Object> members = new LinkedHashMap<>(goodMembers("decrypt-secret"));
        members.put("vpc_id", ServiceHome.OTHER_VPC);
        members.put("x-amzn-vpc-id", ServiceHome.OTHER_VPC);
        members.put("instance_id", "i-0aaaaaaaaaaaaaaa1");
        members.put("source_ip", "8.8.8.8");

        assertThat(instance.post("decrypt-secret", members).status()).isEqualTo(200);
        JsonNode entry = new AuditFolder(service.home().logFolder()).entries(ServiceHome.VPC).getLast();
        assertThat(entry.get("vpc_id").asString()).isEqualTo(ServiceHome.VPC);
        assertThat(entry.get("caller").get("id").asString()).isEqualTo(instance.id());
        assertThat(entry.get("caller").get("ip").asString()).isEqualTo("10.42.0.41");
        assertThat(new AuditFolder(service.home().logFolder()).entries(ServiceHome.OTHER_VPC)).isEmpty();
    }

    @Test
    void blobCutAtAnyLengthDoesNotOpen() {
        byte[] blob = Base64.getDecoder().decode(sealed);
        for (int length = 1; length < blob.length; length++) {
            assertWrongSecret(decrypt(Arrays.copyOf(blob, length)));
        }
        assertWrongSecret(decrypt(Arrays.copyOf(blob, 93)));
        assertWrongSecret(decrypt(Arrays.copyOf(blob, 700)));
    }

    @Test
    void blobWithAnyByteFlippedDoesNotOpen() {
        byte[] blob = Base64.getDecoder().decode(sealed);
        for (int i = 0; i < blob.length; i++) {
            byte[] flipped = blob.clone();
            flipped[i] ^= 1;
            assertWrongSecret(decrypt(flipped));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "====", "QQ=", "QUJD\n", "QUJD QUJD", "Q=Q=", "_-_-"})
    void brokenBase64IsA400(String text) {
        Map<String, Object> members = new LinkedHashMap<>(goodMembers("decrypt-secret"));
        members.put("encrypted_secret", text);

        assertThat(instance.post("decrypt-secret", members).status()).isEqualTo(400);
    }

    @Test
    void rsaKeysThatWeDoNotTakeAreA400() {
        String small = instanceKey("openssl genrsa 2048 2>/dev/null | openssl pkey -pubout -outform DER | base64 -w0");
        String exponent = instanceKey(
                "openssl genrsa -3 3072 2>/dev/null | openssl pkey -pubout -outform DER | base64 -w0");
        String curve = instanceKey(
                "openssl ecparam -genkey -name secp384r1 | openssl pkey -pubout -outform DER | base64 -w0");
        String trailing = instanceKey(
                "(openssl genrsa 3072 2>/dev/null | openssl pkey -pubout -outform DER; echo x) | base64 -w0");
        for (String key : List.of(small, exponent, curve, trailing, "QUJD")) {
            Answer answer = instance.post("generate-secret", Map.of("volume_uuid", "v", "rsa_wrapping_key", key));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text("detail")).isEqualTo("Invalid RSA pub key");
            assertThat(answer.text("reason")).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"i-", "i-0c4f345c91e5cd4a2%0a", "..%2f..", "i-0C4F345C91E5CD4A2", "i-0c4f345c91e5cd4a2;x=1",
        "%00", "i-0c4f345c91e5cd4a2%20", "i-0123abcd%3bx"})
    void oddInstanceInThePathNeverReachesTheHsm(String id) throws IOException {
        int status = statusOf(raw("POST /v1/encryption/" + id + "/generate-secret HTTP/1.1", identityHeaders(), "{}"));

        assertThat(status).isIn(400, 404);
    }

    @Test
    void headersThatDoNotNameOneVpcAndAnAddressAreA403() throws IOException {
        String vpc = "x-amzn-vpc-id: " + ServiceHome.VPC;
        String address = "X-Forwarded-For: 10.0.0.1";
        for (List<String> headers : List.of(List.<String>of(), List.of(vpc), List.of(address),
                List.of(vpc, vpc, address),
                List.of("x-amzn-vpc-id: " + ServiceHome.VPC + "," + ServiceHome.OTHER_VPC, address),
                List.of("x-amzn-vpc-id: VPC-0B1E8A8E776A87423", address),
                List.of("x-amzn-vpc-id: vpc-0ddddddd", address),
                List.of(vpc, "X-Forwarded-For: 10.0.0.1, evil"), List.of(vpc, "X-Forwarded-For: 10.0.0.256"),
                List.of(vpc, "X-Forwarded-For:"), List.of(vpc, "X-Forwarded-For: 10.0.0.1,"))) {
            String answer = raw("GET /v1/public-signing-key HTTP/1.1", headers, "");
            assertThat(statusOf(answer)).as(headers + answer).isEqualTo(403);
            assertThat(answer).contains("application/problem+json");
        }
    }

    @Test
    void onlyTheLastForwardedAddressCounts() throws IOException {
        raw("POST /v1/encryption/" + instance.id() + "/generate-secret HTTP/1.1",
                List.of("x-amzn-vpc-id: " + ServiceHome.VPC, "X-Forwarded-For: 6.6.6.6",
                        "X-Forwarded-For: 7.7.7.7, 10.1.2.3",
                        "Content-Type: application/json"),
                "{}");

        assertThat(new AuditFolder(service.home().logFolder()).entries(ServiceHome.VPC)
            .getLast()
            .get("caller")
            .get("ip")
            .asString()).isEqualTo("10.1.2.3");
    }

    @Test
    void otherMethodsPathsTypesAndSizesAreToldApart() {
        String path = "/v1/encryption/" + instance.id() + "/generate-secret";
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        Map<String, String> plain = new LinkedHashMap<>(instance.identity());
        plain.put("Content-Type", "text/plain");

        assertProblem(service.send("GET", path, instance.identity(), new byte[0]), 405, "POST");
        assertProblem(service.send("POST", "/v1/encryption/x/unknown", instance.identity(), body), 404, "/v1");
        assertProblem(service.send("POST", path, plain, body), 415, "application/json");
        assertProblem(service.send("POST", path, instance.identity(), new byte[64 * 1024 + 1]), 413, "65536");
        assertProblem(service.send("DELETE", "/client-key", Map.of(), new byte[0]), 405, "PUT");
        assertProblem(service.send("GET", "/error", Map.of(), new byte[0]), 404, "path");
    }

    @Test
    void pathParametersAreRefusedAndReachNobody() throws IOException {
        int before = new AuditFolder(service.home().logFolder()).entries(ServiceHome.VPC).size();
        for (String path : List.of("/v1/encryption/" + instance.id() + ";x=1/generate-secret",
                "/v1/encryption/" + instance.id() + "/generate-secret;jsessionid=1", "/v1;a/public-signing-key")) {
            String answer = raw("POST " + path + " HTTP/1.1", identityHeaders(), "{}");
            assertThat(statusOf(answer)).isEqualTo(404);
            assertThat(answer).contains("application/problem+json", "X-Request-Id: ");
        }
        assertThat(new AuditFolder(service.home().logFolder()).entries(ServiceHome.VPC)).hasSize(before);
    }

    @Test
    void aFormIsNoJsonAndIsNotReadAsAForm() {
        Map<String, String> form = new LinkedHashMap<>(instance.identity());
        form.put("Content-Type", "multipart/form-data"); // no boundary: it could not be read
        byte[] body = JSON.writeValueAsString(goodMembers("generate-secret")).getBytes(StandardCharsets.UTF_8);

        assertProblem(service.send("POST", "/v1/encryption/" + instance.id() + "/generate-secret", form, body), 415,
                "application/json");
        assertThat(service.send("GET", "/v1/public-signing-key", form, new byte[0]).status()).isEqualTo(200);
        assertProblem(service.send("PUT", "/client-key", form, service.home().clientKey()), 400,
                "CLIENT KEY already present");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "*/*", "nonsense"})
    void answerIsJsonWhateverIsAccepted(String accept) {
        Map<String, String> headers = new LinkedHashMap<>(instance.identity());
        headers.put("Accept", accept);

        Answer answer = service.send("POST", "/v1/encryption/" + instance.id() + "/generate-secret", headers,
                JSON.writeValueAsString(goodMembers("generate-secret")).getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void brokenChunkIsA400WithItsEntry() throws IOException {
        int before = new AuditFolder(service.home().logFolder()).entries(ServiceHome.VPC).size();

        String answer = raw("POST /v1/encryption/" + instance.id() + "/generate-secret HTTP/1.1",
                Stream.concat(identityHeaders().stream(), Stream.of("Transfer-Encoding: chunked")).toList(), "zz\r\n");

        assertThat(statusOf(answer)).isEqualTo(400);
        assertThat(answer).contains("check its path, its headers and its transfer encoding"); // the web server's words
        assertThat(new AuditFolder(service.home().logFolder()).entries(ServiceHome.VPC)).hasSize(before + 1);
    }

    @Test
    void bodyThatTricklesInIsCutOff() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(5_000);
            var out = socket.getOutputStream();
            out.write(("POST /v1/encryption/" + instance.id() + "/generate-secret HTTP/1.1\r\nHost: localhost\r\n"
                    + String.join("\r\n", identityHeaders()) + "\r\nContent-Length: 1000\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 12; i++) {
                out.write('x');
                Thread.sleep(1000);
            }

            assertThat(statusOf(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)))
                .isEqualTo(408);
        }
    }

    @Test
    void methodsThatNobodyNeedsAreRefusedWithThoseThatAreOffered() throws IOException {
        for (String method : List.of("OPTIONS", "TRACE", "PROPFIND", "QUERY", "get")) {
            String answer = raw(method + " /v1/public-signing-key HTTP/1.1", identityHeaders(), "");
            assertThat(statusOf(answer)).as(method).isEqualTo(405);
            assertThat(answer).as(method).containsPattern("\r\nAllow: [A-Z, ]*GET");
        }
    }

    @Test
    void mistakesInTheTransferAreTheCallersAndSaidSo() throws IOException {
        String path = "POST /v1/encryption/" + instance.id() + "/generate-secret HTTP/1.1";
        for (String header : List.of("Transfer-Encoding: rot13", "Expect: the-unexpected")) {
            String answer = raw(path, Stream.concat(identityHeaders().stream(), Stream.of(header)).toList(), "{}");
            assertThat(statusOf(answer)).isIn(400, 417);
            assertThat(answer).contains("application/problem+json", "X-Request-Id: ").doesNotContain("unexpectedly");
        }
    }

    @Test
    void bodyWithoutAnnouncedLengthIsCutOffAtTheLimit() throws IOException {
        String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";

        String answer = raw("POST /v1/encryption/" + instance.id() + "/generate-secret HTTP/1.1",
                Stream.concat(identityHeaders().stream(), Stream.of("Transfer-Encoding: chunked")).toList(),
                chunk + chunk + chunk + "0\r\n\r\n");

        assertThat(statusOf(answer)).isEqualTo(413);
    }

    @Test
    void whatIsNoHttpIsAnsweredAsAProblem() throws IOException {
        for (String line : List.of("GET /v1/%zz HTTP/1.1", "GET /\\ HTTP/1.1", "GET /v1/public-signing-key HTTP/9.9",
                "GET /v1/{x} HTTP/1.1", "GET /" + "x".repeat(20_000) + " HTTP/1.1")) {
            String answer = raw(line, List.of(), "");
            assertThat(statusOf(answer)).as(line).isBetween(400, 505);
            assertThat(answer).doesNotContain("Tomcat", "Exception");
        }
    }

    @Test
    void callerThatGoesAwayMidwayHarmsNobody() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
                socket.getOutputStream()
                    .write(("POST /v1/encryption/" + instance.id() + "/generate-secret HTTP/1.1\r\n"
                            + "Host: localhost\r\nContent-Type: application/json\r\nx-amzn-vpc-id: " + ServiceHome.VPC
                            + "\r\n"
                            + "X-Forwarded-For: 10.0.0.1\r\nContent-Length: 1000\r\n\r\n{")
                        .getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private Answer decrypt(byte[] blob) {
        return instance.decrypt("volume-1", Base64.getEncoder().encodeToString(blob));
    }

    private static void assertWrongSecret(Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("detail")).isEqualTo("Wrapped secret and/or context are incorrect");
    }

    private static void assertBadParameters(Answer answer, String named) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.text("detail")).startsWith("Bad parameters: ")
            .contains(named)
            .isEqualTo(answer.text("message"));
    }

    private static void assertProblem(Answer answer, int status, String hint) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.text("detail")).contains(hint).isEqualTo(answer.text("message"));
    }

    private Map<String, Object> goodMembers(String call) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (String member : members(call)) {
            members.put(member, switch (member) {
                case "volume_uuid" -> "volume-1";
                case "rsa_wrapping_key" -> Instance.rsaKey();
                case "encrypted_secret" -> sealed;
                default -> instance.id();
            });
        }
        return members;
    }

    private static List<String> members(String call) {
        return switch (call) {
            case "generate-secret" -> List.of("volume_uuid", "rsa_wrapping_key");
            case "decrypt-secret" -> List.of("volume_uuid", "rsa_wrapping_key", "encrypted_secret");
            default -> List.of("volume_uuid", "source_instance_id", "encrypted_secret");
        };
    }

    private String instanceKey(String command) {
        return service.home().run("sh", "-c", command).strip();
    }

    private List<String> identityHeaders() {
        return List.of("x-amzn-vpc-id: " + ServiceHome.VPC, "X-Forwarded-For: 10.0.0.1",
                "Content-Type: application/json");
    }

    private String raw(String requestLine, List<String> headers, String body) throws IOException {
        boolean chunked = headers.contains("Transfer-Encoding: chunked");
        StringBuilder request = new StringBuilder(requestLine).append("\r\nHost: localhost\r\nConnection: close\r\n");
        headers.forEach(header -> request.append(header).append("\r\n"));
        if (!chunked) {
            request.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        request.append("\r\n").append(body);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static int statusOf(String answer) {
        assertThat(answer).startsWith("HTTP/1.1 ");
        return Integer.parseInt(answer.substring(9, 12));
    }
}
