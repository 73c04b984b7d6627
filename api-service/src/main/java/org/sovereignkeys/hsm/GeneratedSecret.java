/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/** A new secret, twice: to be stored with the volume, and for the instance to use now. */
public record GeneratedSecret(SignedBlob encrypted, SignedSecret wrapped) {}
