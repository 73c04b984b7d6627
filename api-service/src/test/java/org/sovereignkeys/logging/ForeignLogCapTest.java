/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ForeignLogCapTest {
    @ParameterizedTest
    @CsvSource({"org.apache.coyote,TRACE,DENY", "org.apache.coyote,DEBUG,DENY", "org.apache.coyote,INFO,DENY",
        "org.apache.tomcat.util.http.Parameters,INFO,DENY",
        "org.apache.coyote,WARN,NEUTRAL", "org.springframework.web.servlet,WARN,DENY",
        "org.springframework.boot,INFO,NEUTRAL",
        "org.apache.coyote,ERROR,NEUTRAL", "org.sovereignkeys.secret,TRACE,NEUTRAL", "org.sovereignkeys,DEBUG,NEUTRAL",
        "org.sovereignkeysfake,DEBUG,DENY", "ROOT,DEBUG,DENY"})
    void foreignLoggersWriteNothingBelowInfo(String logger, String level, FilterReply expected) {
        ForeignLogCap cap = new ForeignLogCap();

        assertThat(cap.decide(null, new LoggerContext().getLogger(logger), Level.toLevel(level), "text", null, null))
            .isEqualTo(expected);
    }
}
