/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The stack that builds what is pushed and deploys the main stack, for accounts without CDK and without bootstrap. */
@NullMarked
package org.sovereignkeys.infrastructure.pipeline;

import org.jspecify.annotations.NullMarked;
