/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How AWS is reached, beside what its SDK takes from the environment: credentials, {@code AWS_ENDPOINT_URL}.
 *
 * @param region as {@code eu-west-3}; null for what the environment, or the metadata service, says
 */
public record AwsSettings(@Nullable String region) {
    private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(?:-[a-z]{2,12})+-\\d{1,2}");

    public AwsSettings {
        if (region != null && !REGION.matcher(region).matches()) {
            throw new InvalidSettingException("aws.region", "'" + region + "' cannot be a region; eu-west-3 is one");
        }
    }
}
