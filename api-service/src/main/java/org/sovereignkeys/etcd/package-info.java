/* SPDX-License-Identifier: GPL-3.0-or-later */
/** How etcd is reached: one connection with bounded times, made anew while it does not answer. */
@NullMarked
package org.sovereignkeys.etcd;

import org.jspecify.annotations.NullMarked;
