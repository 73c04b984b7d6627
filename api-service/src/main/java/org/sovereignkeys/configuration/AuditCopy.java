/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

/** Whether an answer waits until its entry lies in the customer's bucket too. */
public enum AuditCopy {
    /** For a moment; a copy that takes longer is made in the background. */
    BACKGROUND,
    /** Always, as in the original: no copy, no answer. */
    REQUIRED
}
