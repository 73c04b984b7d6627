/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.network;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.customresources.AwsCustomResource;
import software.amazon.awscdk.customresources.AwsCustomResourcePolicy;
import software.amazon.awscdk.customresources.AwsSdkCall;
import software.amazon.awscdk.customresources.PhysicalResourceId;
import software.amazon.awscdk.services.dynamodb.ITable;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.review.Excuse;

/** Registers the service's own VPC as a customer without role, so that the bastion can fetch the signing key. */
final class OwnVpc extends Construct {
    /** Where the CDK puts the one function of all its calls. */
    private static final String FUNCTION = "AWS679f53fac002430cb0da5b7982bd2287";

    OwnVpc(Construct scope, IVpc vpc, ITable customers) {
        super(scope, "OwnVpc");
        Map<String, Object> item = new TreeMap<>(Map.of("TableName", customers.getTableName(), "Key",
                Map.of("VPCID", Map.of("S", vpc.getVpcId()))));
        Map<String, Object> itemOfNoCustomer = new TreeMap<>(item);
        itemOfNoCustomer.put("ConditionExpression", "attribute_not_exists(RemoteRoleARN)");
        // An update that changes nothing makes the item, or leaves the one that is there as it is.
        var register = call("updateItem", item).physicalResourceId(PhysicalResourceId.of(vpc.getVpcId())).build();
        var remove = call("deleteItem", itemOfNoCustomer).ignoreErrorCodesMatching("ConditionalCheckFailedException")
            .build();
        AwsCustomResource.Builder.create(this, "Item")
            .onUpdate(register)
            .onDelete(remove)
            .installLatestAwsSdk(false)
            .logGroup(LogGroup.Builder.create(this, "Log").retention(RetentionDays.ONE_MONTH).build())
            .policy(AwsCustomResourcePolicy.fromStatements(List.of(PolicyStatement.Builder.create()
                .actions(List.of("dynamodb:UpdateItem", "dynamodb:DeleteItem"))
                .resources(List.of(customers.getTableArn()))
                .conditions(
                        Map.of("ForAllValues:StringEquals", Map.of("dynamodb:LeadingKeys", List.of(vpc.getVpcId()))))
                .build())))
            .build();
        var function = Stack.of(this).getNode().findChild(FUNCTION);
        Excuse.on(function, "IAM4", "The CDK's own function; the policy lets it write its log and no more.");
        Excuse.on(function, "L1", "The CDK's own function: its runtime is the CDK's to choose.");
    }

    private static AwsSdkCall.Builder call(String action, Map<String, Object> parameters) {
        return AwsSdkCall.builder().service("DynamoDB").action(action).parameters(parameters);
    }
}
