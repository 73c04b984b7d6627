/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.watching;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

import org.sovereignkeys.infrastructure.Synthesis;
import org.sovereignkeys.infrastructure.configuration.HsmType;

import static org.assertj.core.api.Assertions.assertThat;

class WatchingStackTest {
    private static final String ALARM = "AWS::CloudWatch::Alarm";

    private final Template template = Synthesis.usual().template("watching");

    @ParameterizedTest
    @CsvSource({"AWS/NetworkELB, HealthyHostCount, Maximum, LessThanThreshold, 2, breaching",
        "AWS/NetworkELB, UnHealthyHostCount, Minimum, GreaterThanOrEqualToThreshold, 1, notBreaching",
        "AWS/Lambda, Throttles, Sum, GreaterThanOrEqualToThreshold, 1, notBreaching",
        "AWS/ApiGateway, 5XXError, Sum, GreaterThanOrEqualToThreshold, 5, notBreaching",
        "SovereignKeys, AuthorizerCannotCheck, Sum, GreaterThanOrEqualToThreshold, 5, notBreaching",
        "SovereignKeys, sovereign_keys.hsm.errors.count, Sum, GreaterThanOrEqualToThreshold, 5, missing",
        "SovereignKeys, sovereign_keys.customer_keys.lost.count, Sum, GreaterThanOrEqualToThreshold, 1, notBreaching",
        "SovereignKeys, sovereign_keys.audit.old_holes.count, Sum, GreaterThanOrEqualToThreshold, 1, notBreaching",
        "SovereignKeys, sovereign_keys.audit.copy.longest_lag.value, Maximum, GreaterThanOrEqualToThreshold, 900, notBreaching"})
    void anAlarmTellsTheTopic(String namespace, String metric, String statistic, String comparison, int threshold,
            String missing) {
        template.hasResourceProperties(ALARM,
                Map.of("Namespace", namespace, "MetricName", metric, "Statistic", statistic, "ComparisonOperator",
                        comparison, "Threshold", threshold, "TreatMissingData", missing, "AlarmActions",
                        List.of(Map.of("Ref", Match.stringLikeRegexp("Topic.*")))));
    }

    /** Longer than a node of an update takes, and than a moment without the HSM. */
    @Test
    void aNodeThatServesNothingForHalfAnHourIsTold() {
        template.hasResourceProperties(ALARM,
                Map.of("MetricName", "UnHealthyHostCount", "Period", 300, "EvaluationPeriods", 6));
    }

    @Test
    void callsThatLambdaDoesNotTakeAreCountedForTheAuthorizerAlone() {
        template.hasResourceProperties(ALARM, Map.of("MetricName", "Throttles", "Dimensions",
                List.of(Map.of("Name", "FunctionName", "Value",
                        Map.of("Ref", Match.stringLikeRegexp(".*AuthorizerFunction.*"))))));
    }

    /** The service's test compares the same list with what it sends. */
    @Test
    void allThatNodesSendIsWatched() throws IOException {
        String page = Files.readString(Path.of("../docs/metrics.md"));
        Set<String> sent = Pattern.compile("^\\| `(sovereign_keys\\.[a-z_.]+)` \\|", Pattern.MULTILINE)
            .matcher(page.substring(page.indexOf("## In CloudWatch"), page.indexOf("## On the node")))
            .results()
            .map(result -> result.group(1))
            .collect(Collectors.toSet());
        Set<String> watched = template.findResources(ALARM)
            .values()
            .stream()
            .map(alarm -> String.valueOf(properties(alarm).get("MetricName")))
            .filter(metric -> metric.startsWith("sovereign_keys."))
            .collect(Collectors.toSet());
        assertThat(watched).isEqualTo(sent).isNotEmpty();
    }

    @Test
    void silenceOfAllNodesIsTold() {
        template.hasResourceProperties(ALARM, Map.of("MetricName", "sovereign_keys.hsm.errors.count",
                "InsufficientDataActions", List.of(Map.of("Ref", Match.stringLikeRegexp("Topic.*")))));
    }

    @Test
    void whatTheAuthorizerCouldNotCheckIsCountedButRefusalsAreNot() {
        template.hasResourceProperties("AWS::Logs::MetricFilter",
                Map.of("FilterPattern", "{ $.decision = \"error\" }"));
    }

    @Test
    void cloudWatchMayTellTheTopic() {
        template.hasResourceProperties("AWS::SNS::TopicPolicy",
                Map.of("PolicyDocument", Match.objectLike(Map.of("Statement",
                        Match.arrayWith(
                                List.of(Match.objectLike(Map.of("Effect", "Allow", "Action", "sns:Publish", "Principal",
                                        Map.of("Service", "cloudwatch.amazonaws.com")))))))));
    }

    @Test
    void aSignatureOfTheAuthorityForAnyoneButANodeIsTold() {
        Object nodeRole = Map.of("Ref", Match.stringLikeRegexp(".*NodeRole.*Arn"));
        template.hasResourceProperties("AWS::Events::Rule",
                Map.of("State", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "EventPattern", Map.of(
                        "source", List.of("aws.kms"),
                        "detail-type", List.of("AWS API Call via CloudTrail"),
                        "detail",
                        Map.of("eventSource", List.of("kms.amazonaws.com"), "eventName", List.of("Sign"), "resources",
                                Map.of("ARN", List.of(Map.of("Ref", Match.stringLikeRegexp(".*AuthorityKey.*Arn")))),
                                "$or",
                                List.of(issuer(Map.of("anything-but", List.of(nodeRole))),
                                        issuer(Map.of("exists", false)))))));
    }

    @Test
    void toggledOffNodesAreNotMissed() {
        Template off = Synthesis.of(new Synthesis.Case("eu-west-3", HsmType.proteccio, false, false))
            .template("watching");
        off.resourceCountIs(ALARM, 3);
        off.resourceCountIs("AWS::Events::Rule", 0);
        off.resourceCountIs("AWS::SNS::Topic", 1);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> properties(Map<String, Object> resource) {
        return (Map<String, Object>) Objects.requireNonNull(resource.get("Properties"));
    }

    private static Map<String, Object> issuer(Map<String, Object> test) {
        return Map.of("userIdentity", Map.of("sessionContext", Map.of("sessionIssuer", Map.of("arn", List.of(test)))));
    }
}
