/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.nio.file.Files;
import java.nio.file.Path;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.audit.AuditLog;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.Entries;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;
import org.sovereignkeys.hsm.KeyVault;

import static org.assertj.core.api.Assertions.assertThat;

/** The embedded default as the settings put it together. */
class EmbeddedStorageTest {
    private static final CallRecord CALL = Entries.call(Entries.VPC, "a-volume");

    @TempDir
    Path folder;

    @Test
    void theSettingsNameTheFilesThatAreUsed() throws Exception {
        Files.writeString(folder.resolve("customers.yaml"), "- VPCID: " + Entries.VPC);

        runner().run(context -> {
            assertThat(context.getBean(CustomerDirectory.class).find(Entries.VPC)).isPresent();
            assertThat(context.getBean(EncryptedKeyTokenStore.class).isEmpty()).isTrue();
            assertThat(context.getBean(AuditLog.class).append(CALL)).isEqualTo(1);
        });
        assertThat(folder.resolve("log").resolve(Entries.VPC.value()).resolve("000000001.json")).exists();
    }

    @Test
    void aStoppedNodeGivesItsLogBack() throws Exception {
        Files.writeString(folder.resolve("customers.yaml"), "[]");
        runner().run(context -> context.getBean(AuditLog.class).append(CALL));

        runner().run(context -> assertThat(context.getBean(AuditLog.class).append(CALL)).isEqualTo(2));
    }

    @Test
    void aWrongListOfCustomersStopsTheStart() throws Exception {
        Files.writeString(folder.resolve("customers.yaml"), "- VPCID: nonsense");

        runner().run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("entry 1: VPCID"));
    }

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withUserConfiguration(Embedded.class)
            .withPropertyValues("sovereign-keys.hsm.type=proteccio",
                    "sovereign-keys.customers=file:" + folder.resolve("customers.yaml"),
                    "sovereign-keys.customer-keys=file:" + folder.resolve("keys"),
                    "sovereign-keys.audit=file:" + folder.resolve("log"), "sovereign-keys.cluster=memory");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(SovereignKeysSettings.class)
    @ComponentScan({"org.sovereignkeys.audit", "org.sovereignkeys.cluster.memory", "org.sovereignkeys.customer",
        "org.sovereignkeys.customerkey"})
    static class Embedded {
        @Bean
        KeyVault vault() {
            return new SoftwareVault();
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }
    }
}
