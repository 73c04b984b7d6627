/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * With what a node shows who it is, and by what it knows the others.
 *
 * @param authority the one certificate that is trusted
 */
public record Credentials(PrivateKey key, X509Certificate certificate, X509Certificate authority) {
    /** Without the key. */
    @Override
    public String toString() {
        return "Credentials[" + certificate.getSubjectX500Principal() + ", until " + certificate.getNotAfter() + "]";
    }
}
