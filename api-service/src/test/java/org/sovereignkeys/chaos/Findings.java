/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.util.ArrayList;
import java.util.List;

/** What was found wrong, a sentence each. */
final class Findings {
    private final List<String> sentences = new ArrayList<>();

    void add(String sentence) {
        sentences.add(sentence);
    }

    /** @param rest what is to be said of the number */
    void add(String vpcId, long number, String rest) {
        add("Number %d of %s %s".formatted(number, vpcId, rest));
    }

    List<String> sentences() {
        return List.copyOf(sentences);
    }
}
