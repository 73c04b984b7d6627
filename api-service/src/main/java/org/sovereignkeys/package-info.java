/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The API node: gives EC2 instances the secrets of their volumes, every cryptographic step inside the HSM. */
@NullMarked
package org.sovereignkeys;

import org.jspecify.annotations.NullMarked;
