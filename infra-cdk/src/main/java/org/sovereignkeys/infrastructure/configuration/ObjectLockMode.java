/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.configuration;

/** Whether an object can be removed before its retention ends: by nobody, or by who may bypass governance. */
public enum ObjectLockMode {
    COMPLIANCE, GOVERNANCE
}
