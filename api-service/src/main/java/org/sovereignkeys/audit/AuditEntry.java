/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

import org.sovereignkeys.hsm.Signature;

/**
 * An entry of the audit log: a call and its number. Whoever stores it signs it and changes nothing else. Format:
 * docs/formats/audit-entry.md.
 *
 * @param number in the log of the VPC, from 1
 * @param record the call; all its texts are printable ASCII
 */
public record AuditEntry(long number, CallRecord record) {
    private static final String SIGNATURE_MEMBER = ", \"signature\": \"";
    private static final String END = "\"}";

    /** Takes a call and its number; throws {@link IllegalArgumentException} if a text of it could be read two ways. */
    public AuditEntry {
        if (number < 1) {
            throw new IllegalArgumentException("numbers start at 1");
        }
        EntryMembers.requirePrintableAscii(EntryMembers.of(number, record));
    }

    /**
     * Reads an entry, with or without its signature, which is left out.
     *
     * @param json bytes as one of the {@code toJson} gives them, to the letter
     * @throws IllegalArgumentException if they are not
     */
    public static AuditEntry ofJson(byte[] json) {
        AuditEntry entry = EntryReader.read(json);
        if (!Arrays.equals(entry.toJson(), json) && entry.signatureIn(json).isEmpty()) {
            throw new IllegalArgumentException("not an audit entry in its one form");
        }
        return entry;
    }

    /** The same call under another number. */
    public AuditEntry withNumber(long otherNumber) {
        return new AuditEntry(otherNumber, record);
    }

    /** The text that the signature is over: a line {@code path=value} for each value, sorted, in UTF-8. */
    public byte[] signedText() {
        return EntryMembers.signedText(EntryMembers.of(number, record)).getBytes(StandardCharsets.UTF_8);
    }

    /** The entry on one line of JSON, unsigned, as it stands on record until it is stored. ASCII. */
    public byte[] toJson() {
        return ascii(EntryMembers.json(EntryMembers.of(number, record)));
    }

    /** The entry on one line of JSON, as it is stored. ASCII, no line break at its end. */
    public byte[] toJson(Signature signature) {
        return ascii(beforeSignature() + signature.base64() + END);
    }

    /**
     * Compares a stored entry with this one.
     *
     * @param stored what lies in storage
     * @return its signature, yet to be verified, if it is this entry to the letter; else empty
     */
    public Optional<Signature> signatureIn(byte[] stored) {
        byte[] head = ascii(beforeSignature());
        int end = stored.length - END.length();
        if (end <= head.length || !Arrays.equals(head, 0, head.length, stored, 0, head.length)) {
            return Optional.empty();
        }
        try {
            Signature signature = new Signature(
                    Base64.getDecoder().decode(Arrays.copyOfRange(stored, head.length, end)));
            return Optional.of(signature).filter(found -> Arrays.equals(toJson(found), stored));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private String beforeSignature() {
        String unsigned = EntryMembers.json(EntryMembers.of(number, record));
        return unsigned.substring(0, unsigned.length() - 1) + SIGNATURE_MEMBER;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
