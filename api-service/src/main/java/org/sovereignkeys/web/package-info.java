/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What all HTTP calls share: who calls, how much may be sent, request ids. */
@NullMarked
package org.sovereignkeys.web;

import org.jspecify.annotations.NullMarked;
