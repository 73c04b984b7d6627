/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class OriginalEnvironmentTest {
    @ParameterizedTest
    @CsvSource({"HSM_TYPE,proteccio,hsm.type,proteccio", "KEY_FILE,/ram/key,client-key-file,/ram/key",
        "EKT_BUCKET,my-keys,customer-keys,s3:my-keys", "AUDIT_BUCKET,my-log,audit,s3:my-log",
        "VPC_INFOS_TABLE,customers,customers,dynamodb:customers",
        "AWS_DEFAULT_REGION,eu-west-3,aws.region,eu-west-3"})
    void aVariableOfTheOriginalMeansWhatItAlwaysMeant(String variable, String value, String setting, String meaning) {
        assertThat(environment(Map.of(variable, value)).getProperty("sovereign-keys." + setting)).isEqualTo(meaning);
    }

    @Test
    void anEmptyVariableMeansNothing() {
        assertThat(environment(Map.of("EKT_BUCKET", " ")).getProperty("sovereign-keys.customer-keys")).isNull();
    }

    @Test
    void aSettingOfOursBesideItCountsMore() {
        ConfigurableEnvironment environment = environment(
                Map.of("EKT_BUCKET", "my-keys", "sovereign-keys.customer-keys", "file:/keys"));

        assertThat(environment.getProperty("sovereign-keys.customer-keys")).isEqualTo("file:/keys");
    }

    private static ConfigurableEnvironment environment(Map<String, String> variables) {
        Map<String, Object> given = new HashMap<>(variables);
        StandardEnvironment environment = new StandardEnvironment() {
            @Override
            public Map<String, Object> getSystemEnvironment() {
                return given;
            }

            @Override
            protected void customizePropertySources(MutablePropertySources sources) {
                sources.addLast(new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, given));
            }
        };
        new OriginalEnvironment().postProcessEnvironment(environment, new SpringApplication());
        return environment;
    }
}
