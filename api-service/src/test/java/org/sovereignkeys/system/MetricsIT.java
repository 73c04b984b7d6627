/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.cbor.CBORMapper;

import org.sovereignkeys.aws.AwsServer;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

/** What alarms watch reaches CloudWatch, and tells what it should. */
class MetricsIT {
    private static final String PUT = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
    private static final byte[] EMPTY_MAP = {(byte) 0xA0};

    @TempDir
    Path folder;

    private final AwsServer aws = AwsServer.moto();
    private final String table = aws.newTable("VPCID");
    private final String keys = aws.newBucket();
    private final WireMockServer cloudWatch = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    @AfterEach
    void stop() {
        cloudWatch.stop();
    }

    @Test
    void allThatAlarmsWatchIsSentAndNothingElse() throws IOException {
        cloudWatch.start();
        cloudWatch.stubFor(post(urlPathEqualTo(PUT))
            .willReturn(aResponse().withHeader("smithy-protocol", "rpc-v2-cbor").withBody(EMPTY_MAP)));
        aws.dynamoDb()
            .putItem(put -> put.tableName(table)
                .item(Map.of("VPCID", AttributeValue.fromS(ServiceHome.VPC), "RemoteRoleARN",
                        AttributeValue.fromS("arn:aws:iam::403000000000:role/sovereign"), "AuditBucketName",
                        AttributeValue.fromS("no-such-bucket"))));
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        home.keepOnAws(aws, table, keys);
        home.keepLogOnAws(aws.newBucket(), Map.of("AWS_ENDPOINT_URL_CLOUDWATCH", cloudWatch.baseUrl()));
        try (ServiceProcess service = ServiceProcess.ready(home, "--sovereign-keys.metrics=cloudwatch:SovereignKeys")) {
            Instance instance = Instance.of(service, ServiceHome.VPC);
            assertThat(instance.generate("v").status()).isEqualTo(200); // its copy cannot be made
            home.misbehave("device gone\n");
            ServiceProcess.await("away", () -> instance.generate("v").status() == 503);
            home.misbehave("");
            ServiceProcess.await("back", () -> instance.generate("v").status() == 200);
            aws.s3().deleteObject(delete -> delete.bucket(keys).key(ServiceHome.VPC + ".ekt"));
            assertThat(instance.generate("v").status()).isEqualTo(503);
            service.stop(); // sends what was not sent yet
        }

        Map<String, Double> sent = sent();
        assertThat(sent.keySet()).isEqualTo(documented());
        assertThat(sent.get("sovereign_keys.hsm.errors.count")).isPositive();
        assertThat(sent.get("sovereign_keys.audit.copy.longest_lag.value")).isPositive();
        assertThat(sent.get("sovereign_keys.customer_keys.lost.count")).isEqualTo(1);
        assertThat(sent.get("sovereign_keys.audit.old_holes.count")).isZero();
    }

    /** The sum of each metric. */
    private Map<String, Double> sent() {
        Map<String, Double> sums = new TreeMap<>();
        for (LoggedRequest put : cloudWatch.findAll(postRequestedFor(urlPathEqualTo(PUT)))) {
            JsonNode request = new CBORMapper().readTree(put.getBody());
            assertThat(request.get("Namespace").asString()).isEqualTo("SovereignKeys");
            for (JsonNode datum : request.get("MetricData")) {
                assertThat(datum.path("Dimensions")).isEmpty();
                sums.merge(datum.get("MetricName").asString(), datum.get("Value").asDouble(), Double::sum);
            }
        }
        return sums;
    }

    private static Set<String> documented() throws IOException {
        String page = Files.readString(Path.of("../docs/metrics.md"));
        return Pattern.compile("^\\| `(sovereign_keys\\.[a-z_.]+)` \\|", Pattern.MULTILINE)
            .matcher(page.substring(page.indexOf("## In CloudWatch"), page.indexOf("## On the node")))
            .results()
            .map(result -> result.group(1))
            .collect(Collectors.toSet());
    }
}
