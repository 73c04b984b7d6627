/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.authorizer.Address;
import org.sovereignkeys.authorizer.Calls;
import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.Customer;
import org.sovereignkeys.authorizer.Instance;
import org.sovereignkeys.authorizer.Instance.NetworkInterface;
import org.sovereignkeys.authorizer.Refusal;
import org.sovereignkeys.authorizer.RoleRefusedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.sovereignkeys.authorizer.Calls.EXTERNAL_ID;
import static org.sovereignkeys.authorizer.Calls.INSTANCE_ID;
import static org.sovereignkeys.authorizer.Calls.IP;
import static org.sovereignkeys.authorizer.Calls.OTHER_INSTANCE_ID;
import static org.sovereignkeys.authorizer.Calls.OTHER_VPC;
import static org.sovereignkeys.authorizer.Calls.ROLE_ARN;
import static org.sovereignkeys.authorizer.Calls.STAGE;
import static org.sovereignkeys.authorizer.Calls.VPC;

/** What a caller may try, and what comes of it: event in, policy or exception out, and the line of log. */
class AuthorizerHandlerTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(7);
    private static final String READ_ONLY_VPC = "vpc-12345678";

    private final Map<String, Customer> customers = new HashMap<>();
    private final Map<String, Instance> instances = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private Customer.Role trusted = new Customer.Role(ROLE_ARN, EXTERNAL_ID);
    private AuthorizerHandler handler = handler(LONG_ENOUGH);

    private AuthorizerHandler handler(Duration time) {
        return new AuthorizerHandler(vpcId -> {
            asked.add(vpcId);
            return Optional.ofNullable(customers.get(vpcId));
        }, (role, instanceId) -> {
            asked.add(instanceId);
            if (!role.equals(trusted)) {
                throw new RoleRefusedException(Refusal.ROLE_NOT_ASSUMABLE);
            }
            return Optional.ofNullable(instances.get(instanceId));
        }, () -> asked.add("connection"), time, new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @BeforeEach
    void aCustomerWithTwoInstances() {
        customers.put(VPC, new Customer(trusted));
        customers.put(OTHER_VPC, new Customer(trusted));
        customers.put(READ_ONLY_VPC, new Customer(null));
        instances.put(INSTANCE_ID,
                instance("running", VPC, network(VPC, IP, "10.42.0.141"), network(VPC, "10.42.7.7")));
        instances.put(OTHER_INSTANCE_ID, instance("running", VPC, network(VPC, "10.42.0.42")));
    }

    private static Instance instance(String state, String vpcId, NetworkInterface... interfaces) {
        return new Instance(state, vpcId, List.of(interfaces));
    }

    private static NetworkInterface network(String vpcId, String... addresses) {
        return new NetworkInterface(vpcId,
                Stream.of(addresses).flatMap(text -> Address.parse(text).stream()).collect(Collectors.toSet()));
    }

    @Test
    void theInstanceItselfGetsThePolicyThatAllowsItsOneCall() throws IOException {
        String answer = call(Calls.decrypt(INSTANCE_ID));
        assertThat(answer.replaceFirst("\"elapsed_ms\":\"\\d{1,4}\"", "\"elapsed_ms\":\"N\""))
            .isEqualTo("{\"principalId\":\"i-0c4f345c91e5cd4a2\",\"policyDocument\":{"
                    + "\"Version\":\"2012-10-17\",\"Statement\":[{\"Action\":\"execute-api:Invoke\",\"Effect\":\"Allow\","
                    + "\"Resource\":[\"arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/v1/POST/encryption/"
                    + "i-0c4f345c91e5cd4a2/decrypt-secret\"],"
                    + "\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":[\"10.42.0.41/32\"]}}}]},"
                    + "\"context\":{\"elapsed_ms\":\"N\"}}");
        assertThat(log()).isEqualTo("{\"level\":\"INFO\",\"decision\":\"allow\",\"reason\":\"all-checks-passed\","
                + "\"vpc_id\":\"vpc-0b1e8a8e776a87423\",\"instance_id\":\"i-0c4f345c91e5cd4a2\",\"source_ip\":\"10.42.0.41\","
                + "\"request_id\":\"5b4ad0c5-19ad-4d5a-a3b5-6ba4a9d2cd70\"}\n");
    }

    @Test
    void aPendingInstanceIsAllowed() throws IOException {
        instances.put(INSTANCE_ID, instance("pending", VPC, network(VPC, IP)));

        assertThat(call(Calls.decrypt(INSTANCE_ID))).contains("Allow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.42.0.141", "10.42.7.7"})
    void eachAddressOfEachInterfaceInTheVpcIsTheInstances(String address) throws IOException {
        assertThat(call(Calls.decrypt(INSTANCE_ID).with("sourceIp", address))).contains('"' + address + "/32\"");
    }

    @Test
    void anIpv6AddressIsTheInstancesHoweverItIsWritten() throws IOException {
        instances.put(INSTANCE_ID, instance("running", VPC, network(VPC, IP, "2001:db8::41")));

        assertThat(call(Calls.decrypt(INSTANCE_ID).with("sourceIp", "2001:0DB8:0:0:0:0:0:41")))
            .contains("\"2001:db8:0:0:0:0:0:41/128\"");
    }

    @Test
    void aSlashTooManyDirectlyBehindTheStageIsAllowedAsItWasAskedFor() throws IOException {
        assertThat(call(Calls.decrypt(INSTANCE_ID).withPath("//encryption/" + INSTANCE_ID + "/decrypt-secret")))
            .contains('"' + STAGE + "POST//encryption/" + INSTANCE_ID + "/decrypt-secret\"");
    }

    @Test
    void theSigningKeyIsForEveryCustomerAlsoWithoutPathParameters() throws IOException {
        assertThat(call(Calls.signingKey().with("vpcId", READ_ONLY_VPC)))
            .startsWith("{\"principalId\":\"vpc-12345678\"")
            .contains('"' + STAGE + "GET/public-signing-key\"");
        assertThat(call(Calls.signingKey())).startsWith("{\"principalId\":\"" + VPC);
    }

    @Test
    void anotherVpcWithTheSameAddressIsRefused() {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("vpcId", OTHER_VPC), "instance-in-other-vpc");
    }

    @Test
    void anotherAddressIsRefused() {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("sourceIp", "10.42.0.42"), "address-of-another");
    }

    @Test
    void theIdOfAnotherInstanceIsRefused() {
        assertRefused(Calls.decrypt(OTHER_INSTANCE_ID), "address-of-another");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shutting-down", "terminated", "stopping", "stopped", "Running", ""})
    void anInstanceThatDoesNotRunIsRefused(String state) {
        instances.put(INSTANCE_ID, instance(state, VPC, network(VPC, IP)));

        assertRefused(Calls.decrypt(INSTANCE_ID), "instance-not-running");
    }

    @Test
    void anUnknownInstanceIsRefused() {
        assertRefused(Calls.decrypt("i-0bbbbbbbbbbbbbbbb"), "instance-unknown");
    }

    @Test
    void anUnregisteredVpcIsRefusedAlsoTheSigningKey() {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("vpcId", "vpc-0dddddddddddddddd"), "vpc-not-registered");
        assertRefused(Calls.signingKey().with("vpcId", "vpc-0dddddddddddddddd"), "vpc-not-registered");
    }

    @Test
    void aRoleThatCannotBeAssumedIsRefused() {
        customers.put(VPC, new Customer(new Customer.Role("arn:aws:iam::403000000000:role/Gone", EXTERNAL_ID)));

        assertRefused(Calls.decrypt(INSTANCE_ID), "role-not-assumable");
    }

    @Test
    void aWrongExternalIdIsRefused() {
        customers.put(VPC, new Customer(new Customer.Role(ROLE_ARN, "the-wrong-one")));

        assertRefused(Calls.decrypt(INSTANCE_ID), "role-not-assumable");
    }

    @Test
    void aPostFromAVpcWithoutRoleIsRefused() {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("vpcId", READ_ONLY_VPC), "vpc-may-only-read");
        assertRefused(Calls.signingKey()
            .with("vpcId", READ_ONLY_VPC)
            .with("httpMethod", "POST")
            .withPath("/public-signing-key"), "vpc-may-only-read");
    }

    @Test
    void theSecondInterfaceInAnotherVpcHelpsNeitherThereNorHere() {
        instances.put(INSTANCE_ID, instance("running", VPC, network(VPC, IP), network(OTHER_VPC, "10.99.0.1")));

        assertRefused(Calls.decrypt(INSTANCE_ID).with("sourceIp", "10.99.0.1"), "address-of-another");
        assertRefused(Calls.decrypt(INSTANCE_ID).with("sourceIp", "10.99.0.1").with("vpcId", OTHER_VPC),
                "instance-in-other-vpc");
    }

    @Test
    void anInstanceWithoutInterfacesIsRefused() {
        instances.put(INSTANCE_ID, instance("running", VPC));

        assertRefused(Calls.decrypt(INSTANCE_ID), "address-of-another");
    }

    @Test
    void headersOfTheCallerCountForNothing() {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("vpcId", null).with("sourceIp", null), "no-vpc");
        assertRefused(Calls.decrypt(INSTANCE_ID).with("sourceIp", null), "no-address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vpc-0B1E8A8E776A87423", "vpc-*", "vpc-0b1e8a8e776a8742", "", "vpc-0b1e8a8e776a87423\\n"})
    void whatIsNoVpcIdIsRefusedBeforeAnythingIsAsked(String vpcId) {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("vpcId", vpcId), "no-vpc");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "10.42.0", "10.42.0.041", "10.42.0.41/8", "0.0.0.0/0", "::ffff:10.42.0.41",
        "10.42.0.41, 10.42.0.42", "fe80::1%eth0", "169082921", "", "[2001:db8::1]"})
    void whatIsNoAddressIsRefusedBeforeAnythingIsAsked(String address) {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("sourceIp", address), "no-address");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/encryption/i-0c4f345c91e5cd4a2%2fdecrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2%2Fdecrypt-secret/decrypt-secret",
        "/encryption/i-0aaaaaaaaaaaaaaaa/../i-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2/../i-0aaaaaaaaaaaaaaaa/decrypt-secret",
        "/encryption/./i-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/%69-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/I-0C4F345C91E5CD4A2/decrypt-secret",
        "/encryption/i-0C4F345C91E5CD4A2/decrypt-secret",
        "/ENCRYPTION/i-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2/DECRYPT-SECRET",
        "/encryption/i-0c4f345c91e5cd4a2/*",
        "/encryption/i-*/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a?/decrypt-secret",
        "/encryption/${aws:PrincipalTag}/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2/decrypt-secret/",
        "/encryption//i-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2//decrypt-secret",
        "///encryption/i-0c4f345c91e5cd4a2/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2;x=1/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2 /decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2\\n/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2/decrypt-secret\\n",
        "/encryption/i-0c4f345c91e5cd4a2\\u0000/decrypt-secret",
        "/encryption/i-0c4f345c91e5cd4a2/decrypt-secret/encryption/i-0aaaaaaaaaaaaaaaa/decrypt-secret",
        "/encryption/decrypt-secret", "/encryption", "/", "", "/hsm-pin", "/client-key", "/healthcheck",
        "/*", "*"})
    void aTrickWithThePathIsRefusedBeforeAnythingIsAsked(String path) {
        assertRefused(Calls.decrypt(INSTANCE_ID).withPath(path), "no-such-call");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "*", "OPTIONS", "post", "HEAD"})
    void anotherMethodIsRefusedBeforeAnythingIsAsked(String method) {
        assertRefused(Calls.decrypt(INSTANCE_ID)
            .with("httpMethod", method)
            .withPath("/encryption/" + INSTANCE_ID + "/decrypt-secret"), "no-such-call");
        assertThat(asked).isEmpty();
    }

    @Test
    void anEventThatNamesTwoCallsIsRefusedBeforeAnythingIsAsked() {
        assertRefused(Calls.decrypt(INSTANCE_ID).with("InstanceId", OTHER_INSTANCE_ID), "path-is-ambiguous");
        assertRefused(Calls.decrypt(INSTANCE_ID).with("path", "/encryption/" + OTHER_INSTANCE_ID + "/decrypt-secret"),
                "path-is-ambiguous");
        assertRefused(Calls.decrypt(INSTANCE_ID).with("path", "/encryption/%69-0c4f345c91e5cd4a2/decrypt-secret"),
                "path-is-ambiguous");
        assertRefused(Calls.decrypt(INSTANCE_ID).with("httpMethod", "GET"), "path-is-ambiguous");
        assertRefused(Calls.signingKey().with("InstanceId", INSTANCE_ID), "path-is-ambiguous");
        assertThat(asked).isEmpty();
    }

    @Test
    void theInstanceIsCheckedAlsoWhereTheEventHasNoPathParameters() {
        assertRefused(Calls.decrypt(OTHER_INSTANCE_ID).with("InstanceId", null), "address-of-another");
    }

    @ParameterizedTest
    @ValueSource(strings = {"arn:aws:execute-api:eu-west-3:123456789012:*/v1/POST/public-signing-key", "*",
        "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/*/GET/public-signing-key",
        "arn:aws:s3:eu-west-3:123456789012:a1b2c3d4e5/v1/GET/public-signing-key"})
    void anArnThatStandsForMoreThanItselfIsRefused(String arn) {
        assertRefused(Calls.signingKey().with("methodArn", arn), "no-such-call");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{", "{}", "{\"methodArn\": 7}", "{\"methodArn\": [\"a\"]}",
        "\u0000", "{\"type\": \"TOKEN\", \"authorizationToken\": \"t\"}"})
    void whatIsNoEventIsAnErrorAndNeverAllowed(String event) {
        assertThatExceptionOfType(AuthorizerUnavailableException.class).isThrownBy(() -> call(event));
        assertThat(log()).startsWith("{\"level\":\"ERROR\",\"decision\":\"error\",\"reason\":\"cannot-check\"");
    }

    @Test
    void membersOfAnotherTypeAreTakenForAbsent() {
        String event = Calls.decrypt(INSTANCE_ID).json().replace("\"" + VPC + "\"", "[\"" + VPC + "\"]");

        assertThatExceptionOfType(UnauthorizedException.class).isThrownBy(() -> call(event));
        assertThat(log()).contains("no-vpc");
    }

    @Test
    void whatCannotBeCheckedIsAnErrorAndNeverAllowed() {
        AuthorizerHandler blind = new AuthorizerHandler(_ -> {
            throw new CannotCheckException("DynamoDB cannot be asked: ThrottlingException", null);
        }, (_, _) -> Optional.empty(), () -> {}, LONG_ENOUGH, new PrintStream(log, true, StandardCharsets.UTF_8));

        assertThatExceptionOfType(AuthorizerUnavailableException.class)
            .isThrownBy(() -> call(blind, Calls.decrypt(INSTANCE_ID).json()))
            .withMessage("The caller cannot be checked now");
        assertThat(log()).contains("\"detail\":\"DynamoDB cannot be asked: ThrottlingException\"");
    }

    @Test
    void aBugIsAnErrorAndNeverAllowed() {
        AuthorizerHandler broken = new AuthorizerHandler(_ -> {
            throw new IllegalStateException("with a secret in its message");
        }, (_, _) -> Optional.empty(), () -> {}, LONG_ENOUGH, new PrintStream(log, true, StandardCharsets.UTF_8));

        assertThatExceptionOfType(AuthorizerUnavailableException.class)
            .isThrownBy(() -> call(broken, Calls.decrypt(INSTANCE_ID).json()));
        assertThat(log()).contains("a bug: java.lang.IllegalStateException").doesNotContain("secret in its message");
    }

    @Test
    void aCheckThatHangsIsAnErrorInTime() {
        CountDownLatch never = new CountDownLatch(1);
        AuthorizerHandler hanging = new AuthorizerHandler(_ -> {
            boolean over = false;
            while (!over) {
                try {
                    never.await();
                    over = true;
                } catch (InterruptedException e) {
                    over = false; // a look-up of a name does not listen either
                }
            }
            return Optional.empty();
        }, (_, _) -> Optional.empty(), () -> {}, Duration.ofMillis(50),
                new PrintStream(log, true, StandardCharsets.UTF_8));

        assertThatExceptionOfType(AuthorizerUnavailableException.class)
            .isThrownBy(() -> call(hanging, Calls.decrypt(INSTANCE_ID).json()));
        assertThat(log()).contains("no decision within 50 ms");
    }

    @Test
    void theLogRepeatsNothingThatACallerMadeUp() {
        String event = Calls.decrypt(INSTANCE_ID)
            .withPath("/encryption/i-evil\\\",\\\"decision\\\":\\\"allow/decrypt-secret")
            .with("vpcId", "vpc-evil")
            .with("sourceIp", "evil")
            .json()
            .replace("5b4ad0c5-19ad-4d5a-a3b5-6ba4a9d2cd70", "evil\\n{}");

        assertThatExceptionOfType(UnauthorizedException.class).isThrownBy(() -> call(event));
        assertThat(log()).doesNotContain("evil", "a-token", "curl", "forged")
            .isEqualTo("{\"level\":\"WARN\",\"decision\":\"refuse\",\"reason\":\"no-such-call\","
                    + "\"detail\":\"method and path are none of this API's calls\"}\n");
    }

    @Test
    void theSnapshotIsPrimedWithoutTouchingACustomerOrLeavingALine() throws IOException {
        handler.beforeCheckpoint(org.crac.Core.getGlobalContext());
        handler.afterRestore(org.crac.Core.getGlobalContext());

        assertThat(asked).containsExactly("connection");
        assertThat(log()).isEmpty();
        assertThat(call(Calls.decrypt(INSTANCE_ID))).contains("Allow");
    }

    /** What a rule sends once a day, lest Lambda take the snapshot away: to an alarm, it is neither an error nor a caller. */
    @Test
    void aCallThatKeepsTheSnapshotIsRefusedWithoutAskingAnybody() {
        assertThatExceptionOfType(UnauthorizedException.class)
            .isThrownBy(() -> call("{\"methodArn\":\"keep-the-snapshot\"}"));

        assertThat(asked).isEmpty();
        assertThat(log()).startsWith("{\"level\":\"WARN\",\"decision\":\"refuse\",\"reason\":\"no-such-call\"");
    }

    private void assertRefused(Calls calls, String reason) {
        log.reset();
        assertThatExceptionOfType(UnauthorizedException.class).isThrownBy(() -> call(calls))
            .withMessage("Unauthorized");
        assertThat(log()).startsWith("{\"level\":\"WARN\",\"decision\":\"refuse\",\"reason\":\"" + reason + "\"")
            .hasLineCount(1);
    }

    private String call(Calls calls) throws IOException {
        return call(calls.json());
    }

    private String call(String event) throws IOException {
        return call(handler, event);
    }

    private static String call(AuthorizerHandler handler, String event) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        handler.handleRequest(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), answer, null);
        return answer.toString(StandardCharsets.UTF_8);
    }

    private String log() {
        return log.toString(StandardCharsets.UTF_8);
    }
}
