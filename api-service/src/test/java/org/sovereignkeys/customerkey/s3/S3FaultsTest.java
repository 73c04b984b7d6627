/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.customerkey.EncryptedKeyTokenException;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;
import org.sovereignkeys.hsm.WrappedBlob;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.binaryEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okXml;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** S3 as it is on a bad day; and as strict as it is about puts. */
@SuppressWarnings("NullAway.Init") // the fields are set before each test
class S3FaultsTest {
    @RegisterExtension
    static final WireMockExtension S3 = WireMockExtension.newInstance().build();

    private static final String NAME = "ekt-1";
    private static final String OBJECT = "/bucket/ekt-1.ekt";
    private static final String SCENARIO = "what S3 does";
    private static final String THEN = "then";

    private EncryptedKeyTokenStore store;

    @BeforeEach
    void anEmptyBucket() {
        store = S3EncryptedKeyTokenStoreContract.storeOn(AwsServer.at(URI.create(S3.baseUrl())).s3(), "bucket");
        S3.stubFor(get(urlPathEqualTo("/bucket")).willReturn(listing("")));
        S3.stubFor(get(urlEqualTo(OBJECT)).willReturn(refusal(404, "NoSuchKey")));
    }

    private static ResponseDefinitionBuilder listing(String entries) {
        return okXml("<ListVersionsResult><IsTruncated>false</IsTruncated>" + entries + "</ListVersionsResult>");
    }

    private static ResponseDefinitionBuilder refusal(int status, String code) {
        return status(status).withHeader("Content-Type", "application/xml")
            .withBody("<Error><Code>" + code + "</Code><Message>no</Message></Error>");
    }

    private static ResponseDefinitionBuilder holding(WrappedBlob token) {
        return ok().withBody(token.bytes());
    }

    private static WrappedBlob token(int filling) {
        byte[] bytes = new byte[WrappedBlob.SIZE_BYTES];
        Arrays.fill(bytes, (byte) filling);
        return new WrappedBlob(bytes);
    }

    /** The first request is answered by one, the following by the other. */
    private static void answers(MappingBuilder request, MappingBuilder sameRequest, ResponseDefinitionBuilder first,
            ResponseDefinitionBuilder following) {
        S3.stubFor(request.inScenario(SCENARIO)
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo(THEN)
            .willReturn(first));
        S3.stubFor(sameRequest.inScenario(SCENARIO).whenScenarioStateIs(THEN).willReturn(following));
    }

    /** The object is there from the first put on, whatever became of that put's answer. */
    private static void firstPutIsAnswered(ResponseDefinitionBuilder first, ResponseDefinitionBuilder following,
            WrappedBlob standing) {
        answers(put(urlEqualTo(OBJECT)), put(urlEqualTo(OBJECT)), first, following);
        S3.stubFor(get(urlEqualTo(OBJECT)).inScenario(SCENARIO)
            .whenScenarioStateIs(THEN)
            .willReturn(holding(standing)));
    }

    @Test
    void aPutIsConditionalAndHasItsChecksum() throws Exception {
        String checksum = Base64.getEncoder()
            .encodeToString(MessageDigest.getInstance("SHA-256").digest(token(1).bytes()));
        firstPutIsAnswered(ok(), refusal(400, "Unexpected"), token(1));

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(1));
        S3.verify(1, putRequestedFor(urlEqualTo(OBJECT)).withHeader("If-None-Match", equalTo("*"))
            .withHeader("x-amz-checksum-sha256", equalTo(checksum))
            .withHeader("Content-Type", equalTo("application/octet-stream"))
            .withHeader("Content-Length", equalTo("92"))
            .withRequestBody(binaryEqualTo(token(1).bytes())));
    }

    @Test
    void aPutIsNotEvenTriedWhereSomethingWasWritten() {
        S3.stubFor(get(urlPathEqualTo("/bucket"))
            .willReturn(listing("<DeleteMarker><Key>ekt-1.ekt</Key></DeleteMarker>")));

        assertThatExceptionOfType(EncryptedKeyTokenException.class)
            .isThrownBy(() -> store.putIfAbsent(NAME, token(1)))
            .withMessageContaining("gone");
        S3.verify(0, putRequestedFor(urlEqualTo(OBJECT)));
    }

    @Test
    void whereAnotherWasFasterItsTokenIsUsed() {
        firstPutIsAnswered(refusal(412, "PreconditionFailed"), refusal(412, "PreconditionFailed"), token(2));

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(2));
    }

    @Test
    void aConflictIsTriedAgain() {
        firstPutIsAnswered(refusal(409, "ConditionalRequestConflict"), ok(), token(1));

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(1));
        S3.verify(2, putRequestedFor(urlEqualTo(OBJECT)));
    }

    @Test
    void aConflictThatLastsIsSettledByWhatStands() {
        firstPutIsAnswered(refusal(409, "ConditionalRequestConflict"), refusal(409, "ConditionalRequestConflict"),
                token(2));

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(2));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK"})
    void aPutWhoseAnswerWasLostHasSucceeded(Fault fault) {
        firstPutIsAnswered(aResponse().withFault(fault), refusal(412, "PreconditionFailed"), token(1));

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(1));
    }

    @Test
    void aPutThatIsNeverAnsweredIsSettledByWhatStands() {
        firstPutIsAnswered(ok().withFixedDelay(20_000), ok().withFixedDelay(20_000), token(1));
        long start = System.nanoTime();

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(1));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void aPutThatFailedAndLeftNothingIsAFailure() {
        S3.stubFor(put(urlEqualTo(OBJECT)).willReturn(refusal(500, "InternalError")));

        assertThatExceptionOfType(EncryptedKeyTokenException.class)
            .isThrownBy(() -> store.putIfAbsent(NAME, token(1)))
            .withMessageContaining("cannot be written");
    }

    @ParameterizedTest
    @CsvSource({"500,InternalError", "503,SlowDown", "503,ServiceUnavailable"})
    void aReadThatFailsOnceIsRepeated(int status, String code) {
        answers(get(urlEqualTo(OBJECT)), get(urlEqualTo(OBJECT)), refusal(status, code), holding(token(1)));

        assertThat(store.find(NAME)).hasValue(token(1));
    }

    @Test
    void aReadThatIsCutOffIsRepeated() {
        answers(get(urlEqualTo(OBJECT)), get(urlEqualTo(OBJECT)),
                ok().withBody(new byte[40]).withHeader("Content-Length", "92"), holding(token(1)));

        assertThat(store.find(NAME)).hasValue(token(1));
    }

    @Test
    void aReadThatIsAlwaysCutOffIsAFailureAndNoSpoiltToken() {
        S3.stubFor(get(urlEqualTo(OBJECT))
            .willReturn(ok().withBody(new byte[40]).withHeader("Content-Length", "92")));

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store.find(NAME))
            .withMessageContaining("cannot be read");
    }

    @Test
    void aServiceOfTwoSecondsIsWaitedFor() {
        S3.stubFor(get(urlEqualTo(OBJECT)).willReturn(holding(token(1)).withFixedDelay(2_000)));

        // On a busy machine an answer can come too late for a try, and a second one for the call.
        await().atMost(Duration.ofMinutes(1))
            .ignoreException(EncryptedKeyTokenException.class)
            .untilAsserted(() -> assertThat(store.find(NAME)).hasValue(token(1)));
    }

    @Test
    void aServiceThatIsSlowerIsGivenUpInTime() {
        S3.stubFor(get(urlEqualTo(OBJECT)).willReturn(holding(token(1)).withFixedDelay(20_000)));
        long start = System.nanoTime();

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store.find(NAME));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void aHugeObjectIsNotReadToItsEnd() {
        S3.stubFor(get(urlEqualTo(OBJECT))
            .willReturn(ok().withBody(new byte[1_000_000]).withChunkedDribbleDelay(1_000, 60_000)));

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store.find(NAME))
            .withMessageContaining("spoilt");
    }

    @Test
    void aTokenThatAnotherWritesBetweenReadAndListingIsFound() {
        answers(get(urlEqualTo(OBJECT)), get(urlEqualTo(OBJECT)), refusal(404, "NoSuchKey"), holding(token(1)));
        S3.stubFor(get(urlPathEqualTo("/bucket")).willReturn(listing("<Version><Key>ekt-1.ekt</Key></Version>")));

        assertThat(store.find(NAME)).hasValue(token(1));
    }

    @Test
    void aRefusalNamesTheRights() {
        S3.stubFor(get(urlEqualTo(OBJECT)).willReturn(refusal(403, "AccessDenied")));

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store.find(NAME))
            .withMessageContainingAll("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListBucketVersions",
                    "arn:aws:s3:::bucket", "never written is refused");
    }

    @Test
    void thatNothingWasWrittenIsNotConcludedFromAFailure() {
        S3.stubFor(get(urlPathEqualTo("/bucket")).willReturn(refusal(403, "AccessDenied")));

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store.find(NAME));
        assertThatExceptionOfType(EncryptedKeyTokenException.class)
            .isThrownBy(() -> store.putIfAbsent(NAME, token(1)));
        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(store::isEmpty);
        S3.verify(0, putRequestedFor(urlEqualTo(OBJECT)));
    }
}
