/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.sandbox.RawHttp;
import org.sovereignkeys.sandbox.RawHttp.Answer;
import org.sovereignkeys.sandbox.SampleCallers;
import org.sovereignkeys.sandbox.network.Caller;
import org.sovereignkeys.sandbox.network.Doors;

import static java.util.regex.Matcher.quoteReplacement;
import static org.assertj.core.api.Assertions.assertThat;

/** The gateway before a service and an authorizer that do as they are told. */
class GatewayTest {
    private static final String INSTANCE = SampleCallers.FIRST.instanceId();
    private static final String DECRYPT = "/encryption/" + INSTANCE + "/decrypt-secret";
    private static final String ARN = "arn:aws:execute-api:eu-west-3:123456789012:sandbox000/v1/POST" + DECRYPT;
    private static final String AUTHORIZATION = "Authorization: any";

    private final List<String> passedOn = Collections.synchronizedList(new ArrayList<>());
    private final List<Headers> headersPassedOn = Collections.synchronizedList(new ArrayList<>());
    private final List<JsonNode> events = Collections.synchronizedList(new ArrayList<>());
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final CountDownLatch end = new CountDownLatch(1);
    private RequestStreamHandler authorizer = (event, answer, _) -> {
        JsonNode read = JsonMapper.shared().readTree(event.readAllBytes());
        events.add(read);
        answer.write(policy(read.path("methodArn").asString(), "10.42.0.41/32").getBytes(StandardCharsets.UTF_8));
    };
    private HttpServer service;
    private Doors doors;

    @BeforeEach
    void open() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        service.createContext("/", exchange -> {
            try (exchange) {
                passedOn.add(exchange.getRequestMethod() + ' ' + exchange.getRequestURI() + ' '
                        + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                headersPassedOn.add(exchange.getRequestHeaders());
                if (exchange.getRequestURI().toString().contains("convert")) {
                    end.await();
                }
                exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
                exchange.getResponseHeaders().set("Retry-After", "7");
                exchange.getResponseHeaders().set("X-Request-Id", "of-the-service");
                exchange.sendResponseHeaders(503, 4);
                exchange.getResponseBody().write("said".getBytes(StandardCharsets.UTF_8));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        service.start();
        doors = doors(Duration.ofSeconds(30));
    }

    private Doors doors(Duration timeOfTheService) throws IOException {
        URI url = URI.create("http://127.0.0.1:" + service.getAddress().getPort());
        Gateway gateway = new Gateway("eu-west-3", "123456789012",
                (event, answer, context) -> authorizer.handleRequest(event, answer, context), List.of(url),
                timeOfTheService, new PrintStream(log, true, StandardCharsets.UTF_8));
        return new Doors(SampleCallers.BOTH, 0, Caller::gatewayPort, gateway);
    }

    @AfterEach
    void close() {
        end.countDown();
        doors.close();
        service.stop(0);
    }

    private static String policy(String resource, String address) {
        return """
                {"principalId":"someone","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
                "Action":"execute-api:Invoke","Resource":["%s"],"Condition":{"IpAddress":{"aws:SourceIp":["%s"]}}}]}}"""
            .formatted(resource, address);
    }

    private Answer post(String path, String... headers) throws IOException {
        return RawHttp.to(doors.of(SampleCallers.FIRST)).send("POST /v1" + path, "{}", headers);
    }

    private static String message(Answer answer) {
        return JsonMapper.shared().readTree(answer.body()).path("message").asString("");
    }

    @Test
    void theAnswerOfTheServiceIsTheCallers() throws IOException {
        Answer answer = post(DECRYPT, AUTHORIZATION);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("said");
        assertThat(answer.header("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.header("Retry-After")).hasValue("7");
        assertThat(answer.header("X-Request-Id")).hasValue("of-the-service");
        assertThat(passedOn).containsExactly("POST /v1" + DECRYPT + " {}");
        assertThat(headersPassedOn.getFirst().getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(headersPassedOn.getFirst().get("x-sovereign-keys-request-id"))
            .isEqualTo(List.of(answer.header("x-amzn-RequestId").orElseThrow()));
    }

    @Test
    void theServiceHearsOfTheCallerFromTheGatewayAlone() throws IOException {
        post(DECRYPT, AUTHORIZATION, "x-amzn-vpc-id: vpc-0f0f0f0f", "X-AMZN-VPC-ID: vpc-0e0e0e0e",
                "X-Forwarded-For: 10.42.0.99", "x-forwarded-for: 10.42.0.98", "X-Real-IP: 10.42.0.97",
                "Forwarded: for=10.42.0.96", "X-Forwarded-Host: evil", "True-Client-IP: 10.42.0.95",
                "x-sovereign-keys-request-id: forged", "x-amz-security-token: forged", "X-Other: stays",
                "x_amzn_vpc_id: vpc-0d0d0d0d", "x-original-forwarded-for: 10.42.0.94", "x-remote-addr: 10.42.0.93",
                "X_Forwarded_For: 10.42.0.92", "REMOTE_ADDR: 10.42.0.91", "x_sovereign_keys_elapsed_ms: 1",
                "Connection: x-amzn-vpc-id, X-Forwarded-For");

        Headers headers = headersPassedOn.getFirst();
        assertThat(headers.get("x-amzn-vpc-id")).containsExactly(SampleCallers.FIRST.vpcId());
        assertThat(headers.get("X-Forwarded-For")).containsExactly("10.42.0.41");
        assertThat(headers.get("x-sovereign-keys-request-id")).hasSize(1).doesNotContain("forged");
        assertThat(headers.get("X-Other")).containsExactly("stays");
        assertThat(headers.keySet().stream().map(String::toLowerCase)).doesNotContain("x-real-ip", "forwarded",
                "x-forwarded-host", "true-client-ip", "x-amz-security-token", "x_amzn_vpc_id",
                "x-original-forwarded-for",
                "x-remote-addr", "x_forwarded_for", "remote_addr", "x_sovereign_keys_elapsed_ms");
    }

    @ParameterizedTest
    @CsvSource({"'{\"elapsed_ms\":\"12345\"}', 12345", "'{\"elapsed_ms\":\"0\"}', 0"})
    void theServiceHearsHowLongTheAuthorizerTook(String context, String elapsed) throws IOException {
        assertThat(elapsedWith(context)).isEqualTo(elapsed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{\"elapsed_ms\":\"123456\"}", "{\"elapsed_ms\":\"-1\"}",
        "{\"elapsed_ms\":\"\"}", "{\"elapsed_ms\":\"1\\n2\"}", "{\"elapsed_ms\":{}}"})
    void ofAnAuthorizerThatDoesNotSayHowLongItTookTheGatewaySaysIt(String context) throws IOException {
        assertThat(Integer.parseInt(elapsedWith(context))).isBetween(50, 10_000);
    }

    /** The time that the service hears of; the authorizer takes 50 ms in truth, and the caller says 77777. */
    private String elapsedWith(String context) throws IOException {
        authorizer = (_, answer, _) -> {
            LockSupport.parkUntil(System.currentTimeMillis() + 60);
            answer.write(
                    policy(ARN, "10.42.0.41/32").replaceFirst("\\{", "{\"context\":" + quoteReplacement(context) + ',')
                        .getBytes(StandardCharsets.UTF_8));
        };
        assertThat(post(DECRYPT, AUTHORIZATION, "X-Sovereign-Keys-Elapsed-Ms: 77777").body()).isEqualTo("said");
        List<String> values = headersPassedOn.getLast().getOrDefault("x-sovereign-keys-elapsed-ms", List.of());
        assertThat(values).hasSize(1);
        return values.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Other: a\u0001b", "X-Other: a\u0000b", "X-Other: a\u007fb", "X Other: any",
        "X\u0001: any"})
    void aHeaderThatHoldsWhatNoneMayIsNotPassedOn(String header) throws IOException {
        Answer answer = post(DECRYPT, AUTHORIZATION, header);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("\"forwarded\":true", "\"reason\":\"bug\"");
        assertThat(passedOn).isEmpty();
    }

    @Test
    void theLogSaysOfABadHeaderThatItWasOne() throws IOException {
        post(DECRYPT, AUTHORIZATION, "X-Other: a\u0001b");

        assertThat(log.toString(StandardCharsets.UTF_8)).contains("\"reason\":\"bad-header\"", "\"forwarded\":false");
    }

    @Test
    void theAuthorizerIsAskedAsApiGatewayAsks() throws IOException {
        post(DECRYPT, AUTHORIZATION, "x-amzn-vpc-id: vpc-0f0f0f0f");

        JsonNode event = events.getFirst();
        assertThat(event.path("type").asString()).isEqualTo("REQUEST");
        assertThat(event.path("methodArn").asString()).isEqualTo(ARN);
        assertThat(event.path("path").asString()).isEqualTo(DECRYPT);
        assertThat(event.path("resource").asString()).isEqualTo("/encryption/{InstanceId}/decrypt-secret");
        assertThat(event.path("pathParameters").path("InstanceId").asString()).isEqualTo(INSTANCE);
        JsonNode context = event.path("requestContext");
        assertThat(context.path("path").asString()).isEqualTo("/v1" + DECRYPT);
        assertThat(context.path("identity").path("vpcId").asString()).isEqualTo(SampleCallers.FIRST.vpcId());
        assertThat(context.path("identity").path("sourceIp").asString()).isEqualTo("10.42.0.41");
    }

    @Test
    void theEventOfARouteWithoutParameterHasNone() throws IOException {
        RawHttp.to(doors.of(SampleCallers.FIRST)).send("GET /v1/public-signing-key", "", AUTHORIZATION);

        assertThat(events.getFirst().path("pathParameters").isNull()).isTrue();
        assertThat(passedOn).containsExactly("GET /v1/public-signing-key ");
    }

    @Test
    void aSlashTooManyBehindTheStageIsAskedForAsItCameAndServed() throws IOException {
        assertThat(post('/' + DECRYPT, AUTHORIZATION).body()).isEqualTo("said");

        assertThat(events.getFirst().path("methodArn").asString()).isEqualTo(ARN.replace("POST/", "POST//"));
        assertThat(passedOn).containsExactly("POST /v1" + DECRYPT + " {}");
    }

    @Test
    void theAddressOfTheSocketTellsWhoCallsAtThePortOfAll() throws IOException {
        RawHttp all = RawHttp.to(doors.shared());
        assertThat(all.from("127.0.1.1").send("POST /v1" + DECRYPT, "{}", AUTHORIZATION).body()).isEqualTo("said");
        assertThat(all.from("127.0.1.2").send("POST /v1" + DECRYPT, "{}", AUTHORIZATION).status()).isEqualTo(403);
        assertThat(events.getLast().path("requestContext").path("identity").path("sourceIp").asString())
            .isEqualTo("10.42.0.42");

        Answer nobody = all.from("127.0.0.1").send("POST /v1" + DECRYPT, "{}", AUTHORIZATION);
        assertThat(nobody.status()).isEqualTo(403);
        assertThat(message(nobody)).contains("no instance of this sandbox calls from your address");
        JsonNode line = JsonMapper.shared()
            .readTree(log.toString(StandardCharsets.UTF_8).lines().toList().getLast());
        assertThat(line.path("request_id").asString("")).isEqualTo(nobody.header("x-amzn-RequestId").orElseThrow());
        assertThat(line.path("address").asString("")).isEqualTo("127.0.0.1");
        assertThat(line.path("reason").asString("")).isEqualTo("unknown-caller");
        assertThat(line.path("forwarded").asBoolean(true)).isFalse();
        assertThat(events).hasSize(2);
        assertThat(passedOn).hasSize(1);
    }

    @Test
    void aCallWithoutAuthorizationHeaderIsNotPutBeforeTheAuthorizer() throws IOException {
        for (String header : List.of("X-Other: any", "Authorization:", "Authorization:  ")) {
            Answer answer = post(DECRYPT, header);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body()).isEqualTo("{\"message\":\"Unauthorized\"}");
        }
        assertThat(events).isEmpty();
        assertThat(passedOn).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "/nope", "/public-signing-key", "/encryption", "/encryption//decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2", "/encryption/i-0c4f345c91e5cd4a2/", "/hsm-pin", "/client-key",
        "/encryption/i-0c4f345c91e5cd4a2/decrypt-secret/", "/encryption/i-0c4f345c91e5cd4a2/DECRYPT-SECRET",
        "/encryption/i-0c4f345c91e5cd4a2//decrypt-secret", "/encryption//i-0c4f345c91e5cd4a2/decrypt-secret",
        "///encryption/i-0c4f345c91e5cd4a2/decrypt-secret", "/ENCRYPTION/i-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2%2fdecrypt-secret", "/encryption/i-0c4f345c91e5cd4a2/decrypt%2dsecret",
        "/encryption/../encryption/i-0c4f345c91e5cd4a2/decrypt-secret", "/%2e%2e/hsm-pin", "/../hsm-pin",
        "/encryption/i-0c4f345c91e5cd4a2/decrypt-secret;x=1", "/./encryption/i-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/i-0aaaaaaaaaaaaaaaa/../i-0c4f345c91e5cd4a2/decrypt-secret"})
    void whatHasNoRouteIsRefusedByTheGatewayItself(String path) throws IOException {
        Answer answer = post(path, AUTHORIZATION);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(message(answer)).isEqualTo("Missing Authentication Token");
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("\"reason\":\"no-route\"", "\"forwarded\":false");
        assertThat(events).isEmpty();
        assertThat(passedOn).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /v1/encryption/i-0c4f345c91e5cd4a2/decrypt-secret", "PUT /v1/public-signing-key",
        "POST /v1/public-signing-key", "HEAD /v1/public-signing-key", "get /v1/public-signing-key",
        "GET /V1/public-signing-key", "GET //v1/public-signing-key", "GET /v2/public-signing-key",
        "GET /public-signing-key", "GET http://other/v1/public-signing-key", "PUT /hsm-pin", "PUT /client-key",
        "OPTIONS /v1/public-signing-key", "GET /healthcheck", "GET /v1%2fpublic-signing-key"})
    void anotherMethodOrStageHasNoRouteEither(String requestLine) throws IOException {
        Answer answer = RawHttp.to(doors.of(SampleCallers.FIRST)).send(requestLine, "", AUTHORIZATION);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(events).isEmpty();
        assertThat(passedOn).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"i-0C4F345C91E5CD4A2", "%69-0c4f345c91e5cd4a2", "..", "%2e%2e", "i-0c4f345c91e5cd4a2;x=1",
        "i-0c4f345c91e5cd4a2%2f..", "*", "%00", "%c3%28"})
    void whatAnInstanceIsCalledIsTheAuthorizersToJudge(String instanceId) throws IOException {
        post("/encryption/" + instanceId + "/generate-secret", AUTHORIZATION);

        assertThat(events.getFirst().path("path").asString())
            .isEqualTo("/encryption/" + instanceId + "/generate-secret");
    }

    @Test
    void whatTheAuthorizerRefusesIsUnauthorized() throws IOException {
        authorizer = (_, _, _) -> {
            throw new IllegalStateException("Unauthorized");
        };
        Answer answer = post(DECRYPT, AUTHORIZATION);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"message\":\"Unauthorized\"}");
        assertThat(passedOn).isEmpty();
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("\"reason\":\"unauthorized\"");
    }

    @Test
    void whatTheAuthorizerCannotCheckIsToBeTriedAgain() throws IOException {
        for (RuntimeException failure : List.of(new IllegalStateException("The caller cannot be checked now"),
                new IllegalStateException("unauthorized"), new IllegalStateException())) {
            authorizer = (_, _, _) -> {
                throw failure;
            };
            Answer answer = post(DECRYPT, AUTHORIZATION);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).hasValue("2");
            assertThat(message(answer)).isNotEmpty();
        }
        assertThat(passedOn).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "{}", "[]", "null", "{\"principalId\":\"someone\"}",
        "{\"principalId\":\"someone\",\"policyDocument\":{\"Statement\":[]}}",
        "{\"policyDocument\":{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}}"})
    void anAnswerThatIsNoPolicyAllowsNothing(String policy) throws IOException {
        authorizer = (_, answer, _) -> answer.write(policy.getBytes(StandardCharsets.UTF_8));

        assertThat(post(DECRYPT, AUTHORIZATION).status()).isEqualTo(503);
        assertThat(passedOn).isEmpty();
    }

    static Stream<String> policiesThatDoNotAllow() {
        String right = policy(ARN, "10.42.0.41/32");
        String statement = right.substring(right.indexOf("[{") + 1, right.lastIndexOf(']'));
        return Stream.of(policy(ARN + '/', "10.42.0.41/32"), policy(ARN.replace("decrypt", "*"), "10.42.0.41/32"),
                policy("*", "10.42.0.41/32"), policy(ARN, "10.42.0.42/32"), policy(ARN, "10.42.0.0/16"),
                policy(ARN, "0.0.0.0/0"), right.replace("Allow", "Deny"), right.replace("Allow", "allow"),
                right.replace("Invoke", "*"), right.replace("IpAddress", "NotIpAddress"),
                right.replace("aws:SourceIp", "aws:VpcSourceIp"),
                right.replace("\"Condition\":", "\"NoCondition\":"),
                right.replace("}}}]", "},\"Bool\":{\"aws:SecureTransport\":\"true\"}}}]"),
                right.replace("\"Resource\"", "\"NotResource\""),
                right.replace(statement, statement + ',' + statement.replace("Allow", "Deny")));
    }

    @ParameterizedTest
    @MethodSource("policiesThatDoNotAllow")
    void aPolicyThatDoesNotAllowJustThisAllowsNothing(String policy) throws IOException {
        authorizer = (_, answer, _) -> answer.write(policy.getBytes(StandardCharsets.UTF_8));

        Answer answer = post(DECRYPT, AUTHORIZATION);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(message(answer)).isEqualTo("User is not authorized to access this resource");
        assertThat(passedOn).isEmpty();
    }

    @Test
    void aBodyMayHaveTenMegabytes() throws IOException {
        RawHttp http = RawHttp.to(doors.of(SampleCallers.FIRST));
        String most = "x".repeat(10 << 20);

        assertThat(http.send("POST /v1" + DECRYPT, most, AUTHORIZATION).body()).isEqualTo("said");
        assertThat(http.send("POST /v1" + DECRYPT, most + 'x', AUTHORIZATION).status()).isEqualTo(413);
        assertThat(passedOn).hasSize(1);
    }

    @Test
    void aServiceThatTakesTooLongOrIsGoneIsToBeTriedAgain() throws IOException {
        doors.close();
        doors = doors(Duration.ofMillis(2_500));
        Answer late = post("/encryption/" + INSTANCE + "/convert-secret", AUTHORIZATION);
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.header("Retry-After")).isPresent();
        assertThat(message(late)).isEqualTo("Endpoint request timed out");

        end.countDown();
        service.stop(0);
        Answer gone = post(DECRYPT, AUTHORIZATION);
        assertThat(gone.status()).isEqualTo(503);
        assertThat(gone.header("Retry-After")).isPresent();
    }

    @Test
    void eachCallLeavesALine() throws IOException {
        post(DECRYPT, AUTHORIZATION);

        JsonNode line = JsonMapper.shared().readTree(log.toString(StandardCharsets.UTF_8));
        assertThat(line.path("caller").asString()).isEqualTo("first");
        assertThat(line.path("method").asString()).isEqualTo("POST");
        assertThat(line.path("path").asString()).isEqualTo("/v1" + DECRYPT);
        assertThat(line.path("status").asInt()).isEqualTo(503);
        assertThat(line.path("reason").asString()).isEqualTo("answered-by-service");
        assertThat(line.path("forwarded").asBoolean()).isTrue();
    }
}
