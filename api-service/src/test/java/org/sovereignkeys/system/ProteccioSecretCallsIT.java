/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

class ProteccioSecretCallsIT extends SecretCallsContract {
    ProteccioSecretCallsIT() {
        super("proteccio");
    }
}
