/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import java.util.Map;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What holds of the customers' table on every server that speaks DynamoDB's protocol. */
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("NullAway.Init") // the fields are set before each test
abstract class CustomerTableContract {
    private static final VpcId VPC = new VpcId("vpc-0b1e8a8e776a87423");
    private static final String ROLE = "arn:aws:iam::403000000000:role/sovereign";

    private AwsServer aws;
    private String tableName;
    private CustomerTable table;

    abstract AwsServer server();

    @BeforeEach
    void makeTable() {
        aws = server();
        tableName = aws.newTable(CustomerTable.KEY);
        table = table(tableName);
    }

    private CustomerTable table(String name) {
        return new CustomerTable(aws.dynamoDb(), name, new Dependency("the table", new SimpleMeterRegistry()));
    }

    private void put(Map<String, String> members) {
        putValues(members.entrySet()
            .stream()
            .collect(Collectors.toMap(Map.Entry::getKey, member -> AttributeValue.fromS(member.getValue()))));
    }

    private void putValues(Map<String, AttributeValue> item) {
        aws.dynamoDb().putItem(put -> put.tableName(tableName).item(item));
    }

    @Test
    void aCustomerIsReadWithAllItsMembers() {
        put(Map.of("VPCID", VPC.value(), "RemoteRoleARN", ROLE, "EktName", "my-key", "AuditBucketName", "my-bucket",
                "ExternalId", "4711"));

        assertThat(table.read(VPC)).hasValue(new Customer(VPC, ROLE, "my-key", "my-bucket", "4711"));
    }

    @Test
    void onlyTheVpcIdMustBeThere() {
        put(Map.of("VPCID", VPC.value()));

        assertThat(table.read(VPC)).hasValue(new Customer(VPC, null, null, null, null));
    }

    @Test
    void membersThatAreNotOursAreLeftAlone() {
        putValues(Map.of("VPCID", AttributeValue.fromS(VPC.value()), "Contact", AttributeValue.fromN("12")));

        assertThat(table.read(VPC)).isPresent();
    }

    @Test
    void aVpcWithoutItemIsNoCustomer() {
        assertThat(table.read(VPC)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"RemoteRoleARN,role", "EktName,../key", "AuditBucketName,My_Bucket", "ExternalId,x"})
    void aMemberOfAnotherFormIsNamedToTheOperator(String member, String value, CapturedOutput output) {
        put(Map.of("VPCID", VPC.value(), member, value));

        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> table.read(VPC))
            .withMessageContainingAll(VPC.value(), member);
        assertThat(output).contains("ERROR").contains(VPC.value()).contains(member);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RemoteRoleARN", "EktName", "AuditBucketName", "ExternalId"})
    void aMemberThatIsNoStringIsNamedToo(String member) {
        putValues(Map.of("VPCID", AttributeValue.fromS(VPC.value()), member, AttributeValue.fromN("4711")));

        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> table.read(VPC))
            .withMessageContainingAll(member, "not a string");
    }

    @Test
    void aTableThatIsThereIsAsItShouldBe() {
        assertThat(table.shortcomings()).isEmpty();
    }

    @Test
    void aMissingTableIsSaidSoWithWhatToDo() {
        CustomerTable missing = table("no-such-table");

        assertThat(missing.shortcomings()).singleElement()
            .asString()
            .contains("no-such-table", "is missing", "create it with the key VPCID");
        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> missing.read(VPC))
            .withMessageContaining("is missing");
    }

    @Test
    void aTableWithAnotherKeyIsSaidSo() {
        assertThat(table(aws.newTable("Name")).shortcomings()).singleElement()
            .asString()
            .contains("its one key must be VPCID");
    }
}
