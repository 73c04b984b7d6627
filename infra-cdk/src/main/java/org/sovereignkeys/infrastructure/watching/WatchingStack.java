/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.watching;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.FilterPattern;
import software.amazon.awscdk.services.logs.MetricFilter;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.api.ApiStack;
import org.sovereignkeys.infrastructure.cluster.Balancer;
import org.sovereignkeys.infrastructure.cluster.ClusterStack;

/** What operators are told of. They subscribe to the topic themselves. */
public final class WatchingStack extends NestedStack {
    private static final int LEAST_NODES = 2;
    private static final int LONGEST_LAG_SECONDS = 15 * 60;

    private final Topic topic;

    public WatchingStack(Construct scope, ClusterStack cluster, ApiStack api) {
        super(scope, "watching");
        topic = topic();
        watchApi(api);
        watchAuthorizer(api);
        cluster.balancer().ifPresent(balancer -> {
            watchNodes(balancer);
            watchService();
        });
        cluster.authorityKeyArn().ifPresent(key -> new SignatureRule(this, topic, key, cluster.nodeRoleArn()));
    }

    private Topic topic() {
        var alarms = Topic.Builder.create(this, "Topic")
            .topicName("topic-sovereign-keys-alarms")
            .enforceSsl(true)
            .build();
        alarms.addToResourcePolicy(PolicyStatement.Builder.create()
            .principals(List.of(new ServicePrincipal("cloudwatch.amazonaws.com")))
            .actions(List.of("sns:Publish"))
            .resources(List.of(alarms.getTopicArn()))
            .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", Aws.ACCOUNT_ID)))
            .build());
        return alarms;
    }

    /** Each zone of the balancer counts by itself: a node is taken for ill where all of them say so. */
    private void watchNodes(Balancer balancer) {
        List<CfnAlarm.DimensionProperty> targets = List.of(dimension("LoadBalancer", balancer.fullName()),
                dimension("TargetGroup", balancer.targetGroupFullName()));
        alarm("UnhealthyNodes", "A node has served nothing for half an hour")
            .namespace("AWS/NetworkELB")
            .metricName("UnHealthyHostCount")
            .dimensions(targets)
            .statistic("Minimum")
            .period(300)
            .evaluationPeriods(6)
            .comparisonOperator("GreaterThanOrEqualToThreshold")
            .threshold(1)
            .treatMissingData("notBreaching")
            .build();
        alarm("HealthyNodes", "Fewer than two nodes can serve a secret")
            .namespace("AWS/NetworkELB")
            .metricName("HealthyHostCount")
            .dimensions(targets)
            .statistic("Maximum")
            .period(60)
            .evaluationPeriods(3)
            .comparisonOperator("LessThanThreshold")
            .threshold(LEAST_NODES)
            .treatMissingData("breaching")
            .build();
    }

    private void watchApi(ApiStack api) {
        countAlarm("ServerErrors", 5, "Calls are answered 500 or 503")
            .namespace("AWS/ApiGateway")
            .metricName("5XXError")
            .dimensions(List.of(dimension("ApiName", ApiStack.NAME), dimension("Stage", api.stage())))
            .build();
    }

    /** By its log: its metric of errors counts refusals too. */
    private void watchAuthorizer(ApiStack api) {
        String metric = "AuthorizerCannotCheck";
        MetricFilter.Builder.create(this, "CannotCheck")
            .logGroup(api.authorizerLog())
            .filterPattern(FilterPattern.stringValue("$.decision", "=", "error"))
            .metricNamespace(ClusterStack.METRICS_NAMESPACE)
            .metricName(metric)
            .metricValue("1")
            .build();
        countAlarm("AuthorizerErrors", 5, "The authorizer could not check callers: DynamoDB, STS or EC2 did not answer")
            .namespace(ClusterStack.METRICS_NAMESPACE)
            .metricName(metric)
            .build();
        countAlarm("AuthorizerThrottles", 1, "Lambda let a call to the authorizer wait in vain: concurrent executions")
            .namespace("AWS/Lambda")
            .metricName("Throttles")
            .dimensions(List.of(dimension("FunctionName", api.authorizerName())))
            .build();
    }

    /** By what nodes send: docs/metrics.md. That they send nothing any more is told once, by the first. */
    private void watchService() {
        countAlarm("HsmErrors", 5, "The HSM fails, or cannot be reached; or no node sends metrics any more")
            .namespace(ClusterStack.METRICS_NAMESPACE)
            .metricName("sovereign_keys.hsm.errors.count")
            .treatMissingData("missing")
            .insufficientDataActions(List.of(topic.getTopicArn()))
            .build();
        countAlarm("LostCustomerKeys", 1, "A customer's key is gone from the bucket, or spoilt: restore it")
            .namespace(ClusterStack.METRICS_NAMESPACE)
            .metricName("sovereign_keys.customer_keys.lost.count")
            .build();
        countAlarm("RemovedEntries", 1, "Entries were removed from the audit log")
            .namespace(ClusterStack.METRICS_NAMESPACE)
            .metricName("sovereign_keys.audit.old_holes.count")
            .build();
        alarm("CopiesBehind", "A customer's copy of the audit log is a quarter of an hour behind")
            .namespace(ClusterStack.METRICS_NAMESPACE)
            .metricName("sovereign_keys.audit.copy.longest_lag.value")
            .statistic("Maximum")
            .period(60)
            .evaluationPeriods(1)
            .comparisonOperator("GreaterThanOrEqualToThreshold")
            .threshold(LONGEST_LAG_SECONDS)
            .treatMissingData("notBreaching")
            .build();
    }

    /** Tells when something has happened so often within five minutes. */
    private CfnAlarm.Builder countAlarm(String id, int least, String description) {
        return alarm(id, description)
            .statistic("Sum")
            .period(300)
            .evaluationPeriods(1)
            .comparisonOperator("GreaterThanOrEqualToThreshold")
            .threshold(least)
            .treatMissingData("notBreaching");
    }

    private CfnAlarm.Builder alarm(String id, String description) {
        return CfnAlarm.Builder.create(this, id)
            .alarmDescription("Sovereign Keys: " + description)
            .alarmActions(List.of(topic.getTopicArn()))
            .okActions(List.of(topic.getTopicArn()));
    }

    private static CfnAlarm.DimensionProperty dimension(String name, String value) {
        return CfnAlarm.DimensionProperty.builder().name(name).value(value).build();
    }
}
