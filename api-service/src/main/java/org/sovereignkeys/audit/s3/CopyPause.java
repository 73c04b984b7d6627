/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import software.amazon.awssdk.core.exception.SdkServiceException;

/** Growing pauses, with jitter, between tries of a bucket that does not take its copies. */
final class CopyPause {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(3);
    /** Where the customer has to act. */
    private static final Duration LONGEST_WHEN_REFUSED = Duration.ofSeconds(60);

    private Duration next = FIRST;

    void reset() {
        next = FIRST;
    }

    void sleep(Throwable failure) throws InterruptedException {
        long whole = next.toMillis();
        Thread.sleep(ThreadLocalRandom.current().nextLong(whole / 2, whole + 1));
        Duration longest = isRefusal(failure) ? LONGEST_WHEN_REFUSED : LONGEST;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof SdkServiceException answered && answered.statusCode() >= 400
                && answered.statusCode() < 500 && !answered.isThrottlingException();
    }
}
