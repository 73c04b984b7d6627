/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The {@code /v1} calls over HTTP: bodies, paths and answers. */
@NullMarked
package org.sovereignkeys.secret.web;

import org.jspecify.annotations.NullMarked;
