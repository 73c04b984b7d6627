/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import org.sovereignkeys.configuration.EtcdSettings;

/** An authority that issues the certificates of etcd and of nodes, as files. */
public final class CertificateAuthority {
    private final Path folder;
    private final KeyPair keys = newKeys();
    private final X500Name name;

    private CertificateAuthority(Path folder) {
        this.folder = folder;
        this.name = new X500Name("CN=authority of " + folder.getFileName());
    }

    /** One with a folder of its own below the one given. */
    public static CertificateAuthority in(Path parent, String name) {
        try {
            CertificateAuthority authority = new CertificateAuthority(Files.createDirectories(parent.resolve(name)));
            authority.write(authority.certificate(), authority.certify(authority.name, authority.keys, true));
            return authority;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path certificate() {
        return folder.resolve("ca.crt");
    }

    /** Files of somebody who trusts this authority, and has a certificate of it for these addresses and names. */
    public EtcdSettings issue(String subject, String... hosts) {
        KeyPair subjectKeys = newKeys();
        Path certificate = folder.resolve(subject + ".crt");
        Path key = folder.resolve(subject + ".key");
        write(certificate, certify(new X500Name("CN=" + subject), subjectKeys, false, hosts));
        try {
            write(key, new JcaPKCS8Generator(subjectKeys.getPrivate(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new EtcdSettings(certificate(), certificate, key);
    }

    private Object certify(X500Name subject, KeyPair subjectKeys, boolean authority, String... hosts) {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(name,
                new BigInteger(64, new java.util.Random()),
                Date.from(now.minus(Duration.ofHours(1))), Date.from(now.plus(Duration.ofHours(24))), subject,
                subjectKeys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (hosts.length > 0) {
                GeneralName[] names = new GeneralName[hosts.length];
                for (int i = 0; i < hosts.length; i++) {
                    boolean address = hosts[i].contains(":") || Character.isDigit(hosts[i].charAt(0));
                    names[i] = new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, hosts[i]);
                }
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        } catch (IOException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    private void write(Path file, Object pem) {
        try (Writer out = Files.newBufferedWriter(file); JcaPEMWriter writer = new JcaPEMWriter(out)) {
            writer.writeObject(pem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
