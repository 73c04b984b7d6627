/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LibraryTest {
    private static final Path LIBRARY = Path.of("/opt/vendor/lib/libvendor.so");

    @Test
    void theFirstSpellingIsThePathItself() {
        assertThat(Library.spelling(LIBRARY, 0)).isEqualTo(LIBRARY.toString());
    }

    @Test
    void noSpellingComesTwiceAndEachMeansTheSameFile() {
        Set<String> seen = new HashSet<>();
        for (long n = 0; n < 5000; n++) {
            String spelling = Library.spelling(LIBRARY, n);
            assertThat(seen.add(spelling)).isTrue();
            assertThat(Path.of(spelling).normalize()).isEqualTo(LIBRARY);
        }
    }

    @Test
    void spellingsStayShort() {
        assertThat(Library.spelling(LIBRARY, Long.MAX_VALUE)).hasSizeLessThan(200);
    }
}
