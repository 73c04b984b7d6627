/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The private REST API and its authorizer, made from docs/openapi.yaml. */
@NullMarked
package org.sovereignkeys.infrastructure.api;

import org.jspecify.annotations.NullMarked;
