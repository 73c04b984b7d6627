/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
@Timeout(30)
class StartChecksTest {
    @Test
    void whatACheckFindsIsAWarningAfterTheStart(CapturedOutput output) {
        try (ConfigurableApplicationContext node = start(Shortcoming.class)) {
            await().until(() -> output.getAll().contains("the bucket lacks this; do that {}"));
            assertThat(output.getAll().lines().filter(line -> line.contains("the bucket lacks"))).singleElement()
                .asString()
                .contains("WARN");
            assertThat(node.isRunning()).isTrue();
        }
    }

    @Test
    void aCheckThatFailsStopsNothing(CapturedOutput output) {
        try (ConfigurableApplicationContext node = start(Broken.class)) {
            await().until(() -> output.getAll().contains("a check of the start failed"));
            assertThat(node.isRunning()).isTrue();
        }
    }

    @Test
    void aCheckThatHangsDelaysNothing() {
        try (ConfigurableApplicationContext node = start(Hanging.class)) {
            assertThat(node.isRunning()).isTrue();
            node.getBean(CountDownLatch.class).countDown();
        }
    }

    @Test
    void aNodeWithoutChecksStarts() {
        try (ConfigurableApplicationContext node = start(Nothing.class)) {
            assertThat(node.isRunning()).isTrue();
        }
    }

    private static ConfigurableApplicationContext start(Class<?> checks) {
        return new SpringApplicationBuilder(checks, Wiring.class).properties("spring.main.web-application-type=none")
            .run();
    }

    @Import(StartChecks.class)
    static class Wiring {}

    static class Nothing {}

    static class Shortcoming {
        @Bean
        StartCheck check() {
            return () -> List.of("the bucket lacks this; do that {}");
        }
    }

    static class Broken {
        @Bean
        StartCheck check() {
            return () -> {
                throw new IllegalStateException("broken");
            };
        }
    }

    static class Hanging {
        @Bean
        CountDownLatch gate() {
            return new CountDownLatch(1);
        }

        @Bean
        StartCheck check(CountDownLatch gate) {
            return () -> {
                try {
                    gate.await();
                    return List.of();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            };
        }
    }
}
