/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.network;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;
import software.amazon.awscdk.services.dynamodb.Table;

import org.sovereignkeys.infrastructure.Synthesis;
import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.configuration.HsmType;
import org.sovereignkeys.infrastructure.configuration.ObjectLockMode;

import static org.assertj.core.api.Assertions.assertThat;

class NetworkStackTest {
    private static final String REGION = "eu-west-3";

    private final Template template = Synthesis.usual().template("network");

    @ParameterizedTest
    @ValueSource(strings = {"public", "private"})
    void thereAreThreeSubnetsOfAKindInThreeZones(String kind) {
        for (int i = 1; i <= 3; i++) {
            template.hasResourceProperties("AWS::EC2::Subnet", Map.of(
                    "AvailabilityZone", Map.of("Fn::Select", List.of(i - 1, Map.of("Fn::GetAZs", Match.anyValue()))),
                    "Tags", Match.arrayWith(List.of(Map.of("Key", "Name", "Value",
                            "subnet-sovereign-keys-api-" + kind + '-' + i)))));
        }
        template.resourceCountIs("AWS::EC2::Subnet", 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"autoscaling", "cloudformation", "ec2", "elasticloadbalancing", "execute-api", "kms",
        "logs",
        "monitoring", "sts"})
    void withoutNatEachServiceThatNodesNeedHasAnEndpoint(String service) {
        template.hasResourceProperties("AWS::EC2::VPCEndpoint", Map.of("ServiceName",
                "com.amazonaws." + REGION + '.' + service, "VpcEndpointType", "Interface", "PrivateDnsEnabled", true));
        template.resourceCountIs("AWS::EC2::NatGateway", 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {".s3", ".dynamodb"})
    void theStoresAreReachedByGatewayEndpoints(String service) {
        template.hasResourceProperties("AWS::EC2::VPCEndpoint", Map.of("VpcEndpointType", "Gateway", "ServiceName",
                Map.of("Fn::Join", List.of("", Match.arrayWith(List.of(service))))));
    }

    @Test
    void withNatThereAreThreeGatewaysAndTheTwoEndpointsThatAreAlwaysThere() {
        Template withNat = Synthesis.of(new Synthesis.Case(REGION, HsmType.proteccio, true, true)).template("network");
        withNat.resourceCountIs("AWS::EC2::NatGateway", 3);
        withNat.resourcePropertiesCountIs("AWS::EC2::VPCEndpoint", Map.of("VpcEndpointType", "Interface"), 2);
        withNat.hasResourceProperties("AWS::EC2::VPCEndpoint",
                Map.of("ServiceName", "com.amazonaws.eu-west-3.execute-api"));
        withNat.hasResourceProperties("AWS::EC2::VPCEndpoint", Map.of("ServiceName", "com.amazonaws.eu-west-3.kms"));
    }

    @Test
    void eachGatewayHasOneOfTheGivenAddresses() {
        List<String> addresses = List.of("eipalloc-0123456789abcdef0", "eipalloc-0123456789abcdef1");
        var stack = new Stack(new App());
        Template withAddresses = Template.fromStack(new NetworkStack(stack, new Configuration(true, "t3.small",
                HsmType.proteccio, Optional.empty(), List.of(), ObjectLockMode.GOVERNANCE, "192.0.2.0/24", true,
                addresses, true, "acme", 100, 200, false), Table.fromTableName(stack, "Customers", "customers")));
        withAddresses.resourceCountIs("AWS::EC2::NatGateway", 2);
        withAddresses.resourceCountIs("AWS::EC2::EIP", 0);
        for (String address : addresses) {
            withAddresses.hasResourceProperties("AWS::EC2::NatGateway", Map.of("AllocationId", address));
        }
    }

    @Test
    void toggledOffNothingCostsByTheHourButTheBastion() {
        Template off = Synthesis.of(new Synthesis.Case(REGION, HsmType.proteccio, false, false)).template("network");
        off.resourceCountIs("AWS::EC2::NatGateway", 0);
        off.resourceCountIs("AWS::EC2::VPCEndpoint", 0);
        off.resourceCountIs("AWS::EC2::Instance", 1);
    }

    @Test
    void flowsAreLogged() {
        template.hasResourceProperties("AWS::EC2::FlowLog", Map.of("TrafficType", "ALL", "ResourceType", "VPC"));
    }

    @Test
    void theBastionTakesSshFromTheAuthorisedRangeAlone() {
        template.hasResourceProperties("AWS::EC2::SecurityGroup", Map.of("SecurityGroupIngress", List.of(
                Map.of("CidrIp", "192.0.2.0/24", "IpProtocol", "tcp", "FromPort", 22, "ToPort", 22, "Description",
                        "BastionAuthorizedRange"))));
        template.resourceCountIs("AWS::EC2::SecurityGroupIngress", 0);
    }

    @Test
    void theBastionIsEncryptedAndWantsTokensForItsMetadata() {
        template.hasResourceProperties("AWS::EC2::Instance", Map.of(
                "MetadataOptions", Match.objectLike(Map.of("HttpTokens", "required")),
                "KeyName", Match.absent(),
                "BlockDeviceMappings",
                List.of(Match.objectLike(Map.of("Ebs", Match.objectLike(Map.of("Encrypted", true)))))));
    }

    @Test
    void theBastionStartsWhenThereIsAWayToTheInternet() {
        assertThat(template.findResources("AWS::EC2::Instance").values()).singleElement()
            .extracting(instance -> String.valueOf(instance.get("DependsOn")))
            .asString()
            .contains("DefaultRoute");
    }

    @Test
    void theBastionHasWhatTheRunbooksUse() {
        template.hasResourceProperties("AWS::EC2::Instance", Map.of("UserData", Map.of("Fn::Base64",
                Match.stringLikeRegexp(" jq [\\s\\S]*ec2instanceconnectcli[\\s\\S]*cloudhsm-cli-latest"))));
        template.hasResourceProperties("AWS::IAM::Policy", Map.of("PolicyDocument", Match.objectLike(Map.of("Statement",
                Match.arrayWith(List.of(Match.objectLike(Map.of("Action", SessionManager.ACTIONS))))))));
    }

    @Test
    void theBastionSendsKeysToNodesOnly() {
        template.hasResourceProperties("AWS::IAM::Policy", Map.of("PolicyDocument", Match.objectLike(Map.of("Statement",
                Match.arrayWith(
                        List.of(Match.objectLike(Map.of("Action", "ec2-instance-connect:SendSSHPublicKey", "Condition",
                                Map.of("StringEquals",
                                        Map.of("aws:ResourceTag/Name", "ec2-sovereign-keys-sovereign-instance",
                                                "ec2:osuser", "ec2-user"))))))))));
    }
}
