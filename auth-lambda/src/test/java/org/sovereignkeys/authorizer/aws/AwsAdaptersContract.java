/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

import org.sovereignkeys.authorizer.Address;
import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.Customer;
import org.sovereignkeys.authorizer.Instance;
import org.sovereignkeys.authorizer.RoleRefusedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The adapters against a server that has state and was written by others. Each run makes a table and a VPC of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // the fields are set before the first test
abstract class AwsAdaptersContract {
    private static final String TABLE = "sk-test-" + UUID.randomUUID();
    private static final String ACCOUNT = "403000000000";
    private static final Customer.Role ROLE = new Customer.Role("arn:aws:iam::" + ACCOUNT + ":role/SovereignKeys",
            "the-right-one");
    private static final StaticCredentialsProvider OURS = StaticCredentialsProvider
        .create(AwsBasicCredentials.create("AKIAIOSFODNN7EXAMPLE", "secret"));

    private URI server;
    private AwsAccess aws;
    private DynamoDbClient dynamo;
    private Ec2Client ec2;
    private String vpcId;
    private String subnetId;

    /** Starts the server, or finds it. */
    abstract URI server() throws IOException;

    @BeforeAll
    void customerInAnAccountOfItsOwn() throws IOException {
        server = server();
        aws = access(TABLE);
        dynamo = DynamoDbClient.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(OURS)
            .region(Region.EU_WEST_3)
            .endpointOverride(server)
            .build();
        dynamo.createTable(create -> create.tableName(TABLE)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(KeySchemaElement.builder().attributeName("VPCID").keyType(KeyType.HASH).build())
            .attributeDefinitions(
                    AttributeDefinition.builder().attributeName("VPCID").attributeType(ScalarAttributeType.S).build()));
        dynamo.waiter().waitUntilTableExists(describe -> describe.tableName(TABLE));
        ec2 = Ec2Client.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(StaticCredentialsProvider.create(customersOwn()))
            .region(Region.EU_WEST_3)
            .endpointOverride(server)
            .build();
        vpcId = ec2.createVpc(create -> create.cidrBlock("10.42.0.0/16")).vpc().vpcId();
        subnetId = ec2.createSubnet(create -> create.vpcId(vpcId).cidrBlock("10.42.0.0/20")).subnet().subnetId();
    }

    private AwsAccess access(String table) {
        return new AwsAccess(table, OURS, Region.EU_WEST_3, server, InstantSource.system());
    }

    private AwsSessionCredentials customersOwn() {
        try (StsClient sts = StsClient.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(OURS)
            .region(Region.EU_WEST_3)
            .endpointOverride(server)
            .build()) {
            Credentials admin = sts.assumeRole(
                    assume -> assume.roleArn("arn:aws:iam::" + ACCOUNT + ":role/Admin").roleSessionName("admin"))
                .credentials();
            return AwsSessionCredentials.create(admin.accessKeyId(), admin.secretAccessKey(), admin.sessionToken());
        }
    }

    @AfterAll
    void end() {
        aws.close();
        dynamo.close();
        ec2.close();
    }

    private String run(String address) {
        return ec2.runInstances(run -> run.imageId("ami-12345678")
            .instanceType(InstanceType.T3_MICRO)
            .minCount(1)
            .maxCount(1)
            .subnetId(subnetId)
            .privateIpAddress(address)).instances().getFirst().instanceId();
    }

    private void put(Map<String, AttributeValue> item) {
        dynamo.putItem(put -> put.tableName(TABLE).item(item));
    }

    private static AttributeValue text(String text) {
        return AttributeValue.fromS(text);
    }

    @Test
    void aCustomerIsReadWithRoleAndExternalId() {
        put(Map.of("VPCID", text("vpc-00000001"), "RemoteRoleARN", text(ROLE.arn()), "ExternalId",
                text("the-right-one"),
                "EktName", text("a-name"), "AuditBucketName", text("a-bucket")));

        assertThat(aws.customers().find("vpc-00000001")).hasValue(new Customer(ROLE));
    }

    @Test
    void aCustomerMayHaveNoExternalIdAndNoRole() {
        put(Map.of("VPCID", text("vpc-00000002"), "RemoteRoleARN", text(ROLE.arn())));
        put(Map.of("VPCID", text("vpc-00000003")));

        assertThat(aws.customers().find("vpc-00000002")).hasValue(new Customer(new Customer.Role(ROLE.arn(), null)));
        assertThat(aws.customers().find("vpc-00000003")).hasValue(new Customer(null));
    }

    @Test
    void aVpcThatIsNotInTheTableIsNoCustomer() {
        assertThat(aws.customers().find("vpc-00000004")).isEmpty();
    }

    @Test
    void anItemThatIsNotAsItMustBeIsNoReasonToAllow() {
        put(Map.of("VPCID", text("vpc-00000005"), "RemoteRoleARN", text("not an ARN")));
        put(Map.of("VPCID", text("vpc-00000006"), "RemoteRoleARN", AttributeValue.fromN("7")));
        put(Map.of("VPCID", text("vpc-00000007"), "RemoteRoleARN", AttributeValue.fromNul(true)));
        put(Map.of("VPCID", text("vpc-00000008"), "RemoteRoleARN", text("")));

        for (String each : List.of("vpc-00000005", "vpc-00000006", "vpc-00000007", "vpc-00000008")) {
            assertThatExceptionOfType(CannotCheckException.class).as(each)
                .isThrownBy(() -> aws.customers().find(each))
                .withMessageStartingWith("the customers' table: RemoteRoleARN is not");
        }
    }

    @Test
    void aTableThatIsNotThereIsNoReasonToAllow() {
        try (AwsAccess other = access("another-table")) {
            assertThatExceptionOfType(CannotCheckException.class).isThrownBy(() -> other.customers().find(vpcId))
                .withMessage("the customers' table cannot be asked: ResourceNotFoundException");
        }
    }

    @Test
    void aRunningInstanceIsDescribedWithAllItsAddresses() throws RoleRefusedException {
        String id = run("10.42.0.41");
        String second = ec2.createNetworkInterface(
                create -> create.subnetId(subnetId).privateIpAddress("10.42.0.141"))
            .networkInterface()
            .networkInterfaceId();
        ec2.attachNetworkInterface(attach -> attach.networkInterfaceId(second).instanceId(id).deviceIndex(1));

        Instance instance = aws.instances().inspect(ROLE, id).orElseThrow();

        assertThat(instance.state()).isEqualTo("running");
        assertThat(instance.vpcId()).isEqualTo(vpcId);
        assertThat(instance.interfaces()).hasSize(2).allSatisfy(each -> assertThat(each.vpcId()).isEqualTo(vpcId));
        assertThat(instance.interfaces().stream().flatMap(each -> each.addresses().stream()))
            .containsExactlyInAnyOrder(Address.parse("10.42.0.41").orElseThrow(),
                    Address.parse("10.42.0.141").orElseThrow());
    }

    @Test
    void aStoppedAndATerminatedInstanceAreDescribedAsSuch() throws RoleRefusedException {
        String id = run("10.42.0.43");

        ec2.stopInstances(stop -> stop.instanceIds(id));
        assertThat(aws.instances().inspect(ROLE, id).orElseThrow().state()).isEqualTo("stopped");
        ec2.terminateInstances(terminate -> terminate.instanceIds(id));
        assertThat(aws.instances().inspect(ROLE, id).orElseThrow().state()).isEqualTo("terminated");
    }

    @Test
    void anInstanceThatNeverWasIsUnknown() throws RoleRefusedException {
        assertThat(aws.instances().inspect(ROLE, "i-0bbbbbbbbbbbbbbbb")).isEmpty();
    }

    @Test
    void anInstanceIsUnknownToTheRoleOfAnotherAccount() throws RoleRefusedException {
        String id = run("10.42.0.44");

        assertThat(aws.instances().inspect(new Customer.Role("arn:aws:iam::999999999999:role/SovereignKeys", null), id))
            .isEmpty();
    }
}
