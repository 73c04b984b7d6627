/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.customresources.AwsCustomResource;
import software.amazon.awscdk.customresources.AwsCustomResourcePolicy;
import software.amazon.awscdk.customresources.AwsSdkCall;
import software.amazon.awscdk.customresources.PhysicalResourceId;
import software.amazon.awscdk.services.dynamodb.ITable;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.review.Excuse;

/**
 * A VPC in the customers' table, marked with the stack that wrote it. What someone else wrote there is neither changed, which
 * fails the deployment, nor removed.
 */
public final class Registration extends Construct {
    /** Where the CDK puts the one function of all its calls. */
    private static final String FUNCTION = "AWS679f53fac002430cb0da5b7982bd2287";
    private static final String MARK = "RegisteredBy";
    private static final String OURS = MARK + " = :" + MARK;

    /**
     * Only one a stack.
     *
     * @param members of the item, beside the VPC's id; see docs/formats/storage.md
     */
    public Registration(Construct scope, String id, ITable customers, String vpcId, Map<String, String> members) {
        super(scope, id);
        var register = AwsSdkCall.builder()
            .service("DynamoDB")
            .action("updateItem")
            .parameters(registering(customers, vpcId, members))
            .physicalResourceId(PhysicalResourceId.of(vpcId))
            .build();
        var remove = AwsSdkCall.builder()
            .service("DynamoDB")
            .action("deleteItem")
            .parameters(removing(customers, vpcId))
            .ignoreErrorCodesMatching("ConditionalCheckFailedException")
            .build();
        AwsCustomResource.Builder.create(this, "Item")
            .onUpdate(register)
            .onDelete(remove)
            .installLatestAwsSdk(false)
            .logGroup(LogGroup.Builder.create(this, "Log").retention(RetentionDays.ONE_MONTH).build())
            .policy(AwsCustomResourcePolicy.fromStatements(List.of(rightOnItem(customers, vpcId))))
            .build();
        var function = Stack.of(this).getNode().findChild(FUNCTION);
        Excuse.on(function, "IAM4", "The CDK's own function; the policy lets it write its log and no more.");
        Excuse.on(function, "L1", "The CDK's own function: its runtime is the CDK's to choose.");
    }

    private static Map<String, Object> registering(ITable customers, String vpcId, Map<String, String> members) {
        Map<String, String> all = new TreeMap<>(members);
        all.put(MARK, Aws.STACK_ID);
        Map<String, Object> values = new TreeMap<>();
        all.forEach((member, value) -> values.put(':' + member, text(value)));
        Map<String, Object> call = item(customers, vpcId);
        call.put("UpdateExpression", all.keySet()
            .stream()
            .map(member -> member + " = :" + member)
            .collect(Collectors.joining(", ", "SET ", "")));
        call.put("ConditionExpression", "attribute_not_exists(VPCID) OR " + OURS);
        call.put("ExpressionAttributeValues", values);
        return call;
    }

    private static Map<String, Object> removing(ITable customers, String vpcId) {
        Map<String, Object> call = item(customers, vpcId);
        call.put("ConditionExpression", OURS);
        call.put("ExpressionAttributeValues", Map.of(':' + MARK, text(Aws.STACK_ID)));
        return call;
    }

    private static Map<String, Object> item(ITable customers, String vpcId) {
        return new TreeMap<>(Map.of("TableName", customers.getTableName(), "Key", Map.of("VPCID", text(vpcId))));
    }

    private static Map<String, String> text(String value) {
        return Map.of("S", value);
    }

    private static PolicyStatement rightOnItem(ITable customers, String vpcId) {
        return PolicyStatement.Builder.create()
            .actions(List.of("dynamodb:UpdateItem", "dynamodb:DeleteItem"))
            .resources(List.of(customers.getTableArn()))
            .conditions(Map.of("ForAllValues:StringEquals", Map.of("dynamodb:LeadingKeys", List.of(vpcId))))
            .build();
    }
}
