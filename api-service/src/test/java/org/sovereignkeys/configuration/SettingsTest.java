/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsTest {
    private static final List<String> LEAST = List.of("sovereign-keys.hsm.type=proteccio",
            "sovereign-keys.customers=file:/c.yaml", "sovereign-keys.customer-keys=file:/k",
            "sovereign-keys.audit=file:/a");

    @Test
    void leastThatIsNeededGetsTheDocumentedDefaults() {
        runner().run(context -> {
            SovereignKeysSettings settings = context.getBean(SovereignKeysSettings.class);
            assertThat(settings.cluster()).isEqualTo(new Location("memory", ""));
            assertThat(settings.clientKeyFile()).isNull();
            assertThat(settings.aws().region()).isNull();
            assertThat(settings.metrics()).isNull();
            assertThat(settings.auditCopy()).isEqualTo(AuditCopy.BACKGROUND);
            assertThat(settings.callTimeout()).isEqualTo(Duration.ofSeconds(9));
            assertThat(settings.hsm()).isEqualTo(new HsmSettings(HsmType.PROTECCIO, null, null, 16,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(8), Duration.ofSeconds(30), Duration.ofSeconds(1), 128, Duration.ofMinutes(10)));
        });
    }

    @Test
    void everythingCanBeSet() {
        runner("sovereign-keys.hsm.type=cloudhsm", "sovereign-keys.hsm.library=/l.so", "sovereign-keys.hsm.slot=3",
                "sovereign-keys.hsm.sessions=8", "sovereign-keys.client-key-file=/ram/k",
                "sovereign-keys.hsm.cache-size=0", "sovereign-keys.audit=s3:my-audit-log",
                "sovereign-keys.customers=dynamodb:my_table", "sovereign-keys.audit-copy=required",
                "sovereign-keys.aws.region=us-gov-west-1", "sovereign-keys.metrics=cloudwatch:SovereignKeys")
            .run(context -> {
                SovereignKeysSettings settings = context.getBean(SovereignKeysSettings.class);
                assertThat(settings.clientKeyFile()).isEqualTo(Path.of("/ram/k"));
                assertThat(settings.hsm().slot()).isEqualTo(3);
                assertThat(settings.hsm().library()).isEqualTo(Path.of("/l.so"));
                assertThat(settings.hsm().type()).isEqualTo(HsmType.CLOUDHSM);
                assertThat(settings.audit()).isEqualTo(new Location("s3", "my-audit-log"));
                assertThat(settings.auditCopy()).isEqualTo(AuditCopy.REQUIRED);
                assertThat(settings.metrics()).isEqualTo(new Location("cloudwatch", "SovereignKeys"));
            });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sovereign-keys.hsm.sessions=0|sovereign-keys.hsm.sessions: must be 1 to 256, but is 0",
        "sovereign-keys.hsm.call-timeout=2h|sovereign-keys.hsm.call-timeout: must be PT0.01S to PT1M, but is PT2H",
        "sovereign-keys.hsm.slot=-1|sovereign-keys.hsm.slot: must not be negative, but is -1",
        "sovereign-keys.hsm.type=|sovereign-keys.hsm.type: is not set; proteccio or cloudhsm is wanted",
        "sovereign-keys.hsm.type=thales|thales",
        "sovereign-keys.customers=|TECHNOLOGY:TARGET is wanted, as file:/some/folder",
        "sovereign-keys.customers=ldap:x|sovereign-keys.customers: this version does not know 'ldap'; dynamodb:PLACE or file:PLACE is wanted",
        "sovereign-keys.customer-keys=s3:My_Bucket|sovereign-keys.customer-keys: 'My_Bucket' cannot be the name of a bucket",
        "sovereign-keys.customers=dynamodb:a|sovereign-keys.customers: 'a' cannot be the name of a table",
        "sovereign-keys.metrics=cloudwatch:AWS/EC2|sovereign-keys.metrics: 'AWS/EC2' cannot be the name of a namespace",
        "sovereign-keys.metrics=statsd:x|sovereign-keys.metrics: this version does not know 'statsd'; cloudwatch:PLACE is wanted",
        "sovereign-keys.audit-copy=sometimes|audit-copy",
        "sovereign-keys.audit-copy=required|sovereign-keys.audit-copy: is required, but customers' copies are made only where",
        "sovereign-keys.aws.region=paris|sovereign-keys.aws.region: 'paris' cannot be a region; eu-west-3 is one",
        "sovereign-keys.call-timeout=1m|sovereign-keys.call-timeout: must be PT0.1S to PT28S, but is PT1M",
        "sovereign-keys.audit=file:|sovereign-keys.audit: 'file' is not of the form file:PLACE or s3:PLACE",
        "sovereign-keys.cluster=memory:x|sovereign-keys.cluster: 'memory:x' is not of the form etcd:PLACE or memory",
        "sovereign-keys.etcd.ca=/c|sovereign-keys.etcd: is set, but cluster is memory, not etcd:HOST:PORT",
        "sovereign-keys.cluster=etcd:h:2379|sovereign-keys.audit: is file:/a, which one node alone can write; nodes that number one log over etcd want s3:BUCKET",
        "sovereign-keys.client-certificate=/c|sovereign-keys.client-certificate: is set, but client-key-file is not",
        "sovereign-keys.hsm.sesions=4|hsm.sesions"})
    void wrongValueStopsTheStartWithItsNameAndTheReason(String setting, String message) {
        runner(setting)
            .run(context -> assertThat(messages(context.getStartupFailure())).anyMatch(m -> m.contains(message)));
    }

    @Test
    void whatIsNotSetAtAllIsNamed() {
        new ApplicationContextRunner().withUserConfiguration(Wiring.class)
            .withPropertyValues("sovereign-keys.hsm.type=proteccio")
            .run(context -> assertThat(messages(context.getStartupFailure()))
                .contains("sovereign-keys.customers: is not set; dynamodb:PLACE or file:PLACE is wanted"));
    }

    private static List<String> messages(@Nullable Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            messages.add(String.valueOf(cause.getMessage()));
        }
        return messages;
    }

    private static ApplicationContextRunner runner(String... further) {
        return new ApplicationContextRunner().withUserConfiguration(Wiring.class)
            .withPropertyValues(LEAST.toArray(String[]::new))
            .withPropertyValues(Arrays.copyOf(further, further.length));
    }

    @EnableConfigurationProperties(SovereignKeysSettings.class)
    static class Wiring {}
}
