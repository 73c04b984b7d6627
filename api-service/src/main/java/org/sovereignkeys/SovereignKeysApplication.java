/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts one API node. Errors are told by our own problem details, not by Boot's error page. */
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@ConfigurationPropertiesScan
@EnableScheduling
public class SovereignKeysApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(SovereignKeysApplication.class, arguments);
    }
}
