/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import org.sovereignkeys.hsm.PublicSigningKey;

/**
 * The service's keys in the HSM: handles of one generation.
 *
 * @param domainKey wraps the customers' keys
 * @param signingKey private half of the key that signs
 * @param publicSigningKey its public half, by value
 */
record ServiceKeys(long domainKey, long signingKey, PublicSigningKey publicSigningKey) {}
