/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The AWS CDK application: the main stack, of one nested stack a package. */
@NullMarked
package org.sovereignkeys.infrastructure;

import org.jspecify.annotations.NullMarked;
