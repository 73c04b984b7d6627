/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

class CloudHsmSecretCallsIT extends SecretCallsContract {
    CloudHsmSecretCallsIT() {
        super("cloudhsm");
    }
}
