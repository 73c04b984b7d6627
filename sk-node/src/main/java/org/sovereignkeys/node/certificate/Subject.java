/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Whom a node's certificate is for.
 *
 * @param instance its id
 * @param address its private IPv4 address
 */
public record Subject(String instance, String address) {
    private static final int IP_ADDRESS = 7;

    /** The instance that a certificate is for, if it is also for this address. */
    public static Optional<String> instanceAt(X509Certificate certificate, String address) {
        return hasAddress(certificate, address) ? commonName(certificate) : Optional.empty();
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        RDN[] names = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()).getRDNs(BCStyle.CN);
        return names.length == 1 ? Optional.of(names[0].getFirst().getValue().toString()) : Optional.empty();
    }

    private static boolean hasAddress(X509Certificate certificate, String address) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null && names.stream()
                .anyMatch(name -> name.get(0).equals(IP_ADDRESS) && name.get(1).equals(address));
        } catch (CertificateParsingException _) {
            return false;
        }
    }
}
