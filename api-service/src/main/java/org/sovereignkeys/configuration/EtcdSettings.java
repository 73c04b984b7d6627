/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * By what etcd and this node know each other ({@code sovereign-keys.etcd.*}), in PEM. All three, or none where etcd is
 * not reached by TLS.
 *
 * @param ca the authorities one of which signed the certificates of etcd's members
 * @param certificate this node's certificate, and those between it and the authority that etcd trusts
 * @param key its private key, PKCS #8 without a password
 */
public record EtcdSettings(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
    boolean areSet() {
        return ca != null || certificate != null || key != null;
    }
}
