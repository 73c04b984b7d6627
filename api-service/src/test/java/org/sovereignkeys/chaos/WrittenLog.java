/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.chaos.SeenCall.Outcome;

/** A log, its copies, and the calls that left it, written down by hand and signed with a key of its own. */
final class WrittenLog {
    static final String VPC = "vpc-0b1e8a8e776a87423";
    static final String OTHER_VPC = "vpc-12345678";
    static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05.123456789Z");
    static final Outcome OK = new Outcome.Answered(200, null);
    static final Outcome AWAY = new Outcome.Answered(503, "S3 does not answer");
    static final Outcome NONE = new Outcome.Unanswered();
    static final String BAD = "Bad parameters";

    private static final String INSTANCE = "i-0c4f345c91e5cd4a2";
    private static final String IP = "10.42.0.41";
    private static final String ACCOUNT = "123456789012";
    private static final Duration WORK = Duration.ofMillis(300);
    private static final Duration LENGTH = Duration.ofMillis(400);

    final List<SeenCall> calls = new ArrayList<>();
    final List<Loss> losses = new ArrayList<>();
    final List<StoredVersion> log = new ArrayList<>();
    final Map<String, List<StoredVersion>> copies = new HashMap<>();
    boolean copiesComplete = true;

    private final KeyPair pair = newPair();

    static KeyPair newPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A log with everything in it that a log may hold. */
    static WrittenLog good() {
        WrittenLog written = new WrittenLog();
        written.store(1, written.generate(VPC, "volume-1", 0, OK));
        written.store(2, written.generate(VPC, "volume-2", 2, AWAY));
        written.store(3, written.refused(VPC, 3));
        written.generate(VPC, "volume-x", 4, AWAY);
        written.losses.add(new Loss(at(10), at(20)));
        written.generate(VPC, "volume-4", 9, NONE);
        written.fill(VPC, 4, 25);
        written.store(5, written.convert(VPC, "volume-5", 30, OK));
        written.store(6, written.generate(VPC, "volume-6", 31, NONE));
        written.store(1, written.generate(OTHER_VPC, "volume-1", 0, OK));
        written.store(2, written.generate(OTHER_VPC, "volume-2", 1, OK));
        return written;
    }

    /** The same, of one VPC, as long as a log must be for its beginning to be out of reach. */
    static WrittenLog longLog(int length) {
        WrittenLog written = new WrittenLog();
        written.losses.add(new Loss(at(length), at(length + 10)));
        written.generate(VPC, "volume-1", 0, NONE);
        for (int number = 2; number <= length; number++) {
            written.store(number, written.generate(VPC, "volume-" + number, number, OK));
        }
        return written;
    }

    Report check() {
        return LogChecker.check(new Evidence(pair.getPublic(), calls, losses, log, copies, copiesComplete));
    }

    static Instant at(int second) {
        return BEGIN.plusSeconds(second);
    }

    static String key(String vpcId, int number) {
        return vpcId + "/" + "%09d.json".formatted(number);
    }

    // Calls

    SeenCall generate(String vpcId, String volume, int second, Outcome outcome) {
        return call(vpcId, "generate-secret", volume, "rsa_wrapping_key", "MIIC", second, outcome);
    }

    SeenCall convert(String vpcId, String volume, int second, Outcome outcome) {
        return call(vpcId, "convert-secret", volume, "source_instance_id", "i-0aaaaaaaaaaaaaaa1", second, outcome);
    }

    SeenCall refused(String vpcId, int second) {
        return call(vpcId, "decrypt-secret", "volume-" + second, "rsa_wrapping_key", null, second,
                new Outcome.Answered(400, BAD + ": rsa_wrapping_key is missing"));
    }

    private SeenCall call(String vpcId, String name, String volume, String thirdName, @Nullable String third,
            int second, Outcome outcome) {
        Map<String, @Nullable String> parameters = new LinkedHashMap<>();
        parameters.put("instance_id", INSTANCE);
        parameters.put("volume_uuid", volume);
        parameters.put(thirdName, third);
        SeenCall call = new SeenCall(vpcId, name, IP, ACCOUNT, parameters, at(second), at(second).plus(LENGTH),
                outcome);
        calls.add(call);
        return call;
    }

    /** Replaces a call by what the client sees instead. */
    void seeInstead(SeenCall call, Outcome outcome) {
        calls.set(calls.indexOf(call), new SeenCall(call.vpcId(), call.name(), call.sourceIp(), call.accountId(),
                call.parameters(), call.begin(), call.end(), outcome));
    }

    // Entries

    void store(int number, SeenCall call) {
        String json = unsigned(number, call);
        put(call.vpcId(), number, signed(json, pair), call.begin().plus(LENGTH));
    }

    void fill(String vpcId, int number, int second) {
        put(vpcId, number, signed(filler(vpcId, number, second), pair), at(second).plus(LENGTH));
    }

    private void put(String vpcId, int number, String content, Instant time) {
        StoredVersion version = new StoredVersion(key(vpcId, number), "v" + log.size(), content, false, true,
                time.truncatedTo(ChronoUnit.SECONDS));
        log.add(version);
        copies.computeIfAbsent(vpcId, _ -> new ArrayList<>()).add(version);
    }

    private static String unsigned(int number, SeenCall call) {
        boolean bad = call.parameters().containsValue(null);
        StringBuilder parameters = new StringBuilder();
        call.parameters()
            .forEach((name, value) -> parameters.append(parameters.isEmpty() ? "" : ", ")
                .append("\"%s\": %s".formatted(name, quoted(value))));
        return ("{\"event_version\": 1, \"vpc_op_seq_num\": %d, \"vpc_id\": \"%s\", \"op_start\": \"%s\", "
                + "\"op_end\": \"%s\", \"caller\": {\"type\": \"INSTANCE\", \"id\": \"%s\", \"ip\": \"%s\", "
                + "\"aws_account_id\": \"%s\"}, \"call\": {\"name\": \"%s\", \"parameters\": {%s}}, "
                + "\"result\": \"%s\", \"failure_reason\": %s}")
            .formatted(number, call.vpcId(), time(call.begin()),
                    time(call.begin().plus(WORK)), INSTANCE, IP, ACCOUNT, call.name(), parameters,
                    bad ? "Failed" : "Succeed", quoted(bad ? BAD : null));
    }

    private static String filler(String vpcId, int number, int second) {
        return ("{\"event_version\": 1, \"vpc_op_seq_num\": %d, \"vpc_id\": \"%s\", \"op_start\": null, "
                + "\"op_end\": \"%s\", \"caller\": {\"type\": null, \"id\": null, \"ip\": null, "
                + "\"aws_account_id\": null}, \"call\": {\"name\": null, \"parameters\": null}, "
                + "\"result\": \"Failed\", \"failure_reason\": \"Entry lost in flight\"}")
            .formatted(number, vpcId,
                    time(at(second)));
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : '"' + text + '"';
    }

    private static String time(Instant instant) {
        String digits = instant.plusNanos(1_000_000_000).toString();
        return instant.toString().substring(0, 19) + digits.substring(19, 26) + "Z";
    }

    private static String signed(String json, KeyPair by) {
        try {
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(by.getPrivate());
            signer.update(EntrySignature.signedText(json).getBytes(StandardCharsets.UTF_8));
            return withSignature(json, signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String withSignature(String json, byte[] der) {
        return json.substring(0, json.length() - 1) + ", \"signature\": \"" + Base64.getEncoder().encodeToString(der)
                + "\"}";
    }

    // Corruptions

    StoredVersion standing(int number) {
        return log.stream().filter(version -> version.key().equals(key(VPC, number))).findFirst().orElseThrow();
    }

    void remove(int number) {
        replaceVersion(number, version -> null);
    }

    /** Changes the stored text and leaves the signature as it is. */
    void rewrite(int number, UnaryOperator<String> change) {
        replaceVersion(number, version -> withContent(version, change.apply(version.content())));
    }

    /** Changes the entry and signs it anew. */
    void resign(int number, UnaryOperator<String> change) {
        resign(number, change, pair);
    }

    void resign(int number, UnaryOperator<String> change, KeyPair by) {
        rewrite(number, text -> signed(change.apply(text.replaceFirst(", \"signature\": \"[^\"]*\"", "")), by));
    }

    /** Changes the signature's DER. */
    void rewriteSignature(int number, UnaryOperator<byte[]> change) {
        rewrite(number, text -> {
            String base64 = text.replaceFirst(".*\"signature\": \"([^\"]*)\"}", "$1");
            return text.replace(base64,
                    Base64.getEncoder().encodeToString(change.apply(Base64.getDecoder().decode(base64))));
        });
    }

    static StoredVersion withContent(StoredVersion version, String content) {
        return new StoredVersion(version.key(), version.versionId(), content, version.deleteMarker(), version.latest(),
                version.lastModified());
    }

    static StoredVersion withKey(StoredVersion version, String key) {
        return new StoredVersion(key, version.versionId(), version.content(), version.deleteMarker(), version.latest(),
                version.lastModified());
    }

    static StoredVersion superseded(StoredVersion version) {
        return new StoredVersion(version.key(), version.versionId(), version.content(), version.deleteMarker(), false,
                version.lastModified());
    }

    /** In the service's bucket and in the customer's. */
    private void replaceVersion(int number, Replacement replacement) {
        StoredVersion before = standing(number);
        StoredVersion after = replacement.of(before);
        for (List<StoredVersion> bucket : List.of(log, copies.getOrDefault(VPC, List.of()))) {
            int place = bucket.indexOf(before);
            bucket.remove(place);
            if (after != null) {
                bucket.add(place, after);
            }
        }
    }

    /** What stands there instead of a version; null for nothing. */
    @FunctionalInterface
    private interface Replacement {
        @Nullable
        StoredVersion of(StoredVersion version);
    }
}
