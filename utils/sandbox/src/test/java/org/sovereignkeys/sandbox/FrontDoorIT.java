/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.sandbox.RawHttp.Answer;
import org.sovereignkeys.sandbox.RunningSandbox.Instance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who gets through the front door, and who does not: the real authorizer behind the gateway, before the real service.
 * Whoever is refused is so before the service hears of it, with the reason in a log.
 */
class FrontDoorIT {
    private static final String MISSING = "i-0bbbbbbbbbbbbbbbb";

    private static RunningSandbox sandbox;
    private static Instance web;

    @BeforeAll
    static void up() throws IOException, InterruptedException {
        sandbox = RunningSandbox.up("--brief");
        web = sandbox.instance("web");
    }

    @AfterAll
    static void down() throws IOException {
        sandbox.close();
    }

    @FunctionalInterface
    private interface Attempt {
        Answer make() throws IOException;
    }

    /** An attempt that the authorizer refuses. */
    private static void assertRefused(String reason, Attempt attempt) throws IOException, InterruptedException {
        Answer answer = assertNotForwarded(attempt);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"message\":\"Unauthorized\"}");
        JsonNode decision = sandbox.lineOf(answer.header("x-amzn-RequestId").orElseThrow(), "authorizer.log");
        assertThat(decision.path("decision").asString("")).isEqualTo("refuse");
        assertThat(decision.path("reason").asString("")).isEqualTo(reason);
    }

    /** Why the gateway answered by itself. */
    private static void assertReason(String reason, Answer answer) throws IOException {
        JsonNode line = sandbox.lineOf(answer.header("x-amzn-RequestId").orElseThrow(), "gateway.log");
        assertThat(line.path("reason").asString("")).isEqualTo(reason);
    }

    private static Answer assertNotForwarded(Attempt attempt) throws IOException, InterruptedException {
        long served = sandbox.callsServed();
        long forwarded = sandbox.callsForwarded();
        Answer answer = attempt.make();
        assertThat(sandbox.callsForwarded()).isEqualTo(forwarded);
        assertThat(sandbox.callsServed()).isEqualTo(served);
        return answer;
    }

    /** An attempt of someone who may: the service answers, and counts it. */
    private static Answer assertServed(int status, Attempt attempt) throws IOException, InterruptedException {
        long served = sandbox.callsServed();
        long forwarded = sandbox.callsForwarded();
        Answer answer = attempt.make();
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(sandbox.callsForwarded()).isEqualTo(forwarded + 1);
        assertThat(sandbox.callsServed()).isEqualTo(served + 1);
        return answer;
    }

    @Test
    void anInstanceHasItsSecretMadeOpenedAndConverted() throws IOException, InterruptedException {
        ProcessBuilder test = new ProcessBuilder(SandboxScript.file("utils/functional-testing.sh").toString(),
                web.gateway().toString())
            .redirectErrorStream(true);
        test.environment()
            .putAll(Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", web.metadata().toString(), "no_proxy", "127.0.0.1"));
        Process process = test.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains(web.id()).endsWith("TEST SUCCEED\n");
    }

    @Test
    void anInstanceThatIsJustStartingIsServed() throws IOException, InterruptedException {
        Instance starting = sandbox.instance("starting");

        assertThat(assertServed(400, () -> starting.askFor(starting.id())).body()).contains("Bad parameters");
    }

    @Test
    void anInstanceIsKnownByItsAddressAtThePortsOfAll() throws IOException, InterruptedException {
        RawHttp gateway = RawHttp.to(URI.create(sandbox.member("gateway")));
        String call = "POST /v1/encryption/" + web.id() + "/decrypt-secret";

        assertServed(400, () -> gateway.from(web.address()).send(call, "{}", "Authorization: any"));
        assertRefused("address-of-another",
                () -> gateway.from(sandbox.instance("database").address()).send(call, "{}", "Authorization: any"));
        Answer nobody = assertNotForwarded(() -> gateway.send(call, "{}", "Authorization: any"));
        assertThat(nobody.status()).isEqualTo(403);
        assertReason("unknown-caller", nobody);
    }

    @Test
    void aSlashTooManyDirectlyBehindTheStageIsServed() throws IOException, InterruptedException {
        assertServed(200, () -> web.call("GET /v1//public-signing-key", ""));
        assertServed(400, () -> web.call("POST /v1//encryption/" + web.id() + "/decrypt-secret", "{}"));
    }

    @Test
    void aVpcWithoutRoleReadsTheSigningKeyAndNoMore() throws IOException, InterruptedException {
        Instance own = sandbox.instance("own");

        assertServed(200, () -> own.call("GET /v1/public-signing-key", ""));
        assertRefused("vpc-may-only-read", () -> own.askFor(own.id()));
        assertRefused("vpc-may-only-read", () -> own.askFor(web.id()));
    }

    @Test
    void theSameAddressInAnotherVpcIsAnother() throws IOException, InterruptedException {
        Instance neighbour = sandbox.instance("neighbour");
        assertThat(neighbour.privateIp()).isEqualTo(web.privateIp());

        assertRefused("instance-in-other-vpc", () -> neighbour.askFor(web.id()));
        assertServed(400, () -> neighbour.askFor(neighbour.id()));
    }

    @Test
    void anotherInstanceOfTheSameVpcIsAnother() throws IOException, InterruptedException {
        Instance database = sandbox.instance("database");

        assertRefused("address-of-another", () -> database.askFor(web.id()));
        assertRefused("address-of-another", () -> web.askFor(database.id()));
        assertServed(400, () -> database.askFor(database.id()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"terminated", "stopped"})
    void anInstanceThatDoesNotRunIsRefused(String name) throws IOException, InterruptedException {
        Instance gone = sandbox.instance(name);

        assertRefused("instance-not-running", () -> gone.askFor(gone.id()));
        assertRefused("instance-not-running", () -> web.askFor(gone.id()));
    }

    @Test
    void anInstanceThatNeverWasIsRefused() throws IOException, InterruptedException {
        assertRefused("instance-unknown", () -> web.askFor(MISSING));
        assertRefused("instance-unknown", () -> web.askFor("i-0bbbbbbb"));
        assertRefused("instance-unknown", () -> web.askFor(sandbox.instance("stranger").id()));
    }

    @Test
    void aVpcThatIsNotRegisteredGetsNothing() throws IOException, InterruptedException {
        Instance stranger = sandbox.instance("stranger");

        assertRefused("vpc-not-registered", () -> stranger.askFor(stranger.id()));
        assertRefused("vpc-not-registered", () -> stranger.askFor(web.id()));
        assertRefused("vpc-not-registered", () -> stranger.call("GET /v1/public-signing-key", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"role-gone", "other-external-id"})
    void whereTheCustomersRoleLetsUsNotInNobodyIsTrusted(String name) throws IOException, InterruptedException {
        Instance lockedOut = sandbox.instance(name);

        assertRefused("role-not-assumable", () -> lockedOut.askFor(lockedOut.id()));
        assertServed(200, () -> lockedOut.call("GET /v1/public-signing-key", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For: %2$s", "x-amzn-vpc-id: %1$s", "X-Real-IP: %2$s",
        "Forwarded: for=%2$s", "True-Client-IP: %2$s", "X-Forwarded-For: %2$s\r\nx-amzn-vpc-id: %1$s",
        "X-Forwarded-For: %2$s, %2$s\r\nX-Forwarded-For: %2$s", "Connection: close, x-amzn-vpc-id, X-Forwarded-For",
        "X-Amzn-Vpc-Id: %1$s\r\nX-FORWARDED-FOR: %2$s", " x-amzn-vpc-id: %1$s", "x_amzn_vpc_id: %1$s",
        "x-amzn-vpc-id: %1$s\r\nX-AMZN-VPC-ID: %1$s\r\nx-amzn-vpc-id: %1$s", "X_Forwarded_For: %2$s",
        "x-original-forwarded-for: %2$s", "x-remote-addr: %2$s", "X-Client-IP: %2$s", "x-sovereign-keys-elapsed-ms: 0"})
    void noHeaderMakesOneCallerAnother(String form) throws IOException, InterruptedException {
        String headers = form.formatted(web.vpcId(), web.privateIp());

        assertRefused("address-of-another", () -> sandbox.instance("database").askFor(web.id(), headers));
        assertRefused("instance-in-other-vpc", () -> sandbox.instance("neighbour").askFor(web.id(), headers));
        assertRefused("vpc-not-registered", () -> sandbox.instance("stranger").askFor(web.id(), headers));
        for (String name : List.of("database", "neighbour")) {
            Instance allowed = sandbox.instance(name);
            String others = form.formatted(sandbox.instance("stranger").vpcId(), "10.42.0.99");
            assertServed(400, () -> allowed.askFor(allowed.id(), others));
            assertIsOf(allowed, lastEntryOf(allowed.vpcId()));
        }
    }

    /** That an entry of the audit log names an instance as the network knows it. */
    private static void assertIsOf(Instance instance, JsonNode entry) {
        assertThat(entry.path("vpc_id").asString()).isEqualTo(instance.vpcId());
        assertThat(entry.path("caller").path("id").asString()).isEqualTo(instance.id());
        assertThat(entry.path("caller").path("ip").asString()).isEqualTo(instance.privateIp());
    }

    @Test
    void theLogNamesTheCallerAsTheNetworkKnowsHim() throws IOException, InterruptedException {
        Instance neighbour = sandbox.instance("neighbour");
        assertServed(400, () -> neighbour.askFor(neighbour.id(), "x-amzn-vpc-id: " + web.vpcId(),
                "X-Forwarded-For: 10.42.0.99", "X-Real-IP: 10.42.0.98"));

        assertIsOf(neighbour, lastEntryOf(neighbour.vpcId()));
    }

    /** The one role is assumed with an external id, the other without. */
    @ParameterizedTest
    @CsvSource({"web, customerAuditBucket", "neighbour, neighbourAuditBucket"})
    void eachCustomerHasItsCopyOfTheLogByteForByte(String name, String copy) throws IOException, InterruptedException {
        Instance caller = sandbox.instance(name);
        assertServed(400, () -> caller.askFor(caller.id()));

        try (S3Client s3 = s3()) {
            Map<String, String> log = entries(s3, sandbox.member("auditBucket"), caller.vpcId());
            assertThat(log).isNotEmpty();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!entries(s3, sandbox.member(copy), caller.vpcId()).equals(log)) {
                assertThat(System.nanoTime()).as("the copy is not the same").isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    /** Key to content in hexadecimal. */
    private static Map<String, String> entries(S3Client s3, String bucket, String vpcId) {
        return s3.listObjectsV2(list -> list.bucket(bucket).prefix(vpcId + '/'))
            .contents()
            .stream()
            .collect(Collectors.toMap(S3Object::key, entry -> HexFormat.of()
                .formatHex(s3.getObjectAsBytes(get -> get.bucket(bucket).key(entry.key())).asByteArray())));
    }

    private static S3Client s3() {
        return S3Client.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIATEST", "test")))
            .region(Region.of(sandbox.member("region")))
            .endpointOverride(URI.create(sandbox.member("aws")))
            .forcePathStyle(true)
            .build();
    }

    private static JsonNode lastEntryOf(String vpcId) {
        try (S3Client s3 = s3()) {
            String bucket = sandbox.member("auditBucket");
            String key = s3.listObjectsV2(list -> list.bucket(bucket).prefix(vpcId + '/')).contents().getLast().key();
            return JsonMapper.shared()
                .readTree(s3.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asByteArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/encryption/%s%%2fdecrypt-secret", "/encryption/%s%%2Fdecrypt-secret",
        "/encryption/../encryption/%s/decrypt-secret", "/encryption/" + MISSING + "/../%s/decrypt-secret",
        "/encryption/%%2e%%2e/%s/decrypt-secret", "/./encryption/%s/decrypt-secret",
        "/../v1/encryption/%s/decrypt-secret",
        "/ENCRYPTION/%s/decrypt-secret", "/encryption/%s/DECRYPT-SECRET", "/encryption/%s/decrypt-secret/",
        "/encryption/%s/decrypt-secret;x=1", "/encryption/%s/decrypt-secret%%3b", "/encryption;x=1/%s/decrypt-secret",
        "/encryption//%s/decrypt-secret", "/encryption/%s//decrypt-secret", "///encryption/%s/decrypt-secret",
        "/encryption%%2f%s/decrypt-secret", "%%2fencryption/%s/decrypt-secret", "/encryption/%s/decrypt-secret/..",
        "/encryption/%s/decrypt%%2dsecret", "/%%65ncryption/%s/decrypt-secret", "/encryption/%s/decrypt-secret%%00",
        "/encryption/%s/../../../hsm-pin", "/encryption/%s/decrypt-secret%%20", "/encryption/%s"})
    void aTrickWithThePathHasNoRoute(String form) throws IOException, InterruptedException {
        Answer answer = assertNotForwarded(() -> web.call("POST /v1" + form.formatted(web.id()), "{}"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"message\":\"Missing Authentication Token\"}");
        assertReason("no-route", answer);
        String id = answer.header("x-amzn-RequestId").orElseThrow();
        assertThat(sandbox.lineOf(id, "authorizer.log").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%%69%2$s", "%1$s;x=1", "%1$s%%3bx=1", "%1$s%%2f..", "%1$s%%00", "%1$s%%20", "%1$s.",
        "%3$s", "I%2$s", "..", "%%2e%%2e", ".", "*", "%1$s,%1$s", "%1$s%%2f" + MISSING, "%%252e%%252e", "%1$s+"})
    void aTrickWithTheInstanceIdIsRefusedByTheAuthorizer(String form) throws IOException, InterruptedException {
        String id = form.formatted(web.id(), web.id().substring(1), web.id().toUpperCase(Locale.ROOT));

        assertRefused("no-such-call", () -> web.askFor(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "\"", "\\", "|", "^", "`", "%zz", "%", "\u00e9"})
    void whatIsNoAddressAtAllIsNotServed(String character) throws IOException, InterruptedException {
        assertThat(assertNotForwarded(() -> web.askFor(web.id() + character)).status()).isIn(400, 401, 403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /hsm-pin", "PUT /client-key", "GET /healthcheck", "PUT /v1/hsm-pin",
        "PUT /v1/client-key", "GET /v1/healthcheck", "GET /actuator/health", "GET /v1/../healthcheck",
        "PUT /v1/%2e%2e/hsm-pin", "PUT /v1//../hsm-pin"})
    void operatorsCallsAreNotToBeHadThroughTheFrontDoor(String requestLine) throws IOException, InterruptedException {
        Answer answer = assertNotForwarded(() -> web.call(requestLine, "{}"));
        assertThat(answer.status()).isEqualTo(403);
        assertReason("no-route", answer);
    }

    /** Two slashes begin the name of a host: there is no path left, and the gateway does not hear of it. */
    @Test
    void aTargetWithoutPathIsNotFound() throws IOException, InterruptedException {
        assertThat(assertNotForwarded(() -> web.call("GET //healthcheck", "{}")).status()).isEqualTo(404);
    }

    @Test
    void aCallWithoutAuthorizationHeaderIsRefusedByTheGateway() throws IOException, InterruptedException {
        Answer answer = assertNotForwarded(
                () -> RawHttp.to(web.gateway()).send("GET /v1/public-signing-key", ""));

        assertThat(answer.status()).isEqualTo(401);
        assertReason("no-authorization-header", answer);
    }

    @Test
    void aBodyThatTheServiceDoesNotReadToTheEndHasItsAnswer() throws IOException, InterruptedException {
        assertServed(413, () -> web.call("POST /v1/encryption/" + web.id() + "/decrypt-secret", "x".repeat(9 << 20)));
    }

    @Test
    void aBodyThatNamesAnotherChangesNothing() throws IOException, InterruptedException {
        assertRefused("address-of-another", () -> sandbox.instance("database")
            .call("POST /v1/encryption/" + web.id() + "/decrypt-secret?vpcId=" + web.vpcId(),
                    "{\"vpc_id\":\"%s\",\"instance_id\":\"%s\"}".formatted(web.vpcId(), web.id())));
    }

    @Test
    void theMetadataServiceTellsEachInstanceWhoItIsAgainstAToken() throws IOException {
        RawHttp own = RawHttp.to(web.metadata());
        RawHttp all = RawHttp.to(URI.create(sandbox.member("metadata")));
        for (RawHttp service : new RawHttp[]{own, all.from(web.address())}) {
            assertThat(service.send("GET /latest/meta-data/instance-id", "").status()).isEqualTo(401);
            String token = service.send("PUT /latest/api/token", "", "X-aws-ec2-metadata-token-ttl-seconds: 60").body();
            assertThat(service.send("GET /latest/meta-data/instance-id", "", "X-aws-ec2-metadata-token: " + token)
                .body()).isEqualTo(web.id());
            assertThat(RawHttp.to(sandbox.instance("database").metadata())
                .send("GET /latest/meta-data/instance-id", "", "X-aws-ec2-metadata-token: " + token)
                .status()).isEqualTo(401);
        }
        assertThat(own.send("PUT /latest/api/token", "", "X-aws-ec2-metadata-token-ttl-seconds: 60",
                "X-Forwarded-For: 10.42.0.41")
            .status()).isEqualTo(403);
    }
}
