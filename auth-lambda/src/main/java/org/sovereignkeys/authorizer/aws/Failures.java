/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.util.regex.Pattern;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

import org.sovereignkeys.authorizer.CannotCheckException;

/** What a failed call to AWS tells the log: the service's own code, or the kind of failure; never its message. */
final class Failures {
    private static final Pattern CODE = Pattern.compile("[\\w.]{1,64}");

    private Failures() {}

    static CannotCheckException cannotCheck(String what, SdkException failure) {
        return new CannotCheckException(what + " cannot be asked: " + code(failure), failure);
    }

    /** The service's code, or the exception's name where no service answered. */
    static String code(SdkException failure) {
        String code = failure instanceof AwsServiceException answered && answered.awsErrorDetails() != null
                ? answered.awsErrorDetails().errorCode()
                : null;
        return code != null && CODE.matcher(code).matches() ? code : failure.getClass().getSimpleName();
    }
}
