/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.dynamodb.BillingMode;
import software.amazon.awscdk.services.dynamodb.ITable;
import software.amazon.awscdk.services.dynamodb.PointInTimeRecoverySpecification;
import software.amazon.awscdk.services.dynamodb.Table;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;

/** The table and the buckets. All are kept when the stack goes. */
public final class DataStack extends NestedStack {
    private final Table customers;
    private final LockedBucket customerKeys;
    private final LockedBucket auditLog;

    public DataStack(Construct scope, Configuration configuration) {
        super(scope, "data");
        customers = Table.Builder.create(this, "Customers")
            .tableName("dyndb-sovereign-keys-vpc-infos")
            .partitionKey(Attribute.builder().name("VPCID").type(AttributeType.STRING).build())
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .pointInTimeRecoverySpecification(
                    PointInTimeRecoverySpecification.builder().pointInTimeRecoveryEnabled(true).build())
            .deletionProtection(true)
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
        customerKeys = bucket("CustomerKeys", configuration, "ekt");
        auditLog = bucket("AuditLog", configuration, "audit-logs");
    }

    private LockedBucket bucket(String id, Configuration configuration, String kind) {
        return new LockedBucket(this, id, configuration.companyIdentifier() + "-sovereign-keys-" + kind,
                configuration.objectLockMode());
    }

    public ITable customers() {
        return customers;
    }

    public LockedBucket customerKeys() {
        return customerKeys;
    }

    public LockedBucket auditLog() {
        return auditLog;
    }
}
