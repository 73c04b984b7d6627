/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/** A secret under the customer's master key, and the signature over those bytes. */
public record SignedBlob(WrappedBlob blob, Signature signature) {}
