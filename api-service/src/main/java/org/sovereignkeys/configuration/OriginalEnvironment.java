/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The environment variables of the original system, which mean what they always meant. Where a setting of ours is given on
 * the command line, as a system property or in the environment, that one counts.
 */
class OriginalEnvironment implements EnvironmentPostProcessor {
    private static final Map<String, String[]> SETTINGS = Map.of(
            "HSM_TYPE", new String[]{"hsm.type", ""},
            "KEY_FILE", new String[]{"client-key-file", ""},
            "EKT_BUCKET", new String[]{"customer-keys", "s3:"},
            "AUDIT_BUCKET", new String[]{"audit", "s3:"},
            "VPC_INFOS_TABLE", new String[]{"customers", "dynamodb:"},
            "AWS_DEFAULT_REGION", new String[]{"aws.region", ""});

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> settings = new LinkedHashMap<>();
        SETTINGS.forEach((variable, setting) -> {
            Object value = environment.getSystemEnvironment().get(variable);
            if (value != null && !value.toString().isBlank()) {
                settings.put("sovereign-keys." + setting[0], setting[1] + value);
            }
        });
        environment.getPropertySources()
            .addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                    new MapPropertySource("environment of the original", settings));
    }
}
