/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/** A secret under the instance's one-time key, and the signature over those bytes. */
public record SignedSecret(WrappedSecret secret, Signature signature) {}
