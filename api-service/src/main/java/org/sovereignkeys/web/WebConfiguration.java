/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.time.Clock;
import java.util.List;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Wires what the controllers use. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
    private final CallerIdentityResolver callerIdentityResolver;

    WebConfiguration(CallerIdentityResolver callerIdentityResolver) {
        this.callerIdentityResolver = callerIdentityResolver;
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(callerIdentityResolver);
    }

    @Bean
    static Clock clock() {
        return Clock.systemUTC();
    }
}
