/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.metadata;

import java.io.IOException;
import java.time.Instant;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.sandbox.RawHttp;
import org.sovereignkeys.sandbox.RawHttp.Answer;
import org.sovereignkeys.sandbox.SampleCallers;
import org.sovereignkeys.sandbox.network.Caller;
import org.sovereignkeys.sandbox.network.Doors;

import static org.assertj.core.api.Assertions.assertThat;

/** The metadata service as two instances see it. */
class MetadataServiceTest {
    private static final String ID = "GET /latest/meta-data/instance-id";
    private static final String TOKEN = "PUT /latest/api/token";
    private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds: ";

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private Doors doors;
    private RawHttp first;
    private RawHttp second;

    @BeforeEach
    void open() throws IOException {
        openWith(new MetadataService("eu-west-3", false, () -> now));
    }

    private void openWith(MetadataService service) throws IOException {
        doors = new Doors(SampleCallers.BOTH, 0, Caller::metadataPort, service);
        first = RawHttp.to(doors.of(SampleCallers.FIRST));
        second = RawHttp.to(doors.of(SampleCallers.SECOND));
    }

    @AfterEach
    void close() {
        doors.close();
    }

    private static String token(RawHttp http, int seconds) throws IOException {
        Answer answer = http.send(TOKEN, "", TTL + seconds);
        assertThat(answer.status()).isEqualTo(200);
        return "X-aws-ec2-metadata-token: " + answer.body();
    }

    @ParameterizedTest
    @CsvSource({"instance-id, i-0c4f345c91e5cd4a2", "local-ipv4, 10.42.0.41", "mac, 02:00:00:00:00:01",
        "network/interfaces/macs/, 02:00:00:00:00:01/", "placement/region, eu-west-3",
        "network/interfaces/macs/02:00:00:00:00:01/vpc-id, vpc-0b1e8a8e776a87423",
        "placement/availability-zone, eu-west-3a"})
    void anInstanceIsToldWhoItIs(String path, String value) throws IOException {
        Answer answer = first.send("GET /latest/meta-data/" + path, "", token(first, 60));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(value);
    }

    @Test
    void theIdentityDocumentSaysTheSame() throws IOException {
        Answer answer = first.send("GET /latest/dynamic/instance-identity/document", "", token(first, 60));

        JsonNode document = JsonMapper.shared().readTree(answer.body());
        assertThat(document.path("instanceId").asString()).isEqualTo("i-0c4f345c91e5cd4a2");
        assertThat(document.path("privateIp").asString()).isEqualTo("10.42.0.41");
        assertThat(document.path("accountId").asString()).isEqualTo("403000000000");
        assertThat(document.path("region").asString()).isEqualTo("eu-west-3");
    }

    @Test
    void theAddressOfTheSocketTellsWhoAsksAtThePortOfAll() throws IOException {
        RawHttp all = RawHttp.to(doors.shared()).from("127.0.1.2");

        assertThat(all.send(ID, "", token(all, 60)).body()).isEqualTo("i-0aaaaaaaaaaaaaaaa");
        assertThat(RawHttp.to(doors.shared()).from("127.0.0.1").send(TOKEN, "", TTL + 60).status()).isEqualTo(403);
    }

    @Test
    void aTokenIsOfUseToItsInstanceAndForItsTime() throws IOException {
        String token = token(first, 60);

        assertThat(second.send(ID, "", token).status()).isEqualTo(401);
        now = now.plusSeconds(59);
        assertThat(first.send(ID, "", token).status()).isEqualTo(200);
        now = now.plusSeconds(1);
        assertThat(first.send(ID, "", token).status()).isEqualTo(401);
    }

    @Test
    void withoutTokenNothingIsTold() throws IOException {
        assertThat(first.send(ID, "").status()).isEqualTo(401);
        assertThat(first.send(ID, "", "X-aws-ec2-metadata-token: made-up").status()).isEqualTo(401);
        assertThat(first.send("GET /latest/meta-data/nothing", "").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "21601", "1e3", "1000000", "x", "010"})
    void aTokenHasATimeOfOneSecondToSixHours(String seconds) throws IOException {
        assertThat(first.send(TOKEN, "", TTL + seconds).status()).isEqualTo(400);
    }

    @Test
    void theLongestTimeIsGivenAndSaid() throws IOException {
        assertThat(first.send(TOKEN, "", TTL + 21_600).header("X-aws-ec2-metadata-token-ttl-seconds"))
            .hasValue("21600");
        assertThat(first.send(TOKEN, "").status()).isEqualTo(400);
    }

    @Test
    void noTokenIsGivenThroughAProxy() throws IOException {
        assertThat(first.send(TOKEN, "", TTL + 60, "X-Forwarded-For: 10.42.0.41").status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /latest/meta-data/", "GET /latest/meta-data/instance-id/", "GET /",
        "GET /latest/meta-data/network/interfaces/macs/02:00:00:00:00:02/vpc-id", "GET /latest/user-data",
        "GET /latest/meta-data/iam/security-credentials/", "GET /latest/meta-data/../meta-data/instance-id"})
    void whatIsNotThereIsNotFound(String requestLine) throws IOException {
        assertThat(first.send(requestLine, "", token(first, 60)).status()).isEqualTo(404);
    }

    @Test
    void onlyAPutGivesATokenAndOnlyAGetTells() throws IOException {
        assertThat(first.send("GET /latest/api/token", "", TTL + 60).status()).isEqualTo(405);
        assertThat(first.send("PUT /latest/meta-data/instance-id", "", token(first, 60)).status()).isEqualTo(405);
    }

    @Test
    void whereVersionOneIsTurnedOnNoTokenIsNeededButAWrongOneIsStillWrong() throws IOException {
        doors.close();
        openWith(new MetadataService("eu-west-3", true, () -> now));

        assertThat(first.send(ID, "").body()).isEqualTo("i-0c4f345c91e5cd4a2");
        assertThat(first.send(ID, "", "X-aws-ec2-metadata-token: made-up").status()).isEqualTo(401);
    }
}
