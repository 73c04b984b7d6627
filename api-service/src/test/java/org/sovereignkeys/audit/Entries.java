/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.customer.VpcId;

/** Calls and entries to test with. */
public final class Entries {
    public static final VpcId VPC = new VpcId("vpc-0b1e8a8e776a87423");
    public static final VpcId OTHER_VPC = new VpcId("vpc-12345678");
    static final Path ORIGINAL = Path.of("..", "docs", "formats", "vectors", "original");
    static final Path SIGNED_TEXT = Path.of("..", "docs", "formats", "vectors", "signed-text");

    private Entries() {}

    /** A call that is told from others by its volume. */
    public static CallRecord call(VpcId vpcId, String volume) {
        Map<String, @Nullable String> parameters = new LinkedHashMap<>();
        parameters.put("instance_id", "i-0c4f345c91e5cd4a2");
        parameters.put("volume_uuid", volume);
        parameters.put("rsa_wrapping_key", null);
        return new CallRecord(vpcId, Instant.parse("2026-01-02T03:04:05.678901234Z"),
                Instant.parse("2026-01-02T03:04:06Z"),
                new Caller("i-0c4f345c91e5cd4a2", "10.42.0.41", "123456789012"),
                decrypt(parameters), FailureReason.BAD_PARAMETERS);
    }

    /** A call to decrypt-secret. */
    @SuppressWarnings("NullAway") // javac drops the annotation of the values from the record's class file
    static Call decrypt(Map<String, @Nullable String> parameters) {
        return new Call("decrypt-secret", parameters);
    }

    /** The files of the original system's five entries. */
    static Stream<Path> original() {
        return IntStream.rangeClosed(1, 5).mapToObj(number -> ORIGINAL.resolve("audit/00000000" + number + ".json"));
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
