/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.aws;

import java.time.Duration;

import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.kms.KmsClient;

/** The clients, whose calls all have an end. Region, credentials and endpoints are found by the SDK in its usual places. */
public final class AwsClients implements AutoCloseable {
    private static final Duration TIME_OF_A_TRY = Duration.ofSeconds(4);
    private static final Duration TIME_OF_A_CALL = Duration.ofSeconds(10);

    private final SdkHttpClient http = UrlConnectionHttpClient.builder()
        .connectionTimeout(Duration.ofSeconds(2))
        .socketTimeout(TIME_OF_A_TRY)
        .build();
    private final AutoScalingClient autoScaling = AutoScalingClient.builder()
        .httpClient(http)
        .overrideConfiguration(bounded())
        .build();
    private final Ec2Client ec2 = Ec2Client.builder().httpClient(http).overrideConfiguration(bounded()).build();
    private final KmsClient kms = KmsClient.builder().httpClient(http).overrideConfiguration(bounded()).build();

    AutoScalingClient autoScaling() {
        return autoScaling;
    }

    Ec2Client ec2() {
        return ec2;
    }

    KmsClient kms() {
        return kms;
    }

    private static ClientOverrideConfiguration bounded() {
        return ClientOverrideConfiguration.builder()
            .apiCallAttemptTimeout(TIME_OF_A_TRY)
            .apiCallTimeout(TIME_OF_A_CALL)
            .build();
    }

    @Override
    public void close() {
        autoScaling.close();
        ec2.close();
        kms.close();
        http.close();
    }
}
