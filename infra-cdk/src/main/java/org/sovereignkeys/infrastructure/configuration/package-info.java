/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What operators choose: main-configuration.json, checked. */
@NullMarked
package org.sovereignkeys.infrastructure.configuration;

import org.jspecify.annotations.NullMarked;
