/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What AWS is asked: who is in the group, who this instance is, and the authority's signature. */
@NullMarked
package org.sovereignkeys.node.aws;

import org.jspecify.annotations.NullMarked;
