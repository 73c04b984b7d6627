/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.metrics.cloudwatch;

import java.util.Objects;
import java.util.Set;

import io.micrometer.cloudwatch2.CloudWatchConfig;
import io.micrometer.cloudwatch2.CloudWatchMeterRegistry;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.config.MeterFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.SovereignKeysSettings;

/** Metrics in CloudWatch, once a minute, where {@code sovereign-keys.metrics} is {@code cloudwatch:NAMESPACE}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "metrics", technology = "cloudwatch")
class CloudWatchConfiguration {
    /**
     * The meters of docs/metrics.md that alarms watch: each costs, and none has a tag, for a metric is then one and the same from
     * all nodes.
     */
    private static final Set<String> WATCHED = Set.of("sovereign_keys.audit.copy.longest_lag",
            "sovereign_keys.audit.old_holes", "sovereign_keys.customer_keys.lost", "sovereign_keys.hsm.errors");

    @Bean
    CloudWatchMeterRegistry cloudWatchMeters(SovereignKeysSettings settings, CloudWatchClient cloudWatch) {
        String namespace = Objects.requireNonNull(settings.metrics()).target();
        CloudWatchConfig config = key -> "cloudwatch.namespace".equals(key) ? namespace : null;
        var registry = new CloudWatchMeterRegistry(config, Clock.SYSTEM, new BlockingCloudWatch(cloudWatch));
        registry.config().meterFilter(MeterFilter.denyUnless(id -> WATCHED.contains(id.getName())));
        return registry;
    }
}
