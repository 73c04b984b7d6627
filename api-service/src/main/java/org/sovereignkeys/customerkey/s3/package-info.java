/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The customers' wrapped master keys as objects of a bucket, which nodes share. */
@NullMarked
package org.sovereignkeys.customerkey.s3;

import org.jspecify.annotations.NullMarked;
