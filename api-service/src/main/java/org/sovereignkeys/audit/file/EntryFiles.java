/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names of a VPC's entries: {@code {number, 9 digits}.json}. */
final class EntryFiles {
    private static final Logger LOG = LoggerFactory.getLogger(EntryFiles.class);
    private static final Pattern NAME = Pattern.compile("(?<number>\\d{9})\\.json");

    private final Set<Path> warned = ConcurrentHashMap.newKeySet();

    static String name(long number) {
        return String.format(Locale.ROOT, "%09d.json", number);
    }

    /**
     * Gives each number that has a name, in no order, whatever stands under it. Other names are ignored, with one warning.
     *
     * @throws NotDirectoryException if the folder is a symbolic link or no folder
     */
    void forEachNumber(Path folder, LongConsumer consumer) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(folder.toString());
        }
        int foreign = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                long number = number(file);
                if (number > 0) {
                    consumer.accept(number);
                } else {
                    foreign++;
                }
            }
        }
        if (foreign > 0 && warned.add(folder)) {
            LOG.warn("{} names in {} are not those of entries; they are ignored", foreign, folder);
        }
    }

    private static long number(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group("number")) : 0;
    }
}
