/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HexFormat;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/**
 * Issues certificates. All in its own certificate but the signature follows from the key, so each node makes that by
 * itself, and those of two nodes are the same to whoever verifies: the issuer's name and key count, not the signature of
 * a root.
 */
public final class Authority {
    private static final X500Name NAME = new X500Name("CN=Sovereign Keys cluster authority");
    private static final Instant ROOT_FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant ROOT_UNTIL = Instant.parse("2126-01-01T00:00:00Z");
    /** By how much clocks of nodes may differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final int SERIAL_BITS = 127;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final AuthorityKey key;
    private final X509Certificate certificate;

    /** Asks the key for one signature. */
    public Authority(AuthorityKey key) {
        this.key = key;
        this.certificate = root();
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** By which people compare authorities: SHA-256 of the public key in DER, in sixteen groups of four hexadecimal digits. */
    public static String fingerprint(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return HexFormat.of().formatHex(digest).replaceAll("(?<=\\G.{4})(?!$)", " ");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate for a node: for what it serves, and for what it calls. */
    public X509Certificate issue(PublicKey subjectKey, Subject subject, Instant now, Duration lifetime) {
        X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, subject.instance()).build();
        GeneralName[] names = {new GeneralName(GeneralName.iPAddress, subject.address()),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"), new GeneralName(GeneralName.dNSName, "localhost")};
        Instant seconds = now.truncatedTo(ChronoUnit.SECONDS);
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(NAME, new BigInteger(SERIAL_BITS, RANDOM),
                Date.from(seconds.minus(SKEW)), Date.from(seconds.plus(lifetime)), name, subjectKey);
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(
                        new KeyPurposeId[]{KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}))
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                .addExtension(Extension.authorityKeyIdentifier, false,
                        identifiers.createAuthorityKeyIdentifier(key.publicKey()));
            return sign(builder);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("A certificate was not made", e);
        }
    }

    private X509Certificate root() {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(NAME, BigInteger.ONE, Date.from(ROOT_FROM),
                Date.from(ROOT_UNTIL), NAME, key.publicKey());
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
                .addExtension(Extension.subjectKeyIdentifier, false,
                        identifiers.createSubjectKeyIdentifier(key.publicKey()));
            return sign(builder);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("The authority's certificate was not made", e);
        }
    }

    /** What was signed is verified: a key that does not belong to the public one shows here, not at each peer. */
    private X509Certificate sign(X509v3CertificateBuilder builder) throws GeneralSecurityException {
        X509Certificate signed = new JcaX509CertificateConverter().getCertificate(builder.build(new RemoteSigner(key)));
        signed.verify(key.publicKey());
        return signed;
    }

    private static final class RemoteSigner implements ContentSigner {
        private final AuthorityKey key;
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        RemoteSigner(AuthorityKey key) {
            this.key = key;
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384);
        }

        @Override
        public OutputStream getOutputStream() {
            return message;
        }

        @Override
        public byte[] getSignature() {
            return key.sign(message.toByteArray());
        }
    }
}
