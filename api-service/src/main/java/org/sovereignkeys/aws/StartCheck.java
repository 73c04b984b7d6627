/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.util.List;

/**
 * Looks at something that a node depends on. Where there is a bean of this type, it is asked once the node has started, in
 * the background, and what it finds is a warning: the start neither waits for it nor fails by it.
 */
@FunctionalInterface
public interface StartCheck {
    /**
     * Looks.
     *
     * @return what is not as it should be: a sentence each, with what to do; empty when all is well
     */
    List<String> shortcomings();
}
