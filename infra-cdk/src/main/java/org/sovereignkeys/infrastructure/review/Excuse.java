/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.review;

import java.util.List;

import io.github.cdklabs.cdknag.NagPackSuppression;
import io.github.cdklabs.cdknag.NagSuppressions;
import software.constructs.IConstruct;

/** A finding of cdk-nag that is accepted. */
public final class Excuse {
    private Excuse() {}

    /** For the construct and all below it. */
    public static void on(IConstruct construct, String rule, String reason) {
        suppress(construct, "AwsSolutions-" + rule, reason);
    }

    /** For rules that would have to know a value which is given only when the template is deployed. */
    public static void onUnreadable(IConstruct construct, String reason) {
        suppress(construct, "CdkNagValidationFailure", reason);
    }

    private static void suppress(IConstruct construct, String id, String reason) {
        NagSuppressions.addResourceSuppressions(construct,
                List.of(NagPackSuppression.builder().id(id).reason(reason).build()), true);
    }
}
