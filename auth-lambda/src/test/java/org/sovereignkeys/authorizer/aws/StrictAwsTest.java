/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

import org.sovereignkeys.authorizer.Calls;
import org.sovereignkeys.authorizer.aws.StrictAws.Fault;
import org.sovereignkeys.authorizer.aws.StrictAws.Service;
import org.sovereignkeys.authorizer.lambda.AuthorizerHandler;
import org.sovereignkeys.authorizer.lambda.AuthorizerUnavailableException;
import org.sovereignkeys.authorizer.lambda.UnauthorizedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The whole function against services that are as strict as AWS, and fail in all the ways that AWS does. */
@Execution(ExecutionMode.CONCURRENT)
class StrictAwsTest {
    private static final Duration TIME_OF_A_DECISION = Duration.ofMillis(7_500);
    /** With what a busy machine adds; well below what the faults here last. */
    private static final Duration TIME_TO_AN_ERROR = Duration.ofSeconds(15);
    private static final int ATTEMPTS = 5;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private StrictAws services;
    private AwsAccess aws;
    private AuthorizerHandler handler;

    @BeforeEach
    void start() throws IOException {
        services = new StrictAws();
        aws = new AwsAccess("customers",
                StaticCredentialsProvider.create(AwsBasicCredentials.create(StrictAws.OUR_KEY, StrictAws.OUR_SECRET)),
                Region.EU_WEST_3, services.url(), () -> now);
        handler = new AuthorizerHandler(aws, TIME_OF_A_DECISION,
                new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void end() {
        aws.close();
        services.close();
        assertThat(services.wrongs).isEmpty();
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("secret", "token", "ASIA", "AKIA");
    }

    @Test
    void theInstanceItselfIsAllowed() throws IOException {
        assertThat(call(Calls.decrypt(Calls.INSTANCE_ID))).contains("\"Effect\":\"Allow\"", "10.42.0.41/32");
        assertThat(call(Calls.decrypt(Calls.INSTANCE_ID).with("sourceIp", "2001:db8::41"))).contains("Allow");
        assertThat(services.calls).containsExactly(Service.DYNAMODB, Service.STS, Service.EC2, Service.EC2);
    }

    @Test
    void anInstanceThatTheCustomerDoesNotHaveIsRefused() {
        assertRefused(Calls.decrypt(Calls.OTHER_INSTANCE_ID), "instance-unknown");
    }

    @Test
    void aWrongExternalIdIsRefused() {
        services.givenExternalId = "the-wrong-one";

        assertRefused(Calls.decrypt(Calls.INSTANCE_ID), "role-not-assumable");
        assertThat(services.calls).doesNotContain(Service.EC2);
    }

    @Test
    void aRoleThatMayNotDescribeInstancesIsRefused() {
        services.mayDescribe = false;

        assertRefused(Calls.decrypt(Calls.INSTANCE_ID), "role-may-not-describe");
    }

    @Test
    void aRefusedRoleIsTriedAgainAtTheNextCall() throws IOException {
        services.wantedExternalId = "another";
        assertRefused(Calls.decrypt(Calls.INSTANCE_ID), "role-not-assumable");

        services.wantedExternalId = Calls.EXTERNAL_ID;
        assertThat(call(Calls.decrypt(Calls.INSTANCE_ID))).contains("Allow");
    }

    @Test
    void aCustomerIsKeptForAMinuteAndAnExternalIdThatChangedOpensAnotherSession() throws IOException {
        call(Calls.decrypt(Calls.INSTANCE_ID));
        services.givenExternalId = "the-wrong-one";

        now = now.plusSeconds(59);
        call(Calls.decrypt(Calls.INSTANCE_ID));
        now = now.plusSeconds(1);
        assertRefused(Calls.decrypt(Calls.INSTANCE_ID), "role-not-assumable");
    }

    @Test
    void aSessionIsRenewedTwoMinutesBeforeItEnds() throws IOException {
        call(Calls.decrypt(Calls.INSTANCE_ID));
        now = Instant.parse("2030-01-01T00:12:59Z");
        call(Calls.decrypt(Calls.INSTANCE_ID));
        assertThat(services.calls.stream().filter(Service.STS::equals)).hasSize(1);

        now = Instant.parse("2030-01-01T00:13:00Z");
        call(Calls.decrypt(Calls.INSTANCE_ID));
        assertThat(services.calls.stream().filter(Service.STS::equals)).hasSize(2);
    }

    @Test
    void aSessionThatEc2DoesNotTakeAnyMoreIsAnErrorOnce() throws IOException {
        call(Calls.decrypt(Calls.INSTANCE_ID));
        services.fails(Service.EC2, StrictAws.with(400, StrictAws.error("RequestExpired")));
        assertError("EC2 cannot be asked: RequestExpired");

        services.recovers();
        assertThat(call(Calls.decrypt(Calls.INSTANCE_ID))).contains("Allow");
        assertThat(services.calls.stream().filter(Service.STS::equals)).hasSize(2);
    }

    @Test
    void anEc2ThatThrottlesOrIsDownCostsNoSession() throws IOException {
        call(Calls.decrypt(Calls.INSTANCE_ID));
        services.fails(Service.EC2, StrictAws.with(400, StrictAws.error("RequestLimitExceeded")));
        assertError("EC2 cannot be asked: RequestLimitExceeded");
        services.fails(Service.EC2, StrictAws.with(500, StrictAws.error("InternalError")));
        assertError("EC2 cannot be asked: InternalError");

        services.recovers();
        assertThat(call(Calls.decrypt(Calls.INSTANCE_ID))).contains("Allow");
        assertThat(services.calls.stream().filter(Service.STS::equals)).hasSize(1);
    }

    static Stream<Arguments> failures() {
        String tooMany = "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\"}";
        String slowDown = "{\"__type\":\"com.amazon.coral.availability#ThrottlingException\"}";
        String closed = "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\"}";
        return Stream.of(
                Arguments.of(Service.DYNAMODB, 500, "{\"__type\":\"InternalServerError\"}", "InternalServerError"),
                Arguments.of(Service.DYNAMODB, 400, tooMany, "ProvisionedThroughputExceededException"),
                Arguments.of(Service.DYNAMODB, 400, slowDown, "ThrottlingException"),
                Arguments.of(Service.DYNAMODB, 400, closed, "AccessDeniedException"),
                Arguments.of(Service.DYNAMODB, 200, "{\"Item\":", "SdkClientException"),
                Arguments.of(Service.DYNAMODB, 503, "", "DynamoDbException"),
                Arguments.of(Service.STS, 500, StrictAws.error("InternalFailure"), "InternalFailure"),
                Arguments.of(Service.STS, 400, StrictAws.error("Throttling"), "Throttling"),
                Arguments.of(Service.STS, 403, StrictAws.error("RegionDisabledException"), "RegionDisabledException"),
                Arguments.of(Service.STS, 403, StrictAws.error("ExpiredToken"), "ExpiredToken"),
                Arguments.of(Service.STS, 200, "<AssumeRoleResponse><Assume", ""),
                Arguments.of(Service.STS, 200, "<AssumeRoleResponse/>", "STS answered without credentials"),
                Arguments.of(Service.EC2, 500, StrictAws.error("InternalError"), "InternalError"),
                Arguments.of(Service.EC2, 503, StrictAws.error("RequestLimitExceeded"), "RequestLimitExceeded"),
                Arguments.of(Service.EC2, 401, StrictAws.error("AuthFailure"), "Http401"),
                Arguments.of(Service.EC2, 503, "<html><body>Service Unavailable", "Http503"),
                Arguments.of(Service.EC2, 403, StrictAws.error("evil\", \"code"), "AwsServiceException"),
                Arguments.of(Service.EC2, 200, "", "SdkClientException"),
                Arguments.of(Service.EC2, 200, "<html/>", "SdkClientException"),
                Arguments.of(Service.EC2, 200, "<DescribeInstancesResponse><reserv", "SdkClientException"),
                Arguments.of(Service.EC2, 200, "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
                        + "<DescribeInstancesResponse>&e;</DescribeInstancesResponse>", "SdkClientException"),
                Arguments.of(Service.EC2, 200, "<a>".repeat(100), "SdkClientException"),
                Arguments.of(Service.EC2, 200, " ".repeat(2_000_000), "SdkClientException"),
                Arguments.of(Service.EC2, 301, "", "Http301"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aServiceThatFailsIsAnErrorInTimeAndNeverAllowed(Service service, int status, String body, String code) {
        services.fails(service, StrictAws.with(status, body));

        assertError(code);
    }

    @ParameterizedTest
    @EnumSource
    void aServiceThatFailsOnceIsAskedAgain(Service service) throws IOException {
        AtomicBoolean failed = new AtomicBoolean();
        services.fails(service, exchange -> {
            if (failed.getAndSet(true)) {
                return true;
            }
            StrictAws.send(exchange, 503, "");
            return false;
        });

        assertThat(call(Calls.decrypt(Calls.INSTANCE_ID))).contains("Allow");
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatIsCutOffIsAnErrorInTime(Service service) {
        services.fails(service, exchange -> {
            exchange.sendResponseHeaders(200, 10_000);
            exchange.getResponseBody().write("{\"Item\":{\"VPCID\":".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            return false;
        });

        assertError("");
    }

    @Test
    void servicesThatTakeTwoSecondsEachAreWaitedFor() throws IOException {
        handler.beforeCheckpoint(org.crac.Core.getGlobalContext()); // what this JVM takes to load classes is not meant
        boolean allowed = slowServicesAllow();
        for (int attempt = 1; !allowed && attempt < ATTEMPTS; attempt++) {
            end();
            start(); // nothing is kept of what took too long on a busy machine
            allowed = slowServicesAllow();
        }
        assertThat(allowed).isTrue();
    }

    /** Whether there is an answer in time: then it allows. */
    private boolean slowServicesAllow() throws IOException {
        Fault slow = exchange -> {
            Thread.sleep(2_000);
            return true;
        };
        for (Service each : Service.values()) {
            services.fails(each, slow);
        }
        long start = System.nanoTime();
        try {
            assertThat(call(Calls.decrypt(Calls.INSTANCE_ID))).contains("Allow");
        } catch (AuthorizerUnavailableException _) {
            return false;
        }
        return System.nanoTime() - start < TIME_OF_A_DECISION.plusMillis(500).toNanos();
    }

    @ParameterizedTest
    @EnumSource
    void aServiceThatNeverAnswersIsAnErrorInTime(Service service) {
        services.fails(service, exchange -> {
            Thread.sleep(30_000);
            return false;
        });

        assertError("");
    }

    @ParameterizedTest
    @EnumSource
    void aServiceThatAnswersDropByDropIsAnErrorInTime(Service service) {
        services.fails(service, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            for (int i = 0; i < 300; i++) {
                out.write(' ');
                out.flush();
                Thread.sleep(100);
            }
            return false;
        });

        assertError("");
    }

    @Test
    void servicesThatAreGoneAreAnErrorInTimeAndAllIsWellAfterwards() throws IOException {
        try (AwsAccess nowhere = new AwsAccess("customers",
                StaticCredentialsProvider.create(AwsBasicCredentials.create(StrictAws.OUR_KEY, StrictAws.OUR_SECRET)),
                Region.EU_WEST_3, gone(), () -> now)) {
            handler = new AuthorizerHandler(nowhere, TIME_OF_A_DECISION,
                    new PrintStream(log, true, StandardCharsets.UTF_8));
            assertError("the customers' table cannot be asked: SdkClientException");
            handler.beforeCheckpoint(org.crac.Core.getGlobalContext());
        }
    }

    private static URI gone() throws IOException {
        try (StrictAws closed = new StrictAws()) {
            return closed.url();
        }
    }

    @Test
    void theRestoredCopyStartsFromNothing() throws IOException {
        handler.beforeCheckpoint(org.crac.Core.getGlobalContext());
        assertThat(services.calls).containsExactly(Service.DYNAMODB);
        handler.afterRestore(org.crac.Core.getGlobalContext());

        assertThat(call(Calls.decrypt(Calls.INSTANCE_ID))).contains("Allow");
        assertThat(services.calls).containsExactly(Service.DYNAMODB, Service.DYNAMODB, Service.STS, Service.EC2);
    }

    private void assertRefused(Calls calls, String reason) {
        log.reset();
        assertThatExceptionOfType(UnauthorizedException.class).isThrownBy(() -> call(calls))
            .withMessage("Unauthorized");
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("\"reason\":\"" + reason + '"');
    }

    private void assertError(String detail) {
        log.reset();
        long start = System.nanoTime();
        assertThatExceptionOfType(AuthorizerUnavailableException.class)
            .isThrownBy(() -> call(Calls.decrypt(Calls.INSTANCE_ID)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIME_TO_AN_ERROR);
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("\"decision\":\"error\"", detail).hasLineCount(1);
    }

    private String call(Calls calls) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        handler.handleRequest(new ByteArrayInputStream(calls.json().getBytes(StandardCharsets.UTF_8)), answer, null);
        return answer.toString(StandardCharsets.UTF_8);
    }
}
