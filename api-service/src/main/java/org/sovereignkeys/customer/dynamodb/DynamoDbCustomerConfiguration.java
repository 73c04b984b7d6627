/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.customer.CustomerDirectory;

/** Customers from a table, where {@code sovereign-keys.customers} is {@code dynamodb:TABLE}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "customers", technology = "dynamodb")
class DynamoDbCustomerConfiguration {
    @Bean
    CustomerTable customerTable(SovereignKeysSettings settings, DynamoDbClient dynamoDb, MeterRegistry meters) {
        String table = settings.customers().target();
        return new CustomerTable(dynamoDb, table, new Dependency("the table of customers " + table, meters));
    }

    @Bean
    CustomerDirectory customerDirectory(CustomerTable table) {
        return new CachedCustomers(table, Ticker.systemTicker(), Thread.ofVirtual().name("customers")::start);
    }
}
