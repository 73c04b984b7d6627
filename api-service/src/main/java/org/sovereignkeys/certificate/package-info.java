/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What certificates and the keys that go with them have in common, whoever shows them. */
@NullMarked
package org.sovereignkeys.certificate;

import org.jspecify.annotations.NullMarked;
