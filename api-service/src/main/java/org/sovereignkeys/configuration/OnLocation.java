/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Compares the technology that a setting names with the one that an adapter is made for. */
class OnLocation implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Map<String, @Nullable Object> wanted = metadata
            .getAnnotationAttributes(ConditionalOnLocation.class.getName());
        if (wanted == null) {
            return false;
        }
        String setting = context.getEnvironment().getProperty("sovereign-keys." + wanted.get("setting"));
        return setting != null && !setting.isBlank()
                && Location.of(setting).technology().equals(wanted.get("technology"));
    }
}
