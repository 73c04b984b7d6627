/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.sovereignkeys.chaos.SeenCall.Outcome;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.sovereignkeys.chaos.WrittenLog.AWAY;
import static org.sovereignkeys.chaos.WrittenLog.NONE;
import static org.sovereignkeys.chaos.WrittenLog.OK;
import static org.sovereignkeys.chaos.WrittenLog.OTHER_VPC;
import static org.sovereignkeys.chaos.WrittenLog.VPC;
import static org.sovereignkeys.chaos.WrittenLog.at;
import static org.sovereignkeys.chaos.WrittenLog.key;

/** Corrupts a good log by hand, in one way each. */
class LogCheckerTest {
    private final WrittenLog written = WrittenLog.good();

    @Test
    void aGoodLogHasNoViolations() {
        assertThat(written.check().violations()).isEmpty();
    }

    @Test
    void theReportCounts() {
        assertThat(written.check().lines()).containsExactly("calls: 9", "answers of 200: 4", "answers of 400: 1",
                "answers of 503: 2", "other answers: 0", "calls without answer: 2", "entries: 8", "entries of 200: 4",
                "entries of 400: 1", "entries of neither: 2", "fillers: 1", "copies: 8",
                VPC + ": 6 entries, 1 fillers", OTHER_VPC + ": 2 entries, 0 fillers", "violations: 0");
    }

    @Test
    void theCheckerUsesNothingOfTheService() {
        JavaClasses classes = new ClassFileImporter().importPackages(LogChecker.class.getPackageName());

        noClasses().that()
            .areAssignableTo(LogChecker.class)
            .should()
            .transitivelyDependOnClassesThat(resideInAPackage("org.sovereignkeys..")
                .and(not(resideInAPackage(LogChecker.class.getPackageName()))))
            .check(classes);
    }

    // The bucket

    @Test
    void anEntryThatWasRemovedFails() {
        written.remove(3);

        assertViolations("Number 3 of " + VPC + " is missing", VPC + " has no entry for decrypt-secret");
    }

    @Test
    void anEntryThatWasReplacedFails() {
        StoredVersion first = written.standing(1);
        written.log.set(0, WrittenLog.superseded(first));
        written.log.add(new StoredVersion(first.key(), "later", first.content(), false, true, first.lastModified()));

        assertViolations("Number 1 of " + VPC + " has 2 versions");
    }

    @Test
    void anEntryUnderADeleteMarkerFails() {
        StoredVersion first = written.standing(1);
        written.log.set(0, WrittenLog.superseded(first));
        written.log.add(StoredVersion.marker(first.key(), "later", true, first.lastModified()));

        assertViolations("Number 1 of " + VPC + " has a delete marker", VPC + " has no entry for generate-secret",
                "Number 1 of " + VPC + " stands in the customer's bucket only");
    }

    @Test
    void aDeleteMarkerThatWasOvercomeFails() {
        StoredVersion first = written.standing(1);
        written.log.add(StoredVersion.marker(first.key(), "earlier", false, first.lastModified()));

        assertViolations("Number 1 of " + VPC + " has a delete marker");
    }

    @ParameterizedTest
    @CsvSource({"vpc-0b1e8a8e776a87423/7.json", "vpc-0b1e8a8e776a87423/000000000.json",
        "vpc-0b1e8a8e776a87423/000000007.txt", "vpc-0b1e8a8e776a8742/000000007.json", "000000007.json"})
    void aKeyOffTheFormFails(String key) {
        written.log.add(WrittenLog.withKey(written.standing(1), key));

        assertViolations("The key <" + key + "> is none of an entry");
    }

    @Test
    void aGapOfSeveralNumbersIsNamedOnce() {
        written.generate(VPC, "volume-10", 40, OK);
        written.store(10, written.calls.getLast());

        assertViolations("Number 7 of " + VPC + " to 9 are missing");
    }

    // An entry

    @Test
    void anotherNumberInsideFails() {
        written.resign(6, text -> text.replace("_num\": 6", "_num\": 7"));

        assertViolations("Number 6 of " + VPC + " says that it is number 7 of " + VPC);
    }

    @Test
    void anotherVpcInsideFails() {
        written.resign(6, text -> text.replace(VPC, OTHER_VPC));

        assertViolations("Number 6 of " + VPC + " says that it is number 6 of " + OTHER_VPC);
    }

    @Test
    void aContentChangedAfterSigningFails() {
        written.rewrite(6, text -> text.replace("31.123456Z", "31.123457Z").replace("36.123456Z", "36.123457Z"));

        assertViolations("Number 6 of " + VPC + " has a signature that does not verify");
    }

    @Test
    void aSignatureByAnotherKeyFails() {
        written.resign(1, UnaryOperator.identity(), WrittenLog.newPair());

        assertViolations("Number 1 of " + VPC + " has a signature that does not verify");
    }

    @Test
    void aSignatureWithASuperfluousZeroFails() {
        written.rewriteSignature(1, LogCheckerTest::withSuperfluousZero);

        assertViolations("Number 1 of " + VPC + " has a signature that is not minimal DER");
    }

    @Test
    void aSignatureWithAByteBehindItFails() {
        written.rewriteSignature(1, der -> Arrays.copyOf(der, der.length + 1));

        assertViolations("Number 1 of " + VPC + " has a signature that is not minimal DER");
    }

    @Test
    void aSignatureWithoutItsPaddingFails() {
        written.rewrite(1, text -> text.replaceFirst("\"signature\": \".*", "\"signature\": \"MAYCAQECAQE\"}"));

        assertViolations("Number 1 of " + VPC + " has a signature that is not base64");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "\"event_version\": 1, \"vpc_op_seq_num\": 1 | \"vpc_op_seq_num\": 1, \"event_version\": 1",
        "\"ip\": \"10.42.0.41\", \"aws_account_id\": \"123456789012\" | \"aws_account_id\": \"123456789012\", \"ip\": \"10.42.0.41\"",
        "\"event_version\": 1 | \"event_version\": 2", "\"vpc_op_seq_num\": 1 | \"vpc_op_seq_num\": \"1\"",
        "05.123456Z | 05.123Z", "\"INSTANCE\" | \"USER\"", "\"rsa_wrapping_key\" | \"source_instance_id\"",
        "\"failure_reason\": null | \"failure_reason\": \"Bad weather\"", "\"result\" | \"more\": 1, \"result\"",
        "\", \"op | \",\"op", "\"Succeed\" | \"succeed\"", "volume-1 | volume_1"})
    void anEntryOffTheFormFails(String from, String to) {
        written.resign(1, text -> text.replaceFirst(Pattern.quote(from), to));

        assertThat(written.standing(1).content()).contains(to);
        assertViolations("Number 1 of " + VPC + " is not of the form", VPC + " has no entry for generate-secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "\"failure_reason\": null | \"failure_reason\": \"Bad parameters\" | has result Succeed",
        "\"op_start\": \"2026-01-02T03:04:05.123456Z\" | \"op_start\": null | lacks what only a filler",
        "2026-01-02T03:04:05.123456Z | 2026-02-30T03:04:05.123456Z | has a time that does not exist",
        "2026-01-02T03:04:05.123456Z | 2026-01-02T03:04:06.123456Z | ends before it starts",
        "\"id\": \"i-0c4f345c91e5cd4a2\" | \"id\": \"i-0c4f345c91e5cd4a3\" | names two instances",
        "\"MIIC\" | null | has a parameter that is null"})
    void anEntryThatContradictsItselfFails(String from, String to, String violation) {
        written.resign(1, text -> text.replaceFirst(Pattern.quote(from), to));

        assertViolations("Number 1 of " + VPC + " " + violation, VPC + " has no entry for generate-secret");
    }

    @Test
    void aLineBreakBehindAnEntryFails() {
        written.rewrite(6, text -> text + "\n");

        assertViolations("Number 6 of " + VPC + " goes on behind its end");
    }

    // Calls and entries

    @Test
    void aCallUnderTwoNumbersFails() {
        SeenCall call = written.calls.getFirst();
        written.store(7, call);

        assertViolations(VPC + " has numbers [1, 7] for one call");
    }

    @Test
    void aCallWithoutAnswerUnderTwoNumbersFails() {
        written.store(7, unanswered());

        assertViolations(VPC + " has numbers [6, 7] for one call");
    }

    @Test
    void a200WithoutEntryFails() {
        written.generate(VPC, "volume-7", 40, OK);

        assertViolations(VPC + " has no entry for generate-secret of i-0c4f345c91e5cd4a2 (volume volume-7");
    }

    @Test
    void a400WithoutEntryFails() {
        written.refused(VPC, 40);

        assertViolations(VPC + " has no entry for decrypt-secret");
    }

    @Test
    void anEntryWithAnotherResultFails() {
        written.resign(1, text -> text.replace("\"Succeed\", \"failure_reason\": null",
                "\"Failed\", \"failure_reason\": \"Bad parameters\""));

        assertViolations("Number 1 of " + VPC + " has the result <Failed>");
    }

    @Test
    void anEntryWithAnotherReasonFails() {
        written.seeInstead(written.calls.get(2), new Outcome.Answered(400, "Invalid RSA pub key"));

        assertViolations("Number 3 of " + VPC + " has the reason <Bad parameters>");
    }

    @ParameterizedTest
    @CsvSource({"10.42.0.41,10.42.0.42,the address", "123456789012,123456789013,the account",
        "T03:04:05.123456Z,T03:04:05.123455Z,a time outside", "T03:04:05.423456Z,T03:04:05.523457Z,a time outside"})
    void anEntryThatDiffersFromItsCallFails(String from, String to, String what) {
        written.resign(1, text -> text.replace(from, to));

        assertViolations("Number 1 of " + VPC + " has " + what);
    }

    @Test
    void aCallWithoutAnswerMayEndLater() {
        written.resign(6, text -> text.replace("T03:04:36.423456Z", "T03:04:56.423456Z"));

        assertViolations();
    }

    @Test
    void anInventedEntryFails() {
        written.store(7, written.generate(VPC, "volume-7", 40, OK));
        written.calls.removeLast();

        assertViolations("Number 7 of " + VPC + " is of a call that nobody made");
    }

    @Test
    void status500Fails() {
        written.seeInstead(unanswered(), new Outcome.Answered(500, null));

        assertViolations(VPC + " got status 500");
    }

    @Test
    void callsThatCannotBeToldApartAreRefused() {
        written.generate(VPC, "volume-1", 40, OK);

        assertThatIllegalArgumentException().isThrownBy(written::check);
    }

    // Fillers

    @Test
    void aFillerWithoutLossFails() {
        written.losses.clear();

        assertViolations("Number 4 of " + VPC + " is a filler, and no loss is on record before it");
    }

    @Test
    void aFillerBeforeTheLossFails() {
        written.losses.set(0, new Loss(at(26), at(28)));

        assertViolations("Number 4 of " + VPC + " is a filler, and no loss is on record before it");
    }

    @Test
    void aFillerMayStandFromTheMomentTheLossBegins() {
        written.losses.set(0, new Loss(at(25), at(30)));

        assertViolations();
    }

    @Test
    void aFillerMayBeOfTheLastOfSeveralLosses() {
        written.calls.removeIf(call -> call.toString().contains("volume-x"));
        written.losses.add(new Loss(at(25), at(27)));
        written.generate(VPC, "volume-7", 22, NONE);
        written.fill(VPC, 7, 28);

        assertViolations();
    }

    @Test
    void aFillerWhereTheCallWasAnsweredFails() {
        written.calls.removeIf(call -> call.toString().contains("volume-x"));
        written.seeInstead(written.calls.get(3), OK);

        assertViolations(VPC + " has no entry for generate-secret of i-0c4f345c91e5cd4a2 (volume volume-4",
                "Number 4 of " + VPC + " is a filler without a lost call of its own");
    }

    @Test
    void aFillerForACallThatBeganAfterTheLossFails() {
        written.calls.removeIf(call -> call.toString().contains("volume-x") || call.toString().contains("volume-4"));
        written.generate(VPC, "volume-7", 21, NONE);

        assertViolations("Number 4 of " + VPC + " is a filler without a lost call of its own");
    }

    @Test
    void moreFillersThanLostCallsFail() {
        written.fill(VPC, 7, 26);
        written.fill(VPC, 8, 27);

        assertViolations("Number 8 of " + VPC + " is a filler without a lost call of its own");
    }

    @Test
    void aFillerForTheCallOfAnotherVpcFails() {
        written.fill(OTHER_VPC, 3, 26);

        assertViolations("Number 3 of " + OTHER_VPC + " is a filler without a lost call of its own");
    }

    @Test
    void aFillerThatKnowsItsCallerFails() {
        written.resign(4, text -> text.replace("\"ip\": null", "\"ip\": \"10.42.0.41\""));

        assertViolations("Number 4 of " + VPC + " is a filler and knows more than that");
    }

    @Test
    void theFirstOfTheLast1000MayBeFilled() {
        WrittenLog longLog = WrittenLog.longLog(1_000);
        longLog.fill(VPC, 1, 1_011);

        assertThat(longLog.check().violations()).isEmpty();
    }

    @Test
    void aFillerFurtherBackFails() {
        WrittenLog longLog = WrittenLog.longLog(1_001);
        longLog.fill(VPC, 1, 1_012);

        assertThat(longLog.check().violations())
            .containsExactly("Number 1 of " + VPC + " is a filler, though the log went to 1001 by then");
    }

    @ParameterizedTest
    @CsvSource({"1001, 0", "1002, 1"})
    void whatWasStoredInTheSameSecondMayHaveComeAfterAFiller(int second, int violations) {
        WrittenLog longLog = WrittenLog.longLog(1_001);
        longLog.fill(VPC, 1, second);

        assertThat(longLog.check().violations()).hasSize(violations);
    }

    // Copies

    @Test
    void aCopyThatDiffersFails() {
        copies().set(0, WrittenLog.withContent(copies().getFirst(), copies().getFirst().content() + " "));

        assertViolations("Number 1 of " + VPC + " has a copy that differs");
    }

    @Test
    void aCopyThatLacksFails() {
        copies().removeFirst();

        assertViolations("Number 1 of " + VPC + " has no copy");
    }

    @Test
    void aCopyMayLackWhileItFollows() {
        copies().removeFirst();
        written.copiesComplete = false;

        assertViolations();
    }

    @Test
    void aCopyInTwoVersionsFails() {
        copies().add(WrittenLog.superseded(copies().getFirst()));

        assertViolations("Number 1 of " + VPC + " has 2 versions of its copy");
    }

    @Test
    void aCopyOfWhatIsNotInTheLogFails() {
        copies().add(WrittenLog.withKey(copies().getFirst(), key(VPC, 7)));

        assertViolations("Number 7 of " + VPC + " stands in the customer's bucket only");
    }

    @Test
    void anEntryInTheBucketOfAnotherFails() {
        copies().addAll(written.copies.getOrDefault(OTHER_VPC, List.of()));

        assertThat(written.check().violations()).hasSize(2)
            .allMatch(violation -> violation.endsWith("in the bucket of " + VPC + " is none of its entries"));
    }

    // Numbers and time

    @Test
    void aLaterCallWithALowerNumberFails() {
        written.store(7, written.generate(VPC, "volume-8", 41, OK));
        written.store(8, written.generate(VPC, "volume-7", 40, OK));

        assertViolations("Number 7 of " + VPC + " is of a call that began when number 8 had been answered");
    }

    @Test
    void afterAnswersOf503NumbersMayBeInAnyOrder() {
        written.store(7, written.generate(VPC, "volume-8", 41, OK));
        written.store(8, written.generate(VPC, "volume-7", 40, AWAY));

        assertViolations();
    }

    @Test
    void acrossALossNumbersMayBeInAnyOrder() {
        written.losses.add(new Loss(at(39), at(40).plusMillis(100)));
        written.store(7, written.generate(VPC, "volume-8", 41, OK));
        written.store(8, written.generate(VPC, "volume-7", 40, OK));

        assertViolations();
    }

    private SeenCall unanswered() {
        return written.calls.stream().filter(call -> call.toString().contains("volume-6")).findFirst().orElseThrow();
    }

    private List<StoredVersion> copies() {
        return written.copies.getOrDefault(VPC, new ArrayList<>());
    }

    private void assertViolations(String... beginnings) {
        List<String> violations = written.check().violations();
        assertThat(violations).hasSameSizeAs(beginnings);
        for (String beginning : beginnings) {
            assertThat(violations).anyMatch(violation -> violation.startsWith(beginning));
        }
    }

    /** Puts a zero before the first integer of a signature, as the original did. */
    private static byte[] withSuperfluousZero(byte[] der) {
        byte[] longer = new byte[der.length + 1];
        System.arraycopy(der, 0, longer, 0, 4);
        System.arraycopy(der, 4, longer, 5, der.length - 4);
        longer[1]++;
        longer[3]++;
        return longer;
    }
}
