/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the emulated AWS is filled with: customers, some of them broken on purpose, their instances, and buckets. */
@NullMarked
package org.sovereignkeys.sandbox.aws;

import org.jspecify.annotations.NullMarked;
