/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import software.amazon.awscdk.CfnWaitConditionHandle;
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

/** The table and the buckets. All are kept when the stack goes; those that are there already are taken as they are. */
public final class DataStack extends NestedStack {
    private static final String TABLE = "dyndb-sovereign-keys-vpc-infos";

    private final ITable customers;
    private final BucketReference customerKeys;
    private final BucketReference auditLog;

    public DataStack(Construct scope, Configuration configuration) {
        super(scope, "data");
        String names = configuration.companyIdentifier() + "-sovereign-keys-";
        if (configuration.adoptStorage()) {
            customers = Table.fromTableName(this, "Customers", TABLE);
            customerKeys = BucketReference.ofExisting(names + "ekt");
            auditLog = BucketReference.ofExisting(names + "audit-logs");
            CfnWaitConditionHandle.Builder.create(this, "Nothing").build(); // CloudFormation takes no template without a resource
        } else {
            customers = table();
            customerKeys = new LockedBucket(this, "CustomerKeys", names + "ekt", configuration.objectLockMode())
                .reference();
            auditLog = new LockedBucket(this, "AuditLog", names + "audit-logs", configuration.objectLockMode())
                .reference();
        }
    }

    public ITable customers() {
        return customers;
    }

    public BucketReference customerKeys() {
        return customerKeys;
    }

    public BucketReference auditLog() {
        return auditLog;
    }

    private Table table() {
        return Table.Builder.create(this, "Customers")
            .tableName(TABLE)
            .partitionKey(Attribute.builder().name("VPCID").type(AttributeType.STRING).build())
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .pointInTimeRecoverySpecification(
                    PointInTimeRecoverySpecification.builder().pointInTimeRecoveryEnabled(true).build())
            .deletionProtection(true) // which a deployment that is taken back could not pass; so it stays then
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
    }
}
