/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import java.net.URI;
import java.time.Duration;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** DynamoDB as it is on a bad day; and as strict as it is about what we ask. */
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("NullAway.Init") // the fields are set before each test
class CustomerTableFaultsTest {
    @RegisterExtension
    static final WireMockExtension DYNAMODB = WireMockExtension.newInstance().build();

    private static final VpcId VPC = new VpcId("vpc-0b1e8a8e776a87423");
    private static final String ITEM = "{\"Item\":{\"VPCID\":{\"S\":\"vpc-0b1e8a8e776a87423\"}}}";

    private CustomerTable table;

    @BeforeEach
    void ask() {
        table = new CustomerTable(AwsServer.at(URI.create(DYNAMODB.baseUrl())).dynamoDb(), "customers",
                new Dependency("the table", new SimpleMeterRegistry()));
    }

    private static void answers(ResponseDefinitionBuilder answer) {
        DYNAMODB.stubFor(post(urlEqualTo("/")).willReturn(answer));
    }

    private static ResponseDefinitionBuilder refusal(int status, String code) {
        return status(status).withBody("{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + code + "\","
                + "\"message\":\"no\"}");
    }

    @Test
    void theReadIsConsistentAndOfOurMembersOnly() {
        DYNAMODB.stubFor(post(urlEqualTo("/"))
            .withHeader("X-Amz-Target", equalTo("DynamoDB_20120810.GetItem"))
            .withRequestBody(equalToJson("""
                    {"TableName":"customers","Key":{"VPCID":{"S":"vpc-0b1e8a8e776a87423"}},"ConsistentRead":true,
                     "ProjectionExpression":"VPCID,RemoteRoleARN,EktName,AuditBucketName,ExternalId"}"""))
            .willReturn(ok(ITEM)));

        assertThat(table.read(VPC)).isPresent();
    }

    @Test
    void anItemOfAnotherVpcIsNotTaken() {
        answers(ok("{\"Item\":{\"VPCID\":{\"S\":\"vpc-12345678\"}}}"));

        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> table.read(VPC))
            .withMessageContaining("VPCID");
    }

    @Test
    void aReadThatFailsOnceIsRepeated() {
        DYNAMODB.stubFor(post(urlEqualTo("/")).inScenario("once")
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo("well")
            .willReturn(refusal(500, "InternalServerError")));
        DYNAMODB.stubFor(post(urlEqualTo("/")).inScenario("once").whenScenarioStateIs("well").willReturn(ok(ITEM)));

        assertThat(table.read(VPC)).isPresent();
    }

    @Test
    void aServiceOfTwoSecondsIsWaitedFor() {
        answers(ok(ITEM).withFixedDelay(2_000));

        // On a busy machine an answer can come too late for a try, and a second one for the call.
        await().atMost(Duration.ofMinutes(1))
            .ignoreException(CustomerDirectoryUnavailableException.class)
            .untilAsserted(() -> assertThat(table.read(VPC)).isPresent());
    }

    @Test
    void aServiceThatIsSlowerIsGivenUpInTime() {
        answers(ok(ITEM).withFixedDelay(20_000));
        long start = System.nanoTime();

        fails();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK"})
    void aBrokenConnectionIsAFailure(Fault fault) {
        answers(aResponse().withFault(fault));

        fails();
    }

    @Test
    void anAnswerThatIsCutOffIsAFailure() {
        answers(ok(ITEM.substring(0, 20)).withHeader("Content-Length", Integer.toString(ITEM.length())));

        fails();
    }

    @Test
    void aRefusalNamesTheRight() {
        answers(refusal(400, "AccessDeniedException"));

        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> table.read(VPC))
            .withMessageContaining("dynamodb:GetItem");
        assertThat(table.shortcomings()).singleElement().asString().contains("dynamodb:GetItem");
    }

    @Test
    void anOutageIsALineWhenItBeginsAndOneWhenItEnds(CapturedOutput output) {
        answers(refusal(400, "ProvisionedThroughputExceededException"));
        fails();
        fails();
        answers(ok(ITEM));
        table.read(VPC);
        table.read(VPC);

        assertThat(output.getAll().lines().filter(line -> line.contains(CustomerTable.class.getSimpleName())))
            .satisfiesExactly(
                    begins -> assertThat(begins).contains("WARN", "cannot be read", "served meanwhile"),
                    ends -> assertThat(ends).contains("INFO", "can be read again"));
    }

    private void fails() {
        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> table.read(VPC))
            .withMessageContaining("customers");
    }
}
