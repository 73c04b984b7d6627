/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/** For an adapter: takes part only where a setting that is a {@link Location} names its technology. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnLocation.class)
public @interface ConditionalOnLocation {
    /** Name of the setting below {@code sovereign-keys.}, as {@code audit}. */
    String setting();

    /** The technology, as {@code file}. */
    String technology();
}
