/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.condition.EnabledIf;

/** For a suite that runs on {@link AwsServer#localStack()}: reported as skipped where there is none. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(value = "org.sovereignkeys.aws.LocalStack#isThere", disabledReason = "neither Docker for LocalStack nor SK_TEST_AWS_ENDPOINT")
public @interface EnabledWithLocalStack {
}
