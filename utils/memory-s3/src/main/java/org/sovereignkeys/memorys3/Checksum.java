/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** The checksums of content that clients may give, each in a header or a trailer of its own, in base64. */
enum Checksum {
    MD5("Content-MD5"), CRC32("x-amz-checksum-crc32"), CRC32C("x-amz-checksum-crc32c"), CRC64NVME(
            "x-amz-checksum-crc64nvme"), SHA1("x-amz-checksum-sha1"), SHA256("x-amz-checksum-sha256");

    private static final long[] CRC64_NVME = crc64NvmeTable();

    private final String header;

    Checksum(String header) {
        this.header = header;
    }

    byte[] of(byte[] content) {
        return switch (this) {
            case MD5 -> digest("MD5", content);
            case CRC32 -> sum(new CRC32(), content);
            case CRC32C -> sum(new CRC32C(), content);
            case CRC64NVME -> crc64Nvme(content);
            case SHA1 -> digest("SHA-1", content);
            case SHA256 -> digest("SHA-256", content);
        };
    }

    /**
     * Compares what was given with the content.
     *
     * @return the checksums to keep with the object, by their headers
     */
    static Map<String, String> verified(Map<String, String> headers, byte[] content) {
        Map<String, String> kept = new LinkedHashMap<>();
        for (Checksum checksum : values()) {
            String given = headers.get(checksum.header);
            if (given == null) {
                continue;
            }
            if (!given.equals(Base64.getEncoder().encodeToString(checksum.of(content)))) {
                throw new Refusal(400, "BadDigest",
                        "The " + checksum + " you specified did not match what we received.");
            }
            if (checksum != MD5) {
                kept.put(checksum.header.toLowerCase(Locale.ROOT), given);
            }
        }
        return kept;
    }

    private static byte[] digest(String algorithm, byte[] content) {
        try {
            return MessageDigest.getInstance(algorithm).digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    private static byte[] sum(java.util.zip.Checksum checksum, byte[] content) {
        checksum.update(content);
        return ByteBuffer.allocate(Integer.BYTES).putInt((int) checksum.getValue()).array();
    }

    private static byte[] crc64Nvme(byte[] content) {
        long crc = -1;
        for (byte next : content) {
            crc = CRC64_NVME[(int) (crc ^ next) & 0xff] ^ (crc >>> 8);
        }
        return ByteBuffer.allocate(Long.BYTES).putLong(~crc).array();
    }

    private static long[] crc64NvmeTable() {
        long reversedPolynomial = 0x9a6c9329ac4bc9b5L;
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ reversedPolynomial;
            }
            table[i] = crc;
        }
        return table;
    }
}
