/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

/** The HSM vendors whose manners are known. */
public enum HsmType {
    /** Atos Trustway Proteccio. */
    PROTECCIO,
    /** AWS CloudHSM. */
    CLOUDHSM
}
