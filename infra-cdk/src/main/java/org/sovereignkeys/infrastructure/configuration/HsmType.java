/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.configuration;

/** Vendor of the HSM. The names are those of the configuration, and of the service's HSM_TYPE. */
public enum HsmType {
    cloudhsm, proteccio
}
