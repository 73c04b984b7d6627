/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CustomerTest {
    private static final VpcId VPC = new VpcId("vpc-0b1e8a8e776a87423");

    @Test
    void theAccountIsTheRoles() {
        Customer customer = new Customer(VPC, "arn:aws-cn:iam::123456789012:role/path/Name", null, null, null);

        assertThat(customer.accountId()).hasValue("123456789012");
    }

    @Test
    void withoutANameTheKeyIsNamedAfterTheVpc() {
        assertThat(new Customer(VPC, null, null, null, null).keyName()).isEqualTo(VPC.value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vpc-1234567", "vpc-123456789", "vpc-1234567G", "VPC-12345678", " vpc-12345678",
        "vpc-12345678\n", ""})
    void whatIsNoVpcIdIsRefused(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new VpcId(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "Bucket-Name", "-bucket", "bucket-", "a/b/c", "bucket\n"})
    void whatIsNoBucketNameIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Customer(VPC, null, null, name, null))
            .withMessageStartingWith("AuditBucketName");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "with blank", "new\nline"})
    void whatIsNoExternalIdIsRefused(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Customer(VPC, null, null, null, id))
            .withMessageStartingWith("ExternalId");
    }
}
