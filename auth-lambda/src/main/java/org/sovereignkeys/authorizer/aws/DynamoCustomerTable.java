/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.Customer;
import org.sovereignkeys.authorizer.CustomerTable;

/** The customers' table, key {@code VPCID}. A customer is kept for a minute; that a VPC is none is not kept. */
final class DynamoCustomerTable implements CustomerTable {
    private static final Duration KEPT = Duration.ofSeconds(60);
    static final String KEY = "VPCID";
    private static final String ROLE = "RemoteRoleARN";
    private static final String EXTERNAL_ID = "ExternalId";

    private final DynamoDbClient dynamo;
    private final String table;
    private final ExpiringMap<String, Customer> kept;
    private final InstantSource clock;

    DynamoCustomerTable(DynamoDbClient dynamo, String table, InstantSource clock) {
        this.dynamo = dynamo;
        this.table = table;
        this.clock = clock;
        this.kept = new ExpiringMap<>(clock);
    }

    @Override
    public Optional<Customer> find(String vpcId) {
        Customer known = kept.get(vpcId);
        if (known != null) {
            return Optional.of(known);
        }
        Instant end = clock.instant().plus(KEPT);
        Optional<Customer> found = read(vpcId);
        found.ifPresent(customer -> kept.put(vpcId, customer, end));
        return found;
    }

    private Optional<Customer> read(String vpcId) {
        try {
            Map<String, AttributeValue> item = dynamo.getItem(get -> get.tableName(table)
                .key(Map.of(KEY, AttributeValue.fromS(vpcId)))
                .consistentRead(true)
                .projectionExpression(String.join(",", KEY, ROLE, EXTERNAL_ID))).item();
            return item.isEmpty() ? Optional.empty() : Optional.of(customer(item));
        } catch (SdkException e) {
            throw Failures.cannotCheck("the customers' table", e);
        } catch (IllegalArgumentException e) {
            throw new CannotCheckException("the customers' table: " + e.getMessage(), e);
        }
    }

    private static Customer customer(Map<String, AttributeValue> item) {
        String arn = text(item, ROLE);
        return new Customer(arn == null ? null : new Customer.Role(arn, text(item, EXTERNAL_ID)));
    }

    private static @Nullable String text(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        if (value == null) {
            return null;
        }
        if (value.s() == null) {
            throw new IllegalArgumentException(name + " is not a text");
        }
        return value.s();
    }
}
