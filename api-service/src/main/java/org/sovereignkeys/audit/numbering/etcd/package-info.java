/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Numbers that several nodes share over etcd. What to do next is decided by the steps ({@code Take}, {@code CatchUp},
 * {@code Renumber}, {@code Claim}, {@code Release}), which do nothing themselves; the rest does it. Beside it, under the
 * same boot ids, which entries customers' copies lack ({@code EtcdCopyBacklog}).
 */
@NullMarked
package org.sovereignkeys.audit.numbering.etcd;

import org.jspecify.annotations.NullMarked;
