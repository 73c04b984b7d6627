/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.StartCheck;
import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

/**
 * The customers' table: one string key, and members that are strings (docs/formats/storage.md). Reads are consistent, so a
 * customer that was entered is served by the next read. Writes a line to the log when reads begin to fail, and one when they
 * no longer do.
 */
final class CustomerTable implements CustomerSource, StartCheck {
    static final String KEY = "VPCID";
    private static final Logger LOG = LoggerFactory.getLogger(CustomerTable.class);
    private static final String ROLE = "RemoteRoleARN";
    private static final String EKT_NAME = "EktName";
    private static final String AUDIT_BUCKET = "AuditBucketName";
    private static final String EXTERNAL_ID = "ExternalId";
    private static final String MEMBERS = String.join(",", KEY, ROLE, EKT_NAME, AUDIT_BUCKET, EXTERNAL_ID);
    private static final String NOBODY = "nobody";

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final Dependency dependency;
    private final AtomicBoolean failing = new AtomicBoolean();
    /** What is wrong with items, to say it once. */
    private final Map<VpcId, String> reported = new ConcurrentHashMap<>();

    CustomerTable(DynamoDbClient dynamoDb, String table, Dependency dependency) {
        this.dynamoDb = dynamoDb;
        this.table = table;
        this.dependency = dependency;
    }

    @Override
    public Optional<Customer> read(VpcId vpcId) {
        Map<String, AttributeValue> item = item(vpcId);
        return item.isEmpty() ? Optional.empty() : Optional.of(customer(vpcId, item));
    }

    @Override
    public List<String> shortcomings() {
        try {
            dynamoDb.getItem(get(NOBODY));
            return List.of();
        } catch (SdkException e) {
            return List.of(explained(e));
        }
    }

    private Map<String, AttributeValue> item(VpcId vpcId) {
        try {
            Map<String, AttributeValue> item = dependency.call(() -> dynamoDb.getItem(get(vpcId.value())).item());
            if (failing.compareAndSet(true, false)) {
                LOG.info("The table of customers {} can be read again", table);
            }
            return item;
        } catch (SdkException e) {
            String reason = explained(e);
            if (failing.compareAndSet(false, true)) {
                LOG.warn("{} Customers that were read lately are served meanwhile.", reason);
            }
            throw new CustomerDirectoryUnavailableException(reason, e);
        }
    }

    private GetItemRequest get(String vpcId) {
        return GetItemRequest.builder()
            .tableName(table)
            .key(Map.of(KEY, AttributeValue.fromS(vpcId)))
            .consistentRead(true)
            .projectionExpression(MEMBERS)
            .build();
    }

    private Customer customer(VpcId vpcId, Map<String, AttributeValue> item) {
        try {
            if (!vpcId.value().equals(text(item, KEY))) {
                throw new IllegalArgumentException(KEY + " is not that of the VPC that was asked for");
            }
            Customer customer = new Customer(vpcId, text(item, ROLE), text(item, EKT_NAME), text(item, AUDIT_BUCKET),
                    text(item, EXTERNAL_ID));
            reported.remove(vpcId);
            return customer;
        } catch (IllegalArgumentException e) {
            String reason = "The item of " + vpcId + " in the table " + table + " must be corrected: " + e.getMessage();
            if (!reason.equals(reported.put(vpcId, reason))) {
                LOG.error(reason);
            }
            throw new CustomerDirectoryUnavailableException(reason, e);
        }
    }

    private static @Nullable String text(Map<String, AttributeValue> item, String member) {
        AttributeValue value = item.get(member);
        if (value == null) {
            return null;
        }
        if (value.s() == null) {
            throw new IllegalArgumentException(member + " is not a string");
        }
        return value.s();
    }

    private String explained(SdkException failure) {
        String what = "The table of customers " + table;
        return switch (failure) {
            case ResourceNotFoundException _ -> what + " is missing: create it with the key " + KEY
                    + " (a string), or correct sovereign-keys.customers or the region.";
            case DynamoDbException e when isNamed(e, "AccessDeniedException") ->
                what + " may not be read: grant this node dynamodb:GetItem on it. (" + e.getMessage() + ")";
            case DynamoDbException e when isNamed(e, "ValidationException") ->
                what + " is of another form: its one key must be " + KEY + ", a string. (" + e.getMessage() + ")";
            default -> what + " cannot be read: " + failure.getMessage();
        };
    }

    private static boolean isNamed(DynamoDbException failure, String code) {
        return failure.awsErrorDetails() != null && code.equals(failure.awsErrorDetails().errorCode());
    }
}
