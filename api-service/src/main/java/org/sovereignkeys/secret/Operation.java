/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.util.List;

import static org.sovereignkeys.secret.Parameter.ENCRYPTED_SECRET;
import static org.sovereignkeys.secret.Parameter.INSTANCE_ID;
import static org.sovereignkeys.secret.Parameter.RSA_WRAPPING_KEY;
import static org.sovereignkeys.secret.Parameter.SOURCE_INSTANCE_ID;
import static org.sovereignkeys.secret.Parameter.VOLUME_UUID;

/** The calls that handle secrets: their names, what they take, and what of it goes into the log, in that order. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are List.of's, which cannot be changed
public enum Operation {
    GENERATE_SECRET("generate-secret", List.of(INSTANCE_ID, VOLUME_UUID, RSA_WRAPPING_KEY), List.of()), DECRYPT_SECRET(
            "decrypt-secret", List.of(INSTANCE_ID, VOLUME_UUID, RSA_WRAPPING_KEY),
            List.of(ENCRYPTED_SECRET)), CONVERT_SECRET("convert-secret",
                    List.of(INSTANCE_ID, VOLUME_UUID, SOURCE_INSTANCE_ID), List.of(ENCRYPTED_SECRET));

    private final String callName;
    private final List<Parameter> recorded;
    private final List<Parameter> unrecorded;

    Operation(String callName, List<Parameter> recorded, List<Parameter> unrecorded) {
        this.callName = callName;
        this.recorded = recorded;
        this.unrecorded = unrecorded;
    }

    /** Its name in paths and log entries. */
    public String callName() {
        return callName;
    }

    /** The parameters that a log entry names, in its order. */
    public List<Parameter> recorded() {
        return recorded;
    }

    /** The parameters that it takes besides. */
    public List<Parameter> unrecorded() {
        return unrecorded;
    }
}
