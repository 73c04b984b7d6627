/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What stays true when nodes, etcd and S3 fail under load: a checker that shares no code with the service. */
@NullMarked
package org.sovereignkeys.chaos;

import org.jspecify.annotations.NullMarked;
