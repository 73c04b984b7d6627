/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

import org.sovereignkeys.infrastructure.Synthesis;
import org.sovereignkeys.infrastructure.artifacts.Script;
import org.sovereignkeys.infrastructure.configuration.HsmType;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterStackTest {
    private static final String REGION = "eu-west-3";
    private static final String GROUP = "AWS::AutoScaling::AutoScalingGroup";
    /** EC2's limit. */
    private static final int MOST_USER_DATA = 16 * 1024;

    private final Template template = Synthesis.usual().template("cluster");

    @Test
    void theGroupHasTwoToThreeNodesAndKeepsThoseThatAreUnhealthyToTheBalancer() {
        template.hasResourceProperties(GROUP, Map.of(
                "AutoScalingGroupName", "asg-sovereign-keys-sovereign-instances",
                "MinSize", "2", "MaxSize", "3", "HealthCheckType", "EC2",
                "VPCZoneIdentifier", List.of(Match.anyValue(), Match.anyValue(), Match.anyValue()),
                "LifecycleHookSpecificationList", List.of(Match.objectLike(
                        Map.of("LifecycleTransition", "autoscaling:EC2_INSTANCE_TERMINATING")))));
    }

    @Test
    void callsAreForwardedToTheNodesOfTheGroup() {
        Map<String, Object> targets = Map.of("Ref", Match.stringLikeRegexp("BalancerTargets.*"));
        template.hasResourceProperties(GROUP, Map.of("TargetGroupARNs", List.of(targets)));
        template.hasResourceProperties("AWS::ElasticLoadBalancingV2::Listener", Map.of("Port", 8080, "Protocol", "TCP",
                "DefaultActions", List.of(Map.of("Type", "forward", "TargetGroupArn", targets))));
    }

    @Test
    void theGroupIsThereWhenAllItsNodesHaveStarted() {
        template.hasResource(GROUP, Map.of("CreationPolicy",
                Map.of("ResourceSignal", Map.of("Count", 3, "Timeout", "PT20M"))));
    }

    @Test
    void noNodeStartsBeforeItsRoleHasItsRights() {
        var group = template.findResources(GROUP).values().iterator().next();
        assertThat(String.valueOf(group.get("DependsOn"))).contains("NodeRoleDefaultPolicy");
    }

    @Test
    void anUpdateTakesOneNodeAtATimeAndWaitsForIt() {
        template.hasResource(GROUP, Map.of("UpdatePolicy", Map.of("AutoScalingRollingUpdate", Match.objectLike(
                Map.of("MaxBatchSize", 1, "MinInstancesInService", 2, "WaitOnResourceSignals", true, "PauseTime",
                        "PT20M",
                        "SuspendProcesses", Match.arrayWith(List.of("ReplaceUnhealthy")))))));
    }

    @Test
    void aNodeIsEncryptedHasNoKeyPairAndWantsTokensForItsMetadata() {
        template.hasResourceProperties("AWS::EC2::LaunchTemplate", Map.of("LaunchTemplateData", Match.objectLike(Map.of(
                "MetadataOptions", Map.of("HttpTokens", "required", "HttpPutResponseHopLimit", 1),
                "KeyName", Match.absent(),
                "BlockDeviceMappings",
                List.of(Match.objectLike(Map.of("Ebs", Match.objectLike(Map.of("Encrypted", true)))))))));
    }

    @Test
    void theBalancerIsInternalAndDoesNotDropWhatComesByPrivateLink() {
        template.hasResourceProperties("AWS::ElasticLoadBalancingV2::LoadBalancer", Map.of("Type", "network", "Scheme",
                "internal", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "off", "SecurityGroups",
                List.of(groupOf("Balancer"))));
    }

    @Test
    void aNodeIsHealthyWhenItsHealthcheckSays204() {
        template.hasResourceProperties("AWS::ElasticLoadBalancingV2::TargetGroup",
                Map.of("Protocol", "TCP", "Port", 8080,
                        "HealthCheckProtocol", "HTTP", "HealthCheckPath", "/healthcheck", "Matcher",
                        Map.of("HttpCode", "204")));
    }

    @Test
    void port8080OfTheNodesIsOpenToTheBalancerAlone() {
        assertThat(ingressOfNodes().stream().filter(rule -> includes(rule, 8080)).toList()).singleElement()
            .satisfies(rule -> assertThat(rule.get("SourceSecurityGroupId").toString())
                .contains("SecurityGroupsBalancer"));
    }

    @Test
    void sshToTheNodesIsOpenToTheBastionAlone() {
        assertThat(ingressOfNodes().stream().filter(rule -> includes(rule, 22)).toList()).singleElement()
            .satisfies(rule -> assertThat(rule.get("SourceSecurityGroupId").toString()).contains("BastionGroup"));
    }

    @Test
    void etcdIsOpenToNodesAlone() {
        assertThat(ingressOfNodes().stream()
            .filter(rule -> includes(rule, 2379) || includes(rule, 2380)
                    || includes(rule, 2381))
            .toList())
            .singleElement()
            .satisfies(
                    rule -> assertThat(rule.get("SourceSecurityGroupId").toString()).contains("SecurityGroupsNodes"))
            .satisfies(rule -> assertThat(includes(rule, 2379) && includes(rule, 2381)).isTrue());
    }

    @Test
    void theBalancerTakesNothingOfItsOwnAccord() {
        assertThat(template.findResources("AWS::EC2::SecurityGroupIngress").values().toString())
            .doesNotContain(", GroupId={Fn::GetAtt=[SecurityGroupsBalancer");
        template.hasResourceProperties("AWS::EC2::SecurityGroup", Map.of("GroupDescription",
                Match.stringLikeRegexp("Load balancer.*"), "SecurityGroupIngress", Match.absent()));
    }

    @Test
    void aProteccioIsReachedAtItsAddressesAlone() {
        assertThat(egressOfNodes()).contains("10.42.1.12/32 tcp 5552-5552", "10.42.1.12/32 udp 111-111",
                "10.42.2.12/32 tcp 5552-5552", "10.42.2.12/32 udp 111-111", "0.0.0.0/0 tcp 443-443")
            .hasSize(5);
    }

    @Test
    void aCloudHsmIsReachedByItsSecurityGroup() {
        Template cloudHsm = Synthesis.of(new Synthesis.Case(REGION, HsmType.cloudhsm, true, false)).template("cluster");
        cloudHsm.hasResourceProperties("AWS::EC2::SecurityGroup", Map.of("SecurityGroupEgress", Match.arrayWith(List.of(
                Map.of("DestinationSecurityGroupId", "sg-0123456789abcdef0", "IpProtocol", "tcp", "FromPort", 2223,
                        "ToPort",
                        2225, "Description", "CloudHSM")))));
        cloudHsm.hasResourceProperties("AWS::EC2::LaunchTemplate", Map.of("LaunchTemplateData", Match.objectLike(
                Map.of("SecurityGroupIds", List.of(groupOf("Nodes"), "sg-0123456789abcdef0")))));
    }

    @Test
    void nodesSignWithTheAuthoritysKeyFromTheirVpc() {
        template.hasResourceProperties("AWS::KMS::Key", Map.of("KeySpec", "ECC_NIST_P384", "KeyUsage", "SIGN_VERIFY"));
        template.hasResourceProperties("AWS::IAM::Policy", Map.of("PolicyDocument", Match.objectLike(Map.of("Statement",
                Match.arrayWith(
                        List.of(Map.of("Effect", "Allow", "Action", List.of("kms:GetPublicKey", "kms:Sign"), "Resource",
                                Map.of("Fn::GetAtt", List.of(Match.stringLikeRegexp("AuthorityKey.*"), "Arn")),
                                "Condition", Map.of("StringEquals", Map.of("aws:SourceVpc", vpc())))))))));
    }

    @Test
    void nobodyElseSignsWithTheAuthoritysKeyWhateverElseIsAllowed() {
        template.hasResourceProperties("AWS::KMS::Key", Map.of("KeyPolicy", Match.objectLike(Map.of("Statement",
                Match.arrayWith(List.of(
                        denial(Map.of("ArnNotEquals", Map.of("aws:PrincipalArn",
                                Map.of("Fn::GetAtt", List.of(Match.stringLikeRegexp("NodeRole.*"), "Arn"))))),
                        denial(Map.of("StringNotEquals", Map.of("aws:SourceVpc", vpc())))))))));
    }

    private static Map<String, Object> denial(Map<String, Object> condition) {
        return Map.of("Effect", "Deny", "Principal", Map.of("AWS", "*"), "Action", "kms:Sign", "Resource", "*",
                "Condition",
                condition);
    }

    /** Comes from the network's stack. */
    private static Map<String, Object> vpc() {
        return Map.of("Ref", Match.stringLikeRegexp(".*Vpc.*"));
    }

    @Test
    void theStartScriptFitsIntoTheUserDataAndIsGivenAllThatItReads() {
        String userData = userData();
        assertThat(userData.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(MOST_USER_DATA - 1024);
        List<String> read = Pattern.compile("\\$([A-Z][A-Z_]+)")
            .matcher(Script.read(StartScript.class, "start-node.sh"))
            .results()
            .map(variable -> variable.group(1))
            .filter(variable -> !variable.equals("SECONDS")) // bash's own
            .distinct()
            .toList();
        assertThat(read).contains("HSM_TYPE", "SELF_LOCKER_ON", "SK_ARTIFACT_BUCKET");
        assertThat(read).allSatisfy(name -> assertThat(userData).contains("\nexport " + name + "='"));
    }

    /** Or a deployment would leave the nodes of the old one, whose template did not change. */
    @Test
    void anotherPackageMakesAnotherLaunchTemplate() {
        assertThat(userData()).contains("\nexport SK_PACKAGE_SUM='" + Synthesis.NODE_PACKAGE.sum() + "'\n",
                "\nexport SK_PACKAGE_VERSION='" + Synthesis.NODE_PACKAGE.version() + "'\n");
    }

    /** That of the package alone: an earlier version of anything else was taken out for a reason. */
    @Test
    void nodesReadTheVersionOfTheirPackageThatWasDeployed() {
        template.hasResourceProperties("AWS::IAM::Policy", Map.of("PolicyDocument", Match.objectLike(Map.of("Statement",
                Match.arrayWith(List.of(Match.objectLike(Map.of("Action", "s3:GetObjectVersion", "Resource",
                        Map.of("Fn::Join", List.of("", Match.arrayWith(
                                List.of("/sovereign-instances/sovereign-keys-api.rpm"))))))))))));
    }

    @Test
    void toggledOffTheRoleIsLeftThatCustomersTrust() {
        Template off = Synthesis.of(new Synthesis.Case(REGION, HsmType.proteccio, false, false)).template("cluster");
        off.resourceCountIs("AWS::IAM::Role", 1);
        for (String kind : List.of(GROUP, "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::KMS::Key",
                "AWS::EC2::LaunchTemplate")) {
            off.resourceCountIs(kind, 0);
        }
    }

    private String userData() {
        var text = new StringBuilder();
        template.findResources("AWS::EC2::LaunchTemplate")
            .values()
            .forEach(node -> new ObjectMapper().<JsonNode>valueToTree(node)
                .at("/Properties/LaunchTemplateData/UserData/Fn::Base64/Fn::Join/1")
                .forEach(part -> text.append(part.isTextual() ? part.asText() : part.toString())));
        return text.toString();
    }

    private static Map<String, Object> groupOf(String id) {
        return Map.of("Fn::GetAtt", List.of(Match.stringLikeRegexp("SecurityGroups" + id + ".*"), "GroupId"));
    }

    private List<JsonNode> ingressOfNodes() {
        return rulesOfNodes("SecurityGroupIngress");
    }

    private List<String> egressOfNodes() {
        return rulesOfNodes("SecurityGroupEgress").stream()
            .filter(rule -> rule.has("CidrIp"))
            .map(rule -> rule.get("CidrIp").asText() + ' ' + rule.get("IpProtocol").asText() + ' '
                    + rule.get("FromPort") + '-'
                    + rule.get("ToPort"))
            .toList();
    }

    /** Those in the group, and those that stand by themselves. */
    private List<JsonNode> rulesOfNodes(String kind) {
        List<JsonNode> rules = new ArrayList<>();
        new ObjectMapper().valueToTree(template.toJSON()).get("Resources").properties().forEach(resource -> {
            var properties = resource.getValue().get("Properties");
            if (resource.getKey().startsWith("SecurityGroupsNodes")) {
                properties.path(kind).forEach(rules::add);
            }
            if (resource.getValue().get("Type").asText().equals("AWS::EC2::" + kind)
                    && properties.get("GroupId").toString().contains("SecurityGroupsNodes")) {
                rules.add(properties);
            }
        });
        return rules;
    }

    private static boolean includes(JsonNode rule, int port) {
        boolean inRange = rule.path("FromPort").asInt() <= port && port <= rule.path("ToPort").asInt();
        return rule.get("IpProtocol").asText().equals("-1") || inRange;
    }
}
