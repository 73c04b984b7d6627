/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.VpcId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CustomerFileTest {
    private static final VpcId VPC = new VpcId("vpc-0b1e8a8e776a87423");
    private static final VpcId OTHER = new VpcId("vpc-12345678");
    private static final Duration INTERVAL = Duration.ofMillis(20);

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("customers.yaml");
    }

    @Test
    void allMembersOfACustomerAreRead() throws IOException {
        Files.writeString(file, """
                - VPCID: vpc-0b1e8a8e776a87423
                  RemoteRoleARN: arn:aws:iam::123456789012:role/SovereignKeys
                  EktName: ekt-vpc-0b1e8a8e776a87423
                  AuditBucketName: the-customers-log
                  ExternalId: "42"
                """);

        assertThat(open().find(VPC)).hasValue(new Customer(VPC, "arn:aws:iam::123456789012:role/SovereignKeys",
                "ekt-vpc-0b1e8a8e776a87423", "the-customers-log", "42"));
    }

    @Test
    void aVpcAloneIsACustomerThatMayOnlyReadTheSigningKey() throws IOException {
        Files.writeString(file, "- VPCID: vpc-0b1e8a8e776a87423\n");

        assertThat(open().find(VPC)).hasValueSatisfying(customer -> assertThat(customer.mayHandleSecrets()).isFalse());
    }

    @Test
    void aVpcThatIsNotListedIsNoCustomer() throws IOException {
        Files.writeString(file, "[]");

        assertThat(open().find(VPC)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {VPCID: vpc-12345678, Colour: red}                              | entry 2: unknown member Colour
            {VPCID: vpc-12345678, VPCID: vpc-12345678}                      | not YAML
            {VPCID: vpc-0b1e8a8e776a87423}                                  | entry 2: VPCID vpc-0b1e8a8e776a87423 is there twice
            {VPCID: VPC-12345678}                                           | entry 2: VPCID must be
            {VPCID: 12345678}                                               | entry 2: VPCID is not a text
            {RemoteRoleARN: 'arn:aws:iam::123456789012:role/x'}             | entry 2: VPCID must be
            {VPCID: vpc-12345678, RemoteRoleARN: role/x}                    | entry 2: RemoteRoleARN is not
            {VPCID: vpc-12345678, EktName: ../x}                            | entry 2: EktName must be
            {VPCID: vpc-12345678, EktName: vpc-0b1e8a8e776a87423}           | entry 2: EktName vpc-0b1e8a8e776a87423 is another
            {VPCID: vpc-12345678, AuditBucketName: A_B}                     | entry 2: AuditBucketName must be
            {VPCID: vpc-12345678, ExternalId: 42}                           | entry 2: ExternalId is not a text
            {VPCID: vpc-12345678, ExternalId: 'a b'}                        | entry 2: ExternalId must be
            {VPCID: vpc-12345678, ExternalId: [a]}                          | entry 2: ExternalId is not a text
            vpc-12345678                                                    | entry 2: not a customer
            !!java.net.URL [x]                                              | not YAML
            """)
    void aListThatIsNotAsItMustBeStopsTheStartAndSaysWhere(String entry, String reason) throws IOException {
        Files.writeString(file, "- VPCID: vpc-0b1e8a8e776a87423\n- " + entry + "\n");

        assertThatExceptionOfType(InvalidCustomerListException.class).isThrownBy(this::open)
            .withMessageStartingWith(file + ": " + reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                | not a list
            'VPCID: x'        | not a list
            '- ['             | not YAML
            """)
    void whatIsNoListStopsTheStart(String content, String reason) throws IOException {
        Files.writeString(file, content);

        assertThatExceptionOfType(InvalidCustomerListException.class).isThrownBy(this::open)
            .withMessageContaining(reason);
    }

    @Test
    void aListThatIsNotThereStopsTheStart() {
        assertThatExceptionOfType(InvalidCustomerListException.class).isThrownBy(this::open)
            .withMessageContaining(file.toString());
    }

    @Test
    void aListThatChangedIsReadAgain() throws Exception {
        Files.writeString(file, "- VPCID: vpc-0b1e8a8e776a87423\n");
        CustomerFile customers = open();
        Files.writeString(file, "- VPCID: vpc-12345678\n");

        eventually(() -> customers.find(OTHER).isPresent());
        assertThat(customers.find(VPC)).isEmpty();
    }

    @Test
    void aListThatWasReplacedByOneOfTheSameSizeAndTimeIsReadAgain() throws Exception {
        Files.writeString(file, "- VPCID: vpc-11111111\n");
        FileTime time = Files.getLastModifiedTime(file);
        CustomerFile customers = open();
        Path next = Files.writeString(folder.resolve("next"), "- VPCID: vpc-12345678\n");
        Files.setLastModifiedTime(next, time);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

        eventually(() -> customers.find(OTHER).isPresent());
    }

    @Test
    void aBrokenNewListLeavesTheOldOne() throws Exception {
        Files.writeString(file, "- VPCID: vpc-0b1e8a8e776a87423\n");
        CustomerFile customers = open();
        Files.writeString(file, "- VPCID: nonsense\n");

        stays(() -> customers.find(VPC).isPresent());
    }

    @Test
    void aListThatVanishedLeavesTheOldOne() throws Exception {
        Files.writeString(file, "- VPCID: vpc-0b1e8a8e776a87423\n");
        CustomerFile customers = open();
        Files.delete(file);

        stays(() -> customers.find(VPC).isPresent());
    }

    @Test
    void aListThatIsStillBeingWrittenIsNotReadYet() throws Exception {
        Files.writeString(file, "- VPCID: vpc-0b1e8a8e776a87423\n");
        CustomerFile customers = CustomerFile.open(file, Duration.ZERO);
        for (int i = 0; i < 20; i++) {
            Files.writeString(file, "[]" + "\n".repeat(i));
            assertThat(customers.find(VPC)).isPresent();
        }
    }

    @Test
    void aListThatWasMendedIsRead() throws Exception {
        Files.writeString(file, "- VPCID: vpc-0b1e8a8e776a87423\n");
        CustomerFile customers = open();
        Files.writeString(file, "nonsense");
        stays(() -> customers.find(VPC).isPresent());
        Files.writeString(file, "- VPCID: vpc-12345678\n");

        eventually(() -> customers.find(OTHER).isPresent());
    }

    private CustomerFile open() {
        return CustomerFile.open(file, INTERVAL);
    }

    private static void stays(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            assertThat(condition.getAsBoolean()).isTrue();
            Thread.sleep(INTERVAL);
        }
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() < end).as("within 10 seconds").isTrue();
            Thread.sleep(5);
        }
    }
}
