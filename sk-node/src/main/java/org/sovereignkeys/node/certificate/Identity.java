/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

import org.sovereignkeys.node.store.RamStore;

/**
 * This node's key and certificate, as files for etcd and the API service, and as a value. The key is made anew with each
 * process that reaches the authority at its start; the certificate is renewed when half its life is over, under the same name.
 */
public final class Identity {
    public static final String KEY = "key.pem";
    public static final String CERTIFICATE = "certificate.pem";
    public static final String AUTHORITY = "authority.pem";

    private final RamStore store;
    private final Supplier<Authority> authority;
    private final Subject subject;
    private final Duration lifetime;
    private volatile Credentials current;
    private volatile Instant due;

    /**
     * Makes and writes all three files.
     *
     * @throws OtherAuthorityException if the store has another authority's certificate; then it writes nothing
     */
    public Identity(RamStore store, Supplier<Authority> authority, Subject subject, Duration lifetime, Instant now) {
        this.store = store;
        this.authority = authority;
        this.subject = subject;
        this.lifetime = lifetime;
        KeyPair keys = newKeys();
        this.current = issue(keys.getPrivate(), keys.getPublic(), now);
        this.due = now.plus(lifetime.dividedBy(2));
        store.write(KEY, pem(pkcs8(keys.getPrivate())));
        store.write(AUTHORITY, pem(current.authority()));
        store.write(CERTIFICATE, pem(current.certificate()));
    }

    private Identity(RamStore store, Supplier<Authority> authority, Subject subject, Duration lifetime,
            Credentials stored, Instant now) {
        this.store = store;
        this.authority = authority;
        this.subject = subject;
        this.lifetime = lifetime;
        this.current = stored;
        this.due = now;
    }

    /** With what an earlier process left in the store, if that is still good; due at once. */
    public static Optional<Identity> stored(RamStore store, Supplier<Authority> authority, Subject subject,
            Duration lifetime, Instant now) {
        return StoredCredentials.read(store, subject, now)
            .map(stored -> new Identity(store, authority, subject, lifetime, stored, now));
    }

    public Credentials current() {
        return current;
    }

    /** Whether half of the certificate's life is over; or it has not begun, because the clock was ahead when it was made. */
    public boolean isDue(Instant now) {
        return !now.isBefore(due) || now.isBefore(current.certificate().getNotBefore().toInstant());
    }

    /** Asks the authority, which must still be the same, for another certificate, which takes the place of the one that was. */
    public void renew(Instant now) {
        Credentials renewed = issue(current.key(), current.certificate().getPublicKey(), now);
        store.write(CERTIFICATE, pem(renewed.certificate()));
        current = renewed;
        due = now.plus(lifetime.dividedBy(2));
    }

    /** Deletes the files. */
    public void wipe() {
        store.wipe(KEY);
        store.delete(CERTIFICATE);
    }

    private Credentials issue(PrivateKey key, PublicKey publicKey, Instant now) {
        Authority told = authority.get();
        requireKnown(told);
        return new Credentials(key, told.issue(publicKey, subject, now, lifetime), told.certificate());
    }

    /** Data of etcd in the store are of the authority that the store has; under another one they would be told to strangers. */
    private void requireKnown(Authority told) {
        store.read(AUTHORITY).ifPresent(file -> {
            String known = fingerprint(file);
            String now = Authority.fingerprint(told.certificate().getPublicKey());
            if (!now.equals(known)) {
                throw new OtherAuthorityException(now, known);
            }
        });
    }

    private static String fingerprint(byte[] authorityFile) {
        try {
            return Authority.fingerprint(StoredCredentials.certificate(authorityFile).getPublicKey());
        } catch (CertificateException _) {
            return "none that can be read";
        }
    }

    private static byte[] pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static JcaPKCS8Generator pkcs8(PrivateKey key) {
        try {
            return new JcaPKCS8Generator(key, null);
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
            throw new IllegalStateException("No key was made", e);
        }
    }
}
