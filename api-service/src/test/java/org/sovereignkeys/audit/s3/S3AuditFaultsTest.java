/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.sovereignkeys.audit.AuditStore.Put;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.FaultyWay;
import org.sovereignkeys.aws.FaultyWay.Fault;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.sovereignkeys.audit.Entries.VPC;

/** The log in a bucket when S3 misbehaves, and what exactly is sent there. */
class S3AuditFaultsTest {
    private static final byte[] JSON = "{}".getBytes(StandardCharsets.US_ASCII);
    /** openssl dgst -sha256 -binary | base64, of {@code {}}. */
    private static final String SHA256 = "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
    private static final String PATH = "/a-bucket/" + VPC + "/000000007.json";

    private final FaultyWay way = new FaultyWay(AwsServer.moto().url());
    private final WireMockServer stub = new WireMockServer(WireMockConfiguration.options().dynamicPort());

    @AfterEach
    void close() {
        way.close();
        stub.stop();
    }

    private S3AuditStore overTheFaultyWay() {
        return store(way.url(), AwsServer.moto().newBucket());
    }

    private S3AuditStore onTheStub() {
        stub.start();
        stub.stubFor(any(anyUrl()).atPriority(10).willReturn(status(200)));
        return store(URI.create(stub.baseUrl()), "a-bucket");
    }

    private static S3AuditStore store(URI url, String bucket) {
        return new S3AuditStore(AwsServer.at(url).s3(), bucket,
                new Dependency("the audit bucket", new SimpleMeterRegistry()));
    }

    @Test
    void aPutIsConditionalAndCarriesItsChecksum() {
        assertThat(onTheStub().putIfAbsent(VPC, 7, JSON)).isEqualTo(Put.STORED);

        stub.verify(1, putRequestedFor(urlEqualTo(PATH)).withHeader("If-None-Match", equalTo("*"))
            .withHeader("x-amz-checksum-sha256", equalTo(SHA256))
            .withHeader("Content-Type", equalTo("application/json"))
            .withHeader("Content-Length", equalTo("2"))
            .withoutHeader("x-amz-acl")
            .withRequestBody(equalTo("{}")));
    }

    @Test
    void aConflictIsTriedAgain() {
        S3AuditStore store = onTheStub();
        stub.stubFor(put(urlEqualTo(PATH)).inScenario("conflict")
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo("over")
            .willReturn(aResponse().withStatus(409)
                .withBody("<Error><Code>ConditionalRequestConflict</Code></Error>")));

        assertThat(store.putIfAbsent(VPC, 7, JSON)).isEqualTo(Put.STORED);
        stub.verify(2, putRequestedFor(urlEqualTo(PATH)));
    }

    @Test
    void otherRefusalsAreNotTriedAgain() {
        S3AuditStore store = onTheStub();
        stub.stubFor(put(urlEqualTo(PATH)).willReturn(aResponse().withStatus(403)
            .withBody("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")));

        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> store.putIfAbsent(VPC, 7, JSON))
            .withMessageContaining("Access Denied");
        stub.verify(1, WireMock.requestedFor(RequestMethod.ANY.getName(), anyUrl()));
    }

    @Test
    void whatIsEncryptedUnderAKeyOfSomebodyElseReadsAsNothing() {
        S3AuditStore store = onTheStub();
        stub.stubFor(get(urlEqualTo(PATH)).willReturn(aResponse().withStatus(400)
            .withBody("<Error><Code>InvalidRequest</Code><Message>The object was stored using a form of Server Side"
                    + " Encryption. The correct parameters must be provided to retrieve the object.</Message></Error>")));

        assertThat(store.read(VPC, 7)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"403, InvalidObjectState", "403, AccessDenied", "400, ExpiredToken", "400, InvalidRequest",
        "400, KMS.DisabledException"})
    void whatMayBeAnEntryButCannotBeReadIsUnavailable(int status, String code) {
        S3AuditStore store = onTheStub();
        stub.stubFor(get(urlEqualTo(PATH)).willReturn(aResponse().withStatus(status)
            .withBody("<Error><Code>%s</Code></Error>".formatted(code))));

        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> store.read(VPC, 7));
    }

    @Test
    void aCustomersBucketElsewhereIsFoundWithTheRightToPutAlone() {
        stub.start();
        stub.stubFor(any(anyUrl()).atPriority(10).willReturn(status(403)));
        stub.stubFor(put(urlEqualTo(PATH)).withHeader("Authorization", WireMock.containing("/eu-west-3/"))
            .willReturn(aResponse().withStatus(301)
                .withHeader("x-amz-bucket-region", "us-east-2")
                .withBody("<Error><Code>PermanentRedirect</Code></Error>")));
        stub.stubFor(put(urlEqualTo(PATH)).withHeader("Authorization", WireMock.containing("/us-east-2/"))
            .willReturn(status(200)));

        AwsServer.at(URI.create(stub.baseUrl()))
            .customersBuckets()
            .putObject(EntryPut.of("a-bucket", VPC, 7, JSON),
                    software.amazon.awssdk.core.sync.RequestBody.fromBytes(JSON));
        stub.verify(2, putRequestedFor(urlEqualTo(PATH)));
        stub.verify(2, WireMock.anyRequestedFor(anyUrl()));
    }

    @Test
    void aPutWhoseAnswerWasLostFindsItsOwnEntry() {
        S3AuditStore store = overTheFaultyWay();
        way.failNext(1, Fault.SERVED_UNANSWERED);

        assertThat(store.putIfAbsent(VPC, 7, JSON)).isEqualTo(Put.TAKEN);
        assertThat(store.read(VPC, 7)).hasValue(JSON);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"HANGING", "FAILING", "SLOW_DOWN", "CUT", "SERVED_UNANSWERED"})
    void whatIsNotAnsweredIsUnavailableInTime(Fault fault) {
        S3AuditStore store = overTheFaultyWay();
        store.putIfAbsent(VPC, 7, JSON);
        way.fail(fault);

        Duration limit = Duration.ofSeconds(20);
        assertThat(timeOf(() -> assertThatExceptionOfType(AuditUnavailableException.class)
            .isThrownBy(() -> store.read(VPC, 7)))).isLessThan(limit);
        assertThat(timeOf(() -> assertThatExceptionOfType(AuditUnavailableException.class)
            .isThrownBy(() -> store.tail(VPC)))).isLessThan(limit);
        way.fail(Fault.NONE);
        assertThat(store.read(VPC, 7)).hasValue(JSON);
    }

    @Test
    void aServiceThatTakesTwoSecondsIsWaitedFor() {
        S3AuditStore store = overTheFaultyWay();
        way.fail(Fault.SLOW);

        // On a busy machine an answer can come too late for a try, and a second one for the call.
        org.awaitility.Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .ignoreException(AuditUnavailableException.class)
            .until(() -> store.putIfAbsent(VPC, 7, JSON), _ -> true);
        way.fail(Fault.NONE);
        assertThat(store.read(VPC, 7)).hasValue(JSON);
    }

    @Test
    void aServiceThatIsGoneIsNotWaitedForAndServesAtOnceWhenItIsBack() {
        S3AuditStore store = overTheFaultyWay();
        way.vanish();
        for (int i = 0; i < 30; i++) {
            assertThatExceptionOfType(AuditUnavailableException.class)
                .isThrownBy(() -> store.putIfAbsent(VPC, 7, JSON));
        }
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> store.putIfAbsent(VPC, 7, JSON))
            .withMessageContaining("is away");
        way.comeBack();

        org.awaitility.Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .ignoreExceptions()
            .until(() -> store.putIfAbsent(VPC, 7, JSON) == Put.STORED);
    }

    private static Duration timeOf(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
