/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.function.BiFunction;

import io.micrometer.core.instrument.MeterRegistry;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.GeneratedSecret;
import org.sovereignkeys.hsm.HsmConnection;
import org.sovereignkeys.hsm.KeyVault;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.PublicSigningKey;
import org.sovereignkeys.hsm.RecipientKey;
import org.sovereignkeys.hsm.Signature;
import org.sovereignkeys.hsm.SignedBlob;
import org.sovereignkeys.hsm.SignedSecret;
import org.sovereignkeys.hsm.WrappedBlob;

/** An HSM behind a vendor's PKCS#11 library. */
final class Pkcs11Vault implements KeyVault, HsmConnection {
    private final Connection connection;

    Pkcs11Vault(HsmSettings settings, FirstKeyPermit permit, MeterRegistry meters) {
        this.connection = new Connection(settings, permit, meters);
    }

    <T> T call(BiFunction<SecretOperations, Workspace, T> useCase) {
        Link link = connection.link();
        return link.pool().call(workspace -> useCase.apply(link.operations(), workspace));
    }

    /** A use case that goes through all functions of the HSM, so that its success says that all of them work. */
    private <T> T callThrough(BiFunction<SecretOperations, Workspace, T> useCase) {
        Link link = connection.link();
        T result = link.pool().call(workspace -> useCase.apply(link.operations(), workspace));
        link.served();
        return result;
    }

    @Override
    public WrappedBlob newCustomerKey(Aad context) {
        return call((operations, workspace) -> operations.newCustomerKey(workspace, context));
    }

    @Override
    public void checkCustomerKey(CustomerKey key) {
        call((operations, workspace) -> operations.openCustomerKey(workspace, key));
    }

    @Override
    public GeneratedSecret generateSecret(CustomerKey key, Aad context, RecipientKey recipient) {
        return callThrough((operations, workspace) -> operations.generate(workspace, key, context, recipient));
    }

    @Override
    public SignedSecret decryptSecret(CustomerKey key, Aad context, WrappedBlob encryptedSecret,
            RecipientKey recipient) {
        return callThrough(
                (operations, workspace) -> operations.decrypt(workspace, key, context, encryptedSecret, recipient));
    }

    @Override
    public SignedBlob convertSecret(CustomerKey key, Aad source, Aad target, WrappedBlob encryptedSecret) {
        return callThrough(
                (operations, workspace) -> operations.convert(workspace, key, source, target, encryptedSecret));
    }

    @Override
    public Signature sign(byte[] content) {
        return call((operations, workspace) -> operations.sign(workspace, content));
    }

    @Override
    public PublicSigningKey publicSigningKey() {
        return connection.publicSigningKey();
    }

    @Override
    public void open(Pin pin) {
        connection.open(pin);
    }

    @Override
    public Status status() {
        return connection.status();
    }

    @Override
    public boolean isPinIncorrect() {
        return connection.isPinIncorrect();
    }

    @Override
    public String keysTrouble() {
        return connection.keysTrouble();
    }

    @Override
    public void close() {
        connection.close();
    }
}
