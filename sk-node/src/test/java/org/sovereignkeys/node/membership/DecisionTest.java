/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.node.membership.Instance.Phase;
import org.sovereignkeys.node.membership.Observation.Steadiness;

import static org.assertj.core.api.Assertions.assertThat;

/** The table of decisions, seen from instance i-b of the group i-a, i-b, i-c. */
class DecisionTest {
    private static final String A = "i-a";
    private static final String B = "i-b";
    private static final String C = "i-c";
    private static final String D = "i-d";
    private static final long CLUSTER = 7;
    private static final long OTHER_CLUSTER = 8;
    private static final Answer EMPTY = new Answer.Empty("first", 0, false, null);
    private static final Answer SILENT = new Answer.Silent();

    private final Map<String, Answer> answers = new HashMap<>(Map.of(A, EMPTY, C, EMPTY));
    private final Set<String> terminated = new HashSet<>();
    private final Set<String> vacant = new HashSet<>();
    private String self = B;
    private Own own = new Own.Empty();
    private @Nullable Group group = group(3, Phase.ACTIVE, A, B, C);
    private @Nullable Members members;
    private @Nullable Promise promise;
    private Steadiness steadiness = Steadiness.SETTLED;
    private boolean leaving;

    // From nothing

    @Test
    void theFirstOfAllFoundsWhenAllSayThatTheyHaveNothing() {
        assertThat(next()).isEqualTo(waiting("i-a to found the cluster"));
        self = A;
        answers.put(B, EMPTY);
        assertThat(next()).isEqualTo(new Action.Found(Set.of(B, C)));
    }

    @Test
    void theFirstOfThoseThatStayFoundsAndWhoIsEndedPromisesToo() {
        answers.put(D, EMPTY);
        group = with(group(3, Phase.ACTIVE, B, C, D), new Instance(A, "10.0.0.1", Phase.TERMINATING));
        assertThat(next()).isEqualTo(new Action.Found(Set.of(A, C, D)));
    }

    @Test
    void whoIsSilentMayHoldTheCluster() {
        self = A;
        answers.putAll(Map.of(B, EMPTY, C, SILENT));
        assertThat(next()).isEqualTo(waiting("[i-c] to answer: what is silent may hold the cluster"));
        answers.remove(C);
        assertThat(next()).isEqualTo(waiting("[i-c] to answer: what is silent may hold the cluster"));
    }

    @Test
    void alsoOneThatIsEndedOrSetAsideMayHoldIt() {
        self = A;
        answers.putAll(Map.of(B, EMPTY, D, SILENT));
        for (Phase phase : List.of(Phase.TERMINATING, Phase.ASIDE)) {
            group = with(group(3, Phase.ACTIVE, A, B, C), new Instance(D, "10.0.0.4", phase));
            assertThat(next()).isEqualTo(waiting("[i-d] to answer: what is silent may hold the cluster"));
        }
        group = with(group(3, Phase.ACTIVE, A, B, C), new Instance(D, "10.0.0.4", Phase.OFF));
        assertThat(next()).isEqualTo(new Action.Found(Set.of(B, C)));
    }

    @Test
    void theGroupIsAwaitedAndAMajorityOfItSufficesOnlyAfterLong() {
        self = A;
        answers.put(B, EMPTY);
        group = group(3, Phase.ACTIVE, A, B);
        assertThat(next()).isEqualTo(waiting("the group to have 3 instances; it has 2"));
        steadiness = Steadiness.LASTING;
        assertThat(next()).isEqualTo(new Action.Found(Set.of(B)));
        group = group(3, Phase.ACTIVE, A);
        assertThat(next()).isEqualTo(waiting("the group to have 3 instances; it has 1"));
    }

    @Test
    void aGroupThatHasJustChangedIsAwaited() {
        self = A;
        answers.put(B, EMPTY);
        steadiness = Steadiness.CHANGING;
        assertThat(next()).isEqualTo(waiting("the group's instances to stay the same for a moment"));
    }

    @Test
    void whoPromisedAnotherDoesNotFound() {
        self = A;
        answers.put(B, new Answer.Empty("second", 1, true, null));
        promise = new Promise(B, "second", 1);
        assertThat(next()).isEqualTo(waiting("i-b to found the cluster, which it was promised"));
    }

    @Test
    void aPromiseIsHeldUntilItsFounderIsKnownNotToRelyOnIt() {
        promise = new Promise(A, "first", 2);
        Action forget = new Action.Forget(promise);
        answers.put(A, new Answer.Empty("first", 2, true, null));
        assertThat(next()).isNotEqualTo(forget);
        answers.put(A, new Answer.Empty("first", 1, false, null));
        assertThat(next()).as("said before it asked").isNotEqualTo(forget);
        answers.put(A, SILENT);
        assertThat(next()).isNotEqualTo(forget);

        answers.put(A, new Answer.Empty("first", 2, false, null));
        assertThat(next()).isEqualTo(forget);
        answers.put(A, new Answer.Empty("first", 3, true, null));
        assertThat(next()).isEqualTo(forget);
        answers.put(A, new Answer.Empty("another", 0, false, null));
        assertThat(next()).isEqualTo(forget);
        answers.put(A, SILENT);
        group = with(group(3, Phase.ACTIVE, B, C), new Instance(A, "10.0.0.1", Phase.OFF));
        assertThat(next()).isEqualTo(forget);
        group = group(3, Phase.ACTIVE, B, C);
        assertThat(next()).isNotEqualTo(forget);
        terminated.add(A);
        assertThat(next()).isEqualTo(forget);
    }

    @Test
    void withoutAwsNothingIsFounded() {
        self = A;
        answers.put(B, EMPTY);
        group = null;
        assertThat(next()).isEqualTo(waiting("AWS to tell who is in the group"));
    }

    @Test
    void whoIsNotInServiceStaysOut() {
        group = group(3, Phase.ACTIVE, A, C);
        assertThat(next()).isEqualTo(waiting("this instance to be in service in the group"));
        group = with(group(3, Phase.ACTIVE, A, C), new Instance(B, "10.0.0.2", Phase.ASIDE));
        assertThat(next()).isEqualTo(waiting("this instance to be in service in the group"));
    }

    // Where there is a cluster

    @Test
    void aServingClusterIsJoined() {
        served(A, 1);
        members = members(voter(1, A));
        assertThat(next()).isEqualTo(new Action.Join());
        answers.put(C, SILENT);
        assertThat(next()).as("whatever becomes of the others").isEqualTo(new Action.Join());
    }

    @Test
    void nothingIsDoneToAClusterWhoseMembersAreNotKnown() {
        served(A, 1);
        assertThat(next()).isEqualTo(waiting("a voter of the cluster to tell its members"));
        own = new Own.Member(CLUSTER, 2, true, 1, true);
        assertThat(next()).isEqualTo(waiting("a voter of the cluster to tell its members"));
    }

    @Test
    void aClusterWithoutLeaderIsAwaitedForEver() {
        self = A;
        answers.put(B, new Answer.Member(CLUSTER, 2, false, false));
        steadiness = Steadiness.LASTING;
        assertThat(next()).isInstanceOfSatisfying(Action.Wait.class,
                wait -> assertThat(wait.why()).startsWith("[i-b] to have a leader again"));
    }

    @Test
    void aMemberThatDoesNotKnowItsClusterYetIsAwaitedToo() {
        self = A;
        answers.put(B, new Answer.Member(0, 0, false, false));
        assertThat(next()).isInstanceOf(Action.Wait.class);
    }

    @Test
    void ofTwoClustersNoneIsJoined() {
        served(A, 1);
        answers.put(C, new Answer.Member(OTHER_CLUSTER, 2, true, false));
        members = members(voter(1, A));
        assertThat(next()).isEqualTo(waiting("an operator: there are two clusters, 7 and 8"));
    }

    @Test
    void onlyOneJoinsAtATime() {
        served(A, 1);
        members = members(voter(1, A), new Members.Entry(3, "", "10.0.0.3", true));
        assertThat(next()).isEqualTo(waiting("10.0.0.3, which joins before, to get its vote"));
    }

    @Test
    void whoLostItsDataHasItsOldMemberRemoved() {
        served(A, 1);
        served(C, 3);
        Members.Entry old = voter(2, B);
        members = members(voter(1, A), old, voter(3, C));
        assertThat(next()).isEqualTo(new Action.Remove(old, "its data is lost: i-b has none"));
        Members.Entry started = new Members.Entry(4, "", "10.0.0.2", true);
        members = members(voter(1, A), voter(3, C), started);
        assertThat(next()).isEqualTo(new Action.Remove(started, "its data is lost: i-b has none"));
        Members.Entry predecessor = new Members.Entry(5, D, "10.0.0.2", false);
        members = members(voter(1, A), voter(3, C), predecessor);
        assertThat(next()).isEqualTo(new Action.Remove(predecessor, "its data is lost: i-b has none"));
        Members.Entry elsewhere = new Members.Entry(2, B, "10.0.0.9", false);
        members = members(voter(1, A), voter(3, C), elsewhere);
        assertThat(next()).isEqualTo(new Action.Remove(elsewhere, "its data is lost: i-b has none"));
    }

    @Test
    void oneWithoutVoteIsRemovedWhateverBecomesOfTheVoters() {
        served(A, 1);
        answers.put(C, SILENT);
        Members.Entry started = new Members.Entry(4, B, "10.0.0.2", true);
        members = members(voter(1, A), voter(3, C), started);
        assertThat(next()).isEqualTo(new Action.Remove(started, "its data is lost: i-b has none"));
        members = members(voter(1, A), voter(3, C), voter(4, B));
        assertThat(next()).isInstanceOf(Action.Wait.class);
    }

    @Test
    void aDeadMemberIsRemovedBeforeAnotherJoins() {
        served(A, 1);
        served(C, 3);
        Members.Entry dead = voter(4, D);
        members = members(voter(1, A), voter(3, C), dead);
        assertThat(next()).as("gone from the group, and perhaps alive").isEqualTo(new Action.Join());
        terminated.add(D);
        assertThat(next()).isEqualTo(new Action.Remove(dead, "its instance is terminated"));
        answers.put(C, SILENT);
        assertThat(next()).as("when not all others are well").isInstanceOf(Action.Wait.class);
        answers.put(C, new Answer.Member(CLUSTER, 3, false, false));
        assertThat(next()).as("when not all others are well").isInstanceOf(Action.Wait.class);
        answers.put(C, new Answer.Member(CLUSTER, 33, true, false));
        assertThat(next()).as("when another member answers").isInstanceOf(Action.Wait.class);
    }

    @Test
    void aMemberThatAnswersIsNotDead() {
        served(A, 1);
        served(C, 3);
        served(D, 4);
        terminated.add(D);
        members = members(voter(1, A), voter(3, C), voter(4, D));
        assertThat(next()).isEqualTo(new Action.Join());
    }

    @Test
    void aMemberInTheGroupIsNotDead() {
        served(A, 1);
        group = group(4, Phase.ACTIVE, A, B, C, D);
        terminated.add(D);
        members = members(voter(1, A), voter(4, D));
        assertThat(next()).isEqualTo(new Action.Join());
    }

    @Test
    void ofSeveralDeadOneIsRemovedWhileTheLivingAreAMajority() {
        String e = "i-e";
        String f = "i-f";
        served(A, 1);
        served(C, 3);
        served(f, 6);
        terminated.addAll(Set.of(D, e));
        members = members(voter(1, A), voter(3, C), voter(4, D), voter(5, e), voter(6, f));
        assertThat(next()).isEqualTo(new Action.Remove(voter(4, D), "its instance is terminated"));
        members = members(voter(1, A), voter(3, C), voter(4, D), voter(5, e));
        assertThat(next()).as("two of four").isInstanceOf(Action.Wait.class);
    }

    @Test
    void whatWasNeverStartedIsRemovedWhenNobodyHasItsAddress() {
        served(A, 1);
        Members.Entry abandoned = new Members.Entry(9, "", "10.0.0.9", true);
        members = members(voter(1, A), abandoned);
        assertThat(next()).isInstanceOf(Action.Wait.class);
        vacant.add("10.0.0.9");
        assertThat(next()).isEqualTo(new Action.Remove(abandoned, "its instance is terminated"));
    }

    // As a member

    @Test
    void dataThatAreThereAreUsedEvenWithoutAws() {
        own = new Own.Member(CLUSTER, 2, false, 0, false);
        assertThat(next()).isEqualTo(new Action.Start());
        group = null;
        assertThat(next()).isEqualTo(new Action.Start());
        own = new Own.Member(CLUSTER, 2, true, 2, false);
        assertThat(next()).isEqualTo(waiting("AWS to tell who is in the group"));
    }

    @Test
    void aMemberWithoutLeaderWaits() {
        own = new Own.Member(CLUSTER, 2, true, 0, false);
        answers.put(A, new Answer.Member(CLUSTER, 1, false, false));
        leaving = true;
        assertThat(next()).isEqualTo(waiting("etcd to have a leader (members that answer: [i-a])"));
    }

    @Test
    void aMemberGivesUpWhatItPromisedAsThereIsACluster() {
        own = new Own.Member(CLUSTER, 2, true, 1, false);
        promise = new Promise(A, "first", 1);
        assertThat(next()).isEqualTo(new Action.Forget(promise));
    }

    @Test
    void dataOfARemovedMemberAreDiscarded() {
        own = new Own.Member(CLUSTER, 2, false, 0, false);
        served(A, 1);
        members = members(voter(1, A), voter(3, C));
        assertThat(next()).isEqualTo(new Action.Discard());
        members = null;
        assertThat(next()).as("only if a majority says so").isEqualTo(new Action.Start());
        own = new Own.Member(0, 0, false, 0, false);
        members = members(voter(1, A), voter(3, C));
        assertThat(next()).as("only if it is known whose they are").isEqualTo(new Action.Start());
    }

    @Test
    void dataOfAnotherClusterAreLeftToAnOperator() {
        own = new Own.Member(OTHER_CLUSTER, 2, true, 0, false);
        served(A, 1);
        members = members(voter(1, A));
        assertThat(next()).isEqualTo(waiting("an operator: there are two clusters, 7 and 8"));
    }

    @Test
    void aLearnerGetsItsVoteWhenAllVotersAreWell() {
        own = new Own.Member(CLUSTER, 2, true, 1, true);
        served(A, 1);
        served(C, 3);
        members = members(voter(1, A), voter(3, C), new Members.Entry(2, B, "10.0.0.2", true));
        assertThat(next()).isEqualTo(new Action.Promote());
        answers.put(C, SILENT);
        assertThat(next()).isEqualTo(waiting("all voters to be well: [i-c] do not answer"));
    }

    @Test
    void theLeaderRemovesTheDead() {
        served(A, 1);
        terminated.add(D);
        members = members(voter(1, A), voter(2, B), voter(4, D));
        own = new Own.Member(CLUSTER, 2, true, 1, false);
        assertThat(next()).isEqualTo(new Action.Serve());
        own = new Own.Member(CLUSTER, 2, true, 2, false);
        assertThat(next()).isEqualTo(new Action.Remove(voter(4, D), "its instance is terminated"));
    }

    @Test
    void whoIsEndedServesOnUntilItsClientsHaveGoneElsewhere() {
        ends(B);
        assertThat(next()).isEqualTo(new Action.Serve());
        leaving = true;
        assertThat(next()).isEqualTo(new Action.Leave());
        own = new Own.Member(CLUSTER, 2, true, 1, true);
        leaving = false;
        members = members(voter(1, A), voter(3, C), new Members.Entry(2, B, "10.0.0.2", true));
        assertThat(next()).as("without vote it serves nobody").isEqualTo(new Action.Leave());
        own = new Own.Empty();
        assertThat(next()).as("without data it serves nobody").isEqualTo(new Action.Leave());
    }

    @Test
    void whoLeavesLeavesIfTheOthersAreWellAndThereAreOthers() {
        ends(B);
        leaving = true;
        assertThat(next()).isEqualTo(new Action.Leave());
        answers.put(C, SILENT);
        assertThat(next()).isEqualTo(waiting("[i-c] to be well"));
        members = members(voter(2, B));
        assertThat(next()).isEqualTo(waiting("another member: the data of the cluster would go with this one"));
    }

    @Test
    void aCommandToLeaveIsRefusedWhereTheClusterMayNeedThisNode() {
        ends();
        assertThat(Decision.objectionToLeaving(seen())).isEmpty();
        answers.put(C, SILENT);
        assertThat(Decision.objectionToLeaving(seen())).hasValue("[i-c] to be well");
        own = new Own.Empty();
        assertThat(Decision.objectionToLeaving(seen())).as("it has nothing to leave").isEmpty();

        String noLeader = "the cluster has no leader, or AWS does not tell who is in the group";
        ends();
        own = new Own.Member(CLUSTER, 2, true, 0, false);
        assertThat(Decision.objectionToLeaving(seen())).hasValue(noLeader);
        ends();
        members = null;
        assertThat(Decision.objectionToLeaving(seen())).hasValue(noLeader);
        ends();
        group = null;
        assertThat(Decision.objectionToLeaving(seen())).hasValue(noLeader);
    }

    @Test
    void ofTwoThatAreEndedOneLeavesAfterTheOther() {
        ends(A, B);
        leaving = true;
        assertThat(next()).isEqualTo(waiting("i-a to leave first: two at once might leave nobody"));
        members = members(voter(2, B), voter(3, C));
        assertThat(next()).isEqualTo(new Action.Leave());
        ends(B, C);
        assertThat(next()).isEqualTo(new Action.Leave());
        ends(A);
        assertThat(Decision.objectionToLeaving(seen())).as("EC2 ends it, and does not wait").isEmpty();
    }

    @Test
    void whoHasLeftOrWasLeavingDoesNotJoinAgain() {
        leaving = true;
        served(A, 1);
        members = members(voter(1, A));
        assertThat(next()).isEqualTo(new Action.Leave());
        own = new Own.Member(CLUSTER, 2, false, 0, false);
        assertThat(next()).isEqualTo(new Action.Discard());
        members = members(voter(1, A), voter(2, B));
        assertThat(next()).isEqualTo(new Action.Start());
        own = new Own.Member(CLUSTER, 2, true, 1, false);
        assertThat(next()).isEqualTo(new Action.Leave());
    }

    /** All three are well, and the group ends some of them. */
    private void ends(String... ended) {
        List<String> ends = List.of(ended);
        group = new Group(3, List.of(A, B, C)
            .stream()
            .map(id -> new Instance(id, addressOf(id), ends.contains(id) ? Phase.TERMINATING : Phase.ACTIVE))
            .toList());
        own = new Own.Member(CLUSTER, 2, true, 2, false);
        served(A, 1);
        served(C, 3);
        members = members(voter(1, A), voter(2, B), voter(3, C));
    }

    @Test
    void aMajorityIsGivenUpOnlyIfNobodyElseCanHaveIt() {
        own = new Own.Member(CLUSTER, 2, true, 0, false);
        Members known = members(voter(1, A), voter(2, B), voter(4, D));
        terminated.add(D);
        assertThat(Decision.objectionToRecovery(seen(), known)).isEmpty();
        answers.put(D, new Answer.Member(CLUSTER, 4, false, false));
        assertThat(Decision.objectionToRecovery(seen(), known)).as("it answers, whatever EC2 says").isPresent();
        answers.remove(D);
        Group told = group;
        group = null;
        assertThat(Decision.objectionToRecovery(seen(), known)).hasValue("AWS does not tell who is in the group");
        group = told;
        terminated.clear();
        assertThat(Decision.objectionToRecovery(seen(), known)).hasValueSatisfying(
                why -> assertThat(why).startsWith("[i-d] may hold the cluster"));
        terminated.add(D);
        answers.put(C, SILENT);
        assertThat(Decision.objectionToRecovery(seen(), known)).isPresent();
        answers.put(C, new Answer.Member(CLUSTER, 3, false, false));
        assertThat(Decision.objectionToRecovery(seen(), known)).isPresent();
        answers.put(C, EMPTY);
        own = new Own.Member(CLUSTER, 2, true, 1, false);
        assertThat(Decision.objectionToRecovery(seen(), known)).hasValue("etcd has a leader: nothing is lost");
        own = new Own.Empty();
        assertThat(Decision.objectionToRecovery(seen(), known)).hasValue("this node has no data of etcd");
    }

    /** Every mixture of what may be seen; what must hold of each action is said anew, and more bluntly than in the rules. */
    @Test
    void nothingThatCanBeSeenLeadsToAWrongAction() {
        Random random = new Random(20261128);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 300_000; i++) {
            mix(random);
            Action action = next();
            counts.merge(action.getClass().getSimpleName(), 1, Integer::sum);
            assertAllowed(action);
        }
        assertThat(counts.keySet()).contains("Serve", "Wait", "Start", "Discard", "Found", "Forget", "Remove", "Join",
                "Promote", "Leave");
    }

    private void assertAllowed(Action action) {
        switch (action) {
            case Action.Found found -> {
                assertThat(own).isInstanceOf(Own.Empty.class);
                assertThat(promise).isNull();
                assertThat(group).isNotNull();
                assertThat(answers.values()).noneMatch(Answer.Member.class::isInstance);
                assertThat(group == null ? Set.of() : group.withMemory()).allSatisfy(
                        id -> assertThat(id.equals(self) || answers.get(id) instanceof Answer.Empty).isTrue());
                assertThat(found.others()).doesNotContain(self);
                assertThat(group == null ? 0 : group.active().size() * 2)
                    .isGreaterThan(group == null ? 0 : group.desired());
            }
            case Action.Promote _ -> assertThat(members == null ? List.of() : members.voters())
                .allMatch(voter -> serves(voter));
            case Action.Join _ ->
                assertThat(answers.values())
                    .anyMatch(answer -> answer instanceof Answer.Member member && member.serves());
            case Action.Discard _ -> assertThat(members == null ? List.of() : members.entries())
                .noneMatch(entry -> own instanceof Own.Member member && entry.equals(entryOf(member.member())));
            case Action.Remove remove -> assertMayGo(remove.member());
            case Action.Leave _ -> {
                assertThat(leaving || (group != null && group.isTerminating(self))).isTrue();
                if (own instanceof Own.Member member) {
                    assertMajorityWithout(member.member());
                }
            }
            case Action.Start _,Action.Forget _,Action.Serve _,Action.Wait _ -> {
            }
        }
    }

    private Members.@Nullable Entry entryOf(long id) {
        return members == null ? null : members.find(id).orElse(null);
    }

    private void assertMayGo(Members.Entry entry) {
        boolean isOwnOld = own instanceof Own.Empty
                && (entry.name().equals(self) || entry.address().equals("10.0.0.2"));
        assertThat(isOwnOld || terminated.contains(entry.name()) || vacant.contains(entry.address())).isTrue();
        if (!entry.learner()) {
            assertMajorityWithout(entry.id());
        }
    }

    private void assertMajorityWithout(long id) {
        assertThat(members).isNotNull();
        List<Members.Entry> voters = members == null ? List.of() : members.voters();
        long well = voters.stream().filter(voter -> voter.id() != id).filter(this::serves).count();
        assertThat(well * 2).as("a majority afterwards").isGreaterThan(voters.size() - 1);
    }

    private boolean serves(Members.Entry entry) {
        if (own instanceof Own.Member member && member.member() == entry.id()) {
            return member.serves();
        }
        return answers.get(entry.name()) instanceof Answer.Member answer && answer.member() == entry.id()
                && answer.serves();
    }

    private void mix(Random random) {
        self = B;
        List<Instance> instances = new ArrayList<>();
        answers.clear();
        for (String id : List.of(A, B, C, D)) {
            if (random.nextInt(4) > 0) {
                instances.add(new Instance(id, addressOf(id), random.nextInt(3) > 0
                        ? Phase.ACTIVE
                        : anyOf(random, Phase.values())));
            }
            if (!id.equals(self) && random.nextInt(5) > 0) {
                answers.put(id, anyAnswer(random, id));
            }
        }
        group = random.nextInt(20) == 0 ? null : new Group(1 + random.nextInt(3), instances);
        own = random.nextBoolean()
                ? new Own.Empty()
                : new Own.Member(CLUSTER, 2, random.nextInt(4) > 0, random.nextInt(4), random.nextInt(4) == 0);
        members = random.nextInt(6) == 0 ? null : anyMembers(random);
        terminated.clear();
        vacant.clear();
        List.of(A, C, D).stream().filter(_ -> random.nextInt(3) == 0).forEach(terminated::add);
        List.of(A, C, D).stream().filter(_ -> random.nextInt(3) == 0).map(DecisionTest::addressOf).forEach(vacant::add);
        promise = random.nextInt(4) > 0 ? null : new Promise(random.nextBoolean() ? A : D, "first", random.nextInt(2));
        steadiness = anyOf(random, Steadiness.values());
        leaving = random.nextInt(5) == 0;
    }

    @SafeVarargs
    private static <T> T anyOf(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }

    private static Answer anyAnswer(Random random, String id) {
        if (random.nextInt(3) == 0) {
            return new Answer.Empty("first", random.nextInt(2), random.nextInt(4) == 0, null);
        }
        return random.nextInt(6) == 0
                ? SILENT
                : new Answer.Member(random.nextInt(20) == 0 ? OTHER_CLUSTER : CLUSTER, id.charAt(2) - 'a' + 1,
                        random.nextInt(4) > 0, random.nextInt(5) == 0);
    }

    private static Members anyMembers(Random random) {
        List<Members.Entry> entries = new ArrayList<>();
        for (String id : List.of(A, B, C, D)) {
            if (random.nextInt(3) > 0) {
                boolean isLearner = random.nextInt(5) == 0;
                boolean isStarted = !isLearner || random.nextBoolean();
                entries.add(new Members.Entry(id.charAt(2) - 'a' + 1, isStarted ? id : "", addressOf(id), isLearner));
            }
        }
        return new Members(CLUSTER, entries);
    }

    private Action next() {
        return Decision.next(seen());
    }

    private Observation seen() {
        return new Observation(self, addressOf(self), own, group, answers, members, terminated, vacant, promise,
                steadiness, leaving);
    }

    private void served(String instance, long member) {
        answers.put(instance, new Answer.Member(CLUSTER, member, true, false));
    }

    private static Action.Wait waiting(String why) {
        return new Action.Wait(why);
    }

    private static String addressOf(String id) {
        return "10.0.0." + (id.charAt(2) - 'a' + 1);
    }

    private static Members.Entry voter(long id, String name) {
        return new Members.Entry(id, name, addressOf(name), false);
    }

    private static Members members(Members.Entry... entries) {
        return new Members(CLUSTER, List.of(entries));
    }

    private static Group group(int desired, Phase phase, String... ids) {
        return new Group(desired, List.of(ids).stream().map(id -> new Instance(id, addressOf(id), phase)).toList());
    }

    private static Group with(Group group, Instance instance) {
        List<Instance> instances = new ArrayList<>(group.instances());
        instances.add(instance);
        return new Group(group.desired(), instances);
    }
}
