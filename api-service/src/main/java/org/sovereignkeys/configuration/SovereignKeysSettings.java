/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of a node ({@code sovereign-keys.*}). A wrong value, or a key that is none of these, stops the start.
 *
 * @param hsm how the HSM is reached
 * @param clientKeyFile where the HSM's client library expects the private key of its certificate: on a RAM file system;
 *            none when that library needs no key
 * @param clientCertificate the certificate (PEM) that the client key must belong to; none: any private key is taken
 * @param customers the list of customers: {@code file:PATH} of a YAML file, or {@code dynamodb:TABLE}
 * @param customerKeys where the customers' wrapped master keys lie: {@code file:FOLDER} or {@code s3:BUCKET}
 * @param audit where the log goes: {@code file:FOLDER} or {@code s3:BUCKET}; {@code s3} where nodes share numbers
 * @param cluster what the nodes share their secrets and numbers over: {@code etcd:HOST:PORT,HOST:PORT…}, or {@code memory}
 *            for a single node
 * @param etcd by what etcd and this node know each other
 * @param aws how AWS is reached
 * @param auditCopy whether an answer waits for the customer's copy of its entry
 * @param metrics where the metrics go that alarms watch: {@code cloudwatch:NAMESPACE}; null for nowhere
 * @param callTimeout longest time from a call's coming to its answer; past it the caller gets 503
 * @param drainFile a file that, as long as it exists, has the health check say that this node is leaving; none: it never does
 */
@ConfigurationProperties(prefix = "sovereign-keys", ignoreUnknownFields = false)
public record SovereignKeysSettings(HsmSettings hsm, @Nullable Path clientKeyFile, @Nullable Path clientCertificate,
        Location customers, Location customerKeys, Location audit, @DefaultValue("memory") Location cluster,
        @DefaultValue EtcdSettings etcd, @DefaultValue AwsSettings aws, @DefaultValue("background") AuditCopy auditCopy,
        @Nullable Location metrics, @DefaultValue("9s") Duration callTimeout, @Nullable Path drainFile) {
    private static final Duration SHORTEST_CALL = Duration.ofMillis(100);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(28);
    private static final Map<String, Pattern> FORMS = Map.of("s3", Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
            "dynamodb", Pattern.compile("[A-Za-z0-9_.-]{3,255}"), "cloudwatch",
            Pattern.compile("(?!AWS/)[A-Za-z0-9_.#/-]{1,255}"));
    private static final Map<String, String> NAMED = Map.of("s3", "a bucket", "dynamodb", "a table", "cloudwatch",
            "a namespace");

    @SuppressWarnings("NullAway") // The binder passes null for what is not set; that is what is found out here.
    public SovereignKeysSettings {
        if (hsm == null) {
            throw new InvalidSettingException("hsm.type", "is not set; proteccio or cloudhsm is wanted");
        }
        requireKnown("customers", customers, Set.of("file", "dynamodb"));
        requireKnown("customer-keys", customerKeys, Set.of("file", "s3"));
        requireKnown("audit", audit, Set.of("file", "s3"));
        requireKnown("cluster", cluster, Set.of("memory", "etcd"));
        if (metrics != null) {
            requireKnown("metrics", metrics, Set.of("cloudwatch"));
        }
        if (etcd.areSet() && !"etcd".equals(cluster.technology())) {
            throw new InvalidSettingException("etcd", "is set, but cluster is " + cluster + ", not etcd:HOST:PORT");
        }
        if ("etcd".equals(cluster.technology()) && !"s3".equals(audit.technology())) {
            throw new InvalidSettingException("audit", "is " + audit + ", which one node alone can write; nodes that"
                    + " number one log over etcd want s3:BUCKET");
        }
        if (clientCertificate != null && clientKeyFile == null) {
            throw new InvalidSettingException("client-certificate", "is set, but client-key-file is not");
        }
        if (auditCopy == AuditCopy.REQUIRED && !"s3".equals(audit.technology())) {
            throw new InvalidSettingException("audit-copy",
                    "is required, but customers' copies are made only where sovereign-keys.audit is s3:BUCKET");
        }
        if (callTimeout.compareTo(SHORTEST_CALL) < 0 || callTimeout.compareTo(LONGEST_CALL) > 0) {
            throw new InvalidSettingException("call-timeout",
                    "must be " + SHORTEST_CALL + " to " + LONGEST_CALL + ", but is " + callTimeout);
        }
    }

    private static void requireKnown(String key, @Nullable Location location, Set<String> technologies) {
        String wanted = String.join(" or ", new TreeSet<>(technologies).stream()
            .map(technology -> "memory".equals(technology) ? technology : technology + ":PLACE")
            .toList());
        if (location == null) {
            throw new InvalidSettingException(key, "is not set; " + wanted + " is wanted");
        }
        if (!technologies.contains(location.technology())) {
            throw new InvalidSettingException(key,
                    "this version does not know '" + location.technology() + "'; " + wanted + " is wanted");
        }
        if (location.target().isEmpty() != "memory".equals(location.technology())) {
            throw new InvalidSettingException(key, "'" + location + "' is not of the form " + wanted);
        }
        Pattern form = FORMS.get(location.technology());
        if (form != null && !form.matcher(location.target()).matches()) {
            throw new InvalidSettingException(key, "'" + location.target() + "' cannot be the name of "
                    + NAMED.get(location.technology()));
        }
    }
}
