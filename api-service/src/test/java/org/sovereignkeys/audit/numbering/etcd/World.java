/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.Entries;
import org.sovereignkeys.audit.numbering.etcd.CatchUp.CaughtUp;
import org.sovereignkeys.audit.numbering.etcd.Claim.Claimed;
import org.sovereignkeys.audit.numbering.etcd.Renumber.Renumbered;
import org.sovereignkeys.audit.numbering.etcd.Take.Taken;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Read;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.customer.VpcId;

/**
 * Some nodes, an etcd, a bucket, and what is under way between them, at one moment. The nodes run the very steps of the
 * service. Anything that may happen next is a {@link Move}; invariants are checked with each.
 */
final class World {
    private static final VpcId VPC = Entries.VPC;
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** What may still go wrong: so many of each. */
    record Faults(int lostAnswers, int crashes, int pauses, int wipes, int foreignPuts) {
        static final Faults NONE = new Faults(0, 0, 0, 0, 0);
    }

    /** A way to do it wrong. */
    enum Mutant {
        NONE, NO_RECORD, UNCONDITIONAL_PUT, ANSWER_BEFORE_PUT, FROM_ONE_WITHOUT_COUNTER, NO_LIVENESS, SECOND_TRY, NO_CATCH_UP
    }

    /** Something that may happen: who does what. */
    record Move(String who, Object what, Consumer<World> effect) {
        Move(String name, Consumer<World> effect) {
            this(name, "", effect);
        }

        String name() {
            return who + what;
        }
    }

    /** An invariant that does not hold. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    /** What stands under a number of the bucket: an entry, or what someone else wrote. */
    record Standing(@Nullable AuditEntry entry) {}

    /** Work that a node has under way. */
    sealed interface Work {
        record Taking(Step.Asking<Taken> step) implements Work {}

        /** As the entry writer does it: put; if the number is taken, compare. */
        record Writing(AuditEntry entry, boolean comparing, boolean forCaller) implements Work {}

        record Renumbering(AuditEntry entry, Step.Asking<Renumbered> step, boolean forCaller) implements Work {}

        record Releasing(List<String> keys, long highest, Step.Asking<CaughtUp> step) implements Work {}

        record Claiming(String key, Step.Asking<Optional<Claimed>> step) implements Work {}

        record Opening(Step.Asking<CaughtUp> step, int losses) implements Work {}
    }

    /** Keys whose entries are all stored, not released yet. */
    record Pending(String key, long highest) {}

    /** A process. */
    static final class Node {
        private final String name;
        private int callsLeft;
        private @Nullable Boot boot;
        private Optional<Count> known = Optional.empty();
        private Map<AuditEntry, String> local = new TreeMap<>(Comparator.comparingLong(AuditEntry::number)
            .thenComparing(entry -> String.valueOf(entry.record().call())));
        private List<Work> works = new ArrayList<>();
        private List<Pending> pending = new ArrayList<>();

        Node(String name, int calls) {
            this.name = name;
            this.callsLeft = calls;
        }

        private Node copy() {
            Node copy = new Node(name, callsLeft);
            copy.boot = boot;
            copy.known = known;
            copy.local.putAll(local);
            copy.works.addAll(works);
            copy.pending.addAll(pending);
            return copy;
        }

        private List<Object> parts() {
            List<Object> parts = new ArrayList<>(List.of(name, callsLeft, known, local.size(), works.size()));
            parts.add(boot == null ? "no boot" : boot);
            local.forEach((entry, key) -> parts.addAll(List.of(entry, key)));
            parts.addAll(works);
            parts.addAll(pending);
            return parts;
        }

        private boolean isAtWorkOn(AuditEntry entry) {
            return works.stream()
                .anyMatch(work -> switch (work) {
                    case Work.Writing writing -> writing.entry.equals(entry);
                    case Work.Renumbering renumbering -> renumbering.entry.equals(entry);
                    default -> false;
                });
        }
    }

    private final Mutant mutant;
    private NavigableMap<String, Cell> etcd = new TreeMap<>();
    private long revision;
    private NavigableMap<Long, Standing> bucket = new TreeMap<>();
    private List<Node> nodes = new ArrayList<>();
    private List<Object> network = new ArrayList<>();
    private Faults faults;
    private boolean wiped;
    private boolean foreign;
    /** How often the counter may have fallen behind the log unseen, and how many of these a look at the log came after. */
    private int losses;
    private int lossesSeenTo;
    private long highestAtLoss;
    private int boots;
    private int firstBoots = Integer.MAX_VALUE;
    private int answers;

    World(Mutant mutant, Faults faults, int... callsOfNodes) {
        this.mutant = mutant;
        this.faults = faults;
        for (int calls : callsOfNodes) {
            Node node = new Node(String.valueOf((char) ('a' + nodes.size())), calls);
            nodes.add(node);
            boot(node);
        }
        firstBoots = boots;
        startWhatStartsByItself();
    }

    /** Has something stand in the bucket before all begins. */
    World withStored(long... numbers) {
        LongStream.of(numbers).forEach(number -> bucket.put(number, new Standing(null)));
        foreign = true;
        highestAtLoss = bucket.lastKey();
        return this;
    }

    private World(World other) {
        mutant = other.mutant;
        etcd.putAll(other.etcd);
        revision = other.revision;
        bucket.putAll(other.bucket);
        other.nodes.forEach(node -> nodes.add(node.copy()));
        network.addAll(other.network);
        faults = other.faults;
        wiped = other.wiped;
        foreign = other.foreign;
        losses = other.losses;
        lossesSeenTo = other.lossesSeenTo;
        highestAtLoss = other.highestAtLoss;
        boots = other.boots;
        firstBoots = other.firstBoots;
        answers = other.answers;
    }

    /** The same world after a move. */
    World after(Move move) {
        World next = new World(this);
        move.effect.accept(next);
        next.startWhatStartsByItself();
        next.checkAlways();
        return next;
    }

    int answers() {
        return answers;
    }

    /** All that tells this world from others. */
    List<Object> parts() {
        List<Object> parts = new ArrayList<>(
                List.of(revision, faults, losses, lossesSeenTo, highestAtLoss, etcd.size(), bucket.size(),
                        network.size(), boots));
        parts.addAll(etcd.values());
        bucket.forEach((number, standing) -> parts.addAll(List.of(number, standing)));
        parts.addAll(network);
        nodes.forEach(node -> parts.addAll(node.parts()));
        return parts;
    }

    // What may happen

    List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (int index = 0; index < nodes.size(); index++) {
            addWorkOf(index, moves);
        }
        if (isQuiet()) {
            addRestart(moves);
        }
        addDeliveries(moves);
        addFaults(moves);
        return moves;
    }

    /** Whether nothing is left to be done, unless something happens. */
    boolean isQuiet() {
        if (keysOfTheDead().findAny().isPresent()) {
            return false;
        }
        for (int index = 0; index < nodes.size(); index++) {
            List<Move> moves = new ArrayList<>();
            addWorkOf(index, moves);
            if (!moves.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void addWorkOf(int index, List<Move> moves) {
        Node node = nodes.get(index);
        for (int i = 0; i < node.works.size(); i++) {
            int work = i;
            Object request = requestOf(node.works.get(work));
            moves.add(new Move(node.name + ": ", request, world -> world.run(index, work, false)));
            if (faults.lostAnswers > 0 && !(request instanceof Request.EndOfLog)) {
                moves.add(new Move(node.name + ", answer lost: ", request, world -> world.run(index, work, true)));
            }
        }
        for (int i = 0; i < node.works.size(); i++) {
            int work = i;
            if (isInDoubt(node.works.get(work))) {
                moves.add(new Move(node.name + " gives up: ", node.works.get(work),
                        world -> world.nodes.get(index).works.remove(work)));
            }
        }
        if (node.boot == null || !node.boot.is(cell(Keys.node(node.boot.id())))) {
            moves.add(new Move(node.name + " boots anew", world -> world.boot(world.nodes.get(index))));
        } else {
            addAdoptions(index, node, node.boot, moves);
        }
    }

    /** A call's time ends: then it may never learn whether its transaction was made. */
    private static boolean isInDoubt(Work work) {
        return switch (work) {
            case Work.Taking taking -> taking.step instanceof Take.Settling;
            case Work.Renumbering renumbering -> renumbering.step instanceof Renumber.Settling;
            default -> false;
        };
    }

    private void addAdoptions(int index, Node node, Boot boot, List<Move> moves) {
        recordCells().filter(cell -> RecordKey.of(cell.key()).owner().equals(boot.id()))
            .filter(cell -> !node.local.containsValue(cell.key()))
            .filter(cell -> node.pending.stream().noneMatch(pending -> pending.key.equals(cell.key())))
            .filter(cell -> node.works.stream().noneMatch(work -> isAbout(work, RecordKey.of(cell.key()))))
            .forEach(cell -> moves.add(new Move(node.name + " adopts " + cell.key(),
                    world -> View.entries(cell)
                        .forEach(entry -> world.nodes.get(index).local.put(entry, cell.key())))));
    }

    private static boolean isAbout(Work work, RecordKey record) {
        return switch (work) {
            case Work.Taking(Take.Opening(Take take, _)) -> take.batchId().equals(record.batchId());
            case Work.Taking(Take.Looking(Take take)) -> take.batchId().equals(record.batchId());
            case Work.Taking(Take.Committing open) -> open.work().batchId().equals(record.batchId());
            case Work.Taking(Take.Settling(var open)) -> open.work().batchId().equals(record.batchId());
            case Work.Renumbering renumbering -> renumberBatch(renumbering.entry).equals(record.batchId());
            case Work.Releasing releasing -> releasing.keys.contains(record.text());
            default -> false;
        };
    }

    private static String renumberBatch(AuditEntry entry) {
        return "n" + entry.number() + "x" + Integer.toHexString(entry.hashCode());
    }

    private void addRestart(List<Move> moves) {
        if (nodes.isEmpty() || losses > lossesSeenTo) {
            moves.add(new Move("a node is started", world -> {
                Node fresh = new Node("z", 0);
                world.nodes.add(fresh);
                world.boot(fresh);
            }));
        }
    }

    private void addDeliveries(List<Move> moves) {
        for (int i = 0; i < network.size(); i++) {
            int index = i;
            moves.add(new Move("late: ", network.get(i), world -> world.deliver(index)));
        }
    }

    private void addFaults(List<Move> moves) {
        for (int i = 0; i < nodes.size(); i++) {
            int index = i;
            Node node = nodes.get(index);
            if (faults.crashes > 0) {
                moves.add(new Move(node.name + " crashes", world -> {
                    world.faults = new Faults(faults.lostAnswers, faults.crashes - 1, faults.pauses, faults.wipes,
                            faults.foreignPuts);
                    world.nodes.remove(index);
                    world.losses += wiped ? 1 : 0;
                }));
            }
            if (faults.pauses > 0 && node.boot != null && node.boot.is(cell(Keys.node(node.boot.id())))) {
                moves.add(new Move("the lease of " + node.name + " expires", world -> {
                    world.faults = new Faults(faults.lostAnswers, faults.crashes, faults.pauses - 1, faults.wipes,
                            faults.foreignPuts);
                    world.expire(Keys.node(life(node).id()));
                }));
            }
        }
        keysOfTheDead().forEach(key -> moves.add(new Move(key + " expires", world -> world.expire(key))));
        if (faults.wipes > 0) {
            moves.add(new Move("etcd loses its data", world -> {
                world.faults = new Faults(faults.lostAnswers, faults.crashes, faults.pauses, faults.wipes - 1,
                        faults.foreignPuts);
                world.wiped = true;
                world.losses++;
                world.highestAtLoss = world.bucket.isEmpty() ? 0 : world.bucket.lastKey();
                world.etcd.clear();
                world.revision = 0;
            }));
        }
        if (faults.foreignPuts > 0) {
            long next = bucket.isEmpty() ? 1 : bucket.lastKey() + 1;
            moves.add(new Move("something foreign under " + next, world -> {
                world.faults = new Faults(faults.lostAnswers, faults.crashes, faults.pauses, faults.wipes,
                        faults.foreignPuts - 1);
                world.foreign = true;
                world.bucket.put(next, new Standing(null));
            }));
        }
    }

    private Stream<String> keysOfTheDead() {
        return etcd.keySet()
            .stream()
            .filter(key -> key.startsWith(Keys.NODES))
            .filter(key -> nodes.stream()
                .noneMatch(node -> node.boot != null && Keys.node(node.boot.id()).equals(key)));
    }

    // Nodes

    private void boot(Node node) {
        String id = node.name + ++boots;
        revision++;
        etcd.put(Keys.node(id), new Cell(Keys.node(id), null, revision, revision));
        node.boot = new Boot(id, revision);
        node.known = Optional.empty();
        if (boots > firstBoots) {
            node.works.add(new Work.Opening(asking(new CatchUp(node.boot, VPC, "o" + boots, NOW).begin()), losses));
        }
    }

    /** What a node begins without delay; when it is carried out is open. */
    private void startWhatStartsByItself() {
        for (Node node : nodes) {
            Boot boot = node.boot;
            if (boot == null) {
                continue;
            }
            node.local.keySet()
                .stream()
                .filter(entry -> !node.isAtWorkOn(entry))
                .forEach(entry -> node.works.add(new Work.Writing(entry, false, false)));
            if (boot.is(cell(Keys.node(boot.id())))) {
                startWithLease(node, boot);
            }
        }
    }

    private void startWithLease(Node node, Boot boot) {
        if (node.callsLeft > 0 && node.works.stream().noneMatch(work -> work instanceof Work.Taking)) {
            String call = node.name + node.callsLeft--;
            take(node, new Take(boot, VPC, "b" + call, List.of(Entries.call(VPC, call)), NOW).begin(node.known));
        }
        recordCells().map(Cell::key)
            .filter(key -> cell(Keys.node(RecordKey.of(key).owner())).isEmpty())
            .filter(key -> node.works.stream()
                .noneMatch(
                        work -> work instanceof Work.Claiming claiming && claiming.key.equals(key)))
            .toList()
            .forEach(key -> node.works
                .add(new Work.Claiming(key, asking(new Claim(boot, RecordKey.of(key)).begin()))));
        for (Pending pending : node.pending) {
            Release release = new Release(boot, VPC, "r" + pending.highest, NOW, List.of(pending.key),
                    pending.highest);
            node.works.add(new Work.Releasing(List.of(pending.key), pending.highest, asking(release.begin())));
        }
        node.pending.clear();
    }

    private static Object requestOf(Work work) {
        return switch (work) {
            case Work.Taking(var step) -> step.request();
            case Work.Writing writing -> writing;
            case Work.Renumbering renumbering -> renumbering.step.request();
            case Work.Releasing releasing -> releasing.step.request();
            case Work.Claiming claiming -> claiming.step.request();
            case Work.Opening opening -> opening.step.request();
        };
    }

    private void run(int nodeIndex, int workIndex, boolean lost) {
        Node node = nodes.get(nodeIndex);
        Work work = node.works.remove(workIndex);
        if (lost) {
            faults = new Faults(faults.lostAnswers - 1, faults.crashes, faults.pauses, faults.wipes,
                    faults.foreignPuts);
            switch (requestOf(work)) {
                case Transaction transaction when !transaction.changes().isEmpty() -> network.add(transaction);
                case Work.Writing writing when !writing.comparing -> network.add(writing.entry);
                default -> {
                } // a read that was lost leaves nothing
            }
        }
        switch (work) {
            case Work.Taking(var step) -> {
                if (lost && mutant == Mutant.SECOND_TRY && step instanceof Take.Committing open) {
                    Take again = new Take(open.work().boot(), VPC, open.work().batchId() + "again",
                            open.work().calls(), NOW);
                    take(node, again.begin(Optional.empty()));
                } else {
                    take(node, step.after(answer(node, step.request(), lost)));
                }
            }
            case Work.Writing writing -> write(node, writing, lost);
            case Work.Renumbering(AuditEntry entry, var step, boolean forCaller) ->
                renumber(node, entry, step.after(answer(node, step.request(), lost)), forCaller);
            case Work.Releasing(var keys, long highest, var step) ->
                release(node, keys, highest, step.after(answer(node, step.request(), lost)));
            case Work.Claiming(String key, var step) ->
                claim(node, key, step.after(answer(node, step.request(), lost)));
            case Work.Opening(var step, int seen) -> open(node, step.after(answer(node, step.request(), lost)), seen);
        }
    }

    private void take(Node node, Step<Taken> step) {
        switch (step) {
            case Step.Asking<Taken> asking -> node.works.add(new Work.Taking(asking));
            case Step.Refused<Taken> _ -> {
            }
            case Step.Done<Taken>(Taken(var entries, Count count, var records)) -> {
                node.known = Optional.of(count);
                putOnRecord(node, records);
                for (AuditEntry entry : entries) {
                    node.works.removeIf(
                            work -> work instanceof Work.Writing writing && writing.entry.equals(entry));
                    node.works.add(new Work.Writing(entry, false, true));
                    if (mutant == Mutant.ANSWER_BEFORE_PUT) {
                        answer(entry);
                    }
                }
            }
        }
    }

    private static void putOnRecord(Node node, Map<String, List<AuditEntry>> records) {
        records.forEach((key, entries) -> entries.forEach(entry -> node.local.put(entry, key)));
    }

    private void write(Node node, Work.Writing writing, boolean lost) {
        AuditEntry entry = writing.entry;
        if (lost) {
            return;
        }
        if (!writing.comparing) {
            if (put(entry)) {
                stored(node, entry, writing.forCaller);
            } else {
                node.works.add(new Work.Writing(entry, true, writing.forCaller));
            }
            return;
        }
        Standing standing = bucket.get(entry.number());
        if (standing != null && entry.equals(standing.entry)) {
            stored(node, entry, writing.forCaller);
        } else if (entry.record().isFiller()) {
            settle(node, entry);
        } else if (!node.local.containsKey(entry)) {
            return; // another thread saw to it
        } else if (node.boot != null) {
            Renumber renumber = new Renumber(node.boot, renumberBatch(entry), NOW, entry,
                    node.local.get(entry));
            renumber(node, entry, renumber.begin(), writing.forCaller);
        }
    }

    private void stored(Node node, AuditEntry entry, boolean forCaller) {
        settle(node, entry);
        if (forCaller && mutant != Mutant.ANSWER_BEFORE_PUT) {
            answer(entry);
        }
    }

    private void settle(Node node, AuditEntry entry) {
        String key = node.local.remove(entry);
        if (key != null && !node.local.containsValue(key)) {
            node.pending.add(new Pending(key, entry.number()));
        }
    }

    private void renumber(Node node, AuditEntry entry, Step<Renumbered> step, boolean forCaller) {
        switch (step) {
            case Step.Asking<Renumbered> asking -> node.works.add(new Work.Renumbering(entry, asking, forCaller));
            case Step.Refused<Renumbered> _ -> {
            }
            case Step.Done<Renumbered>(Renumbered.Gone()) -> node.local.remove(entry);
            case Step.Done<Renumbered>(Renumbered.Moved(AuditEntry moved, Count count, var records)) -> {
                node.known = Optional.of(count);
                node.local.remove(entry);
                putOnRecord(node, records);
                node.works
                    .removeIf(work -> work instanceof Work.Writing writing && writing.entry.equals(moved));
                node.works.add(new Work.Writing(moved, false, forCaller));
            }
        }
    }

    private void release(Node node, List<String> keys, long highest, Step<CaughtUp> step) {
        switch (step) {
            case Step.Asking<CaughtUp> asking when mutant == Mutant.NO_CATCH_UP
                    && !(asking instanceof Release.Deleting) ->
                {
                }
            case Step.Asking<CaughtUp> asking -> node.works.add(new Work.Releasing(keys, highest, asking));
            case Step.Refused<CaughtUp> _ -> node.pending.add(new Pending(keys.getFirst(), highest));
            case Step.Done<CaughtUp>(CaughtUp(_, var records)) -> putOnRecord(node, records);
        }
    }

    private static void claim(Node node, String key, Step<Optional<Claimed>> step) {
        switch (step) {
            case Step.Asking<Optional<Claimed>> asking -> node.works.add(new Work.Claiming(key, asking));
            case Step.Refused<Optional<Claimed>> _ -> {
            }
            case Step.Done<Optional<Claimed>>(var claimed) -> claimed.ifPresent(
                    won -> putOnRecord(node, Map.of(won.recordKey(), won.entries())));
        }
    }

    private void open(Node node, Step<CaughtUp> step, int seen) {
        switch (step) {
            case Step.Asking<CaughtUp> asking -> node.works.add(new Work.Opening(asking, seen));
            case Step.Refused<CaughtUp> _ -> {
            }
            case Step.Done<CaughtUp>(CaughtUp(_, var records)) -> {
                putOnRecord(node, records);
                lossesSeenTo = Math.max(lossesSeenTo, seen);
            }
        }
    }

    private static Boot life(Node node) {
        if (node.boot == null) {
            throw new IllegalStateException(node.name + " never had a lease");
        }
        return node.boot;
    }

    private static <R> Step.Asking<R> asking(Step<R> step) {
        return (Step.Asking<R>) step;
    }

    // etcd, the bucket, and the way to them

    private Answer answer(Node node, Request request, boolean lost) {
        if (lost) {
            return new Answer.Unknown();
        }
        return switch (request) {
            case Transaction transaction -> transact(transaction, node);
            case Request.EndOfLog _ -> new Answer.End(tail());
        };
    }

    private void deliver(int index) {
        switch (network.remove(index)) {
            case Transaction transaction -> transact(transaction, null);
            case AuditEntry entry -> losses += put(entry) && wiped ? 1 : 0;
            default -> throw new IllegalStateException();
        }
    }

    private Answer.Transacted transact(Transaction transaction, @Nullable Node node) {
        boolean applied = transaction.conditions().stream().allMatch(this::holds);
        Set<String> keys = new HashSet<>();
        if (applied && !transaction.changes().isEmpty()) {
            revision++;
            for (Change change : transaction.changes()) {
                change(change);
                keys.add(change.key());
            }
        }
        List<Optional<Cell>> found = transaction.reads().stream().map(read -> read(read, node)).toList();
        if (applied && mutant == Mutant.NO_RECORD) {
            keys.stream().filter(key -> key.startsWith(Keys.RECORDS)).forEach(etcd::remove);
        }
        return new Answer.Transacted(applied, revision, found);
    }

    private boolean holds(Condition condition) {
        if (mutant == Mutant.NO_LIVENESS && condition.revision() > 0 && condition.key().startsWith(Keys.NODES)) {
            return true;
        }
        long found = cell(condition.key()).map(
                cell -> condition.of() == Condition.Of.CREATION ? cell.created() : cell.modified())
            .orElse(0L);
        return found == condition.revision();
    }

    private void change(Change change) {
        switch (change) {
            case Change.Delete(String key) -> etcd.remove(key);
            case Change.Put(String key, Value value) -> {
                if (value instanceof Value.Batch && cell(Keys.node(RecordKey.of(key).owner())).isEmpty()) {
                    throw new Violation("I5: a node without lease put entries on record: " + key);
                }
                if (value instanceof Value.Counter(long highest) && !etcd.containsKey(key) && highest < highestAtLoss) {
                    throw new Violation("I4: numbering goes on after " + highest + ", not " + highestAtLoss);
                }
                long created = cell(key).map(Cell::created).orElse(revision);
                etcd.put(key, new Cell(key, value, created, revision));
            }
        }
    }

    private Optional<Cell> read(Read read, @Nullable Node node) {
        return switch (read) {
            case Read.Of(String key) -> mutant == Mutant.NO_LIVENESS && node != null && node.boot != null
                    && key.equals(Keys.node(node.boot.id()))
                            ? Optional.of(new Cell(key, null, node.boot.created(), node.boot.created()))
                            : cell(key);
            case Read.Lowest(String prefix) -> Optional.ofNullable(etcd.ceilingEntry(prefix))
                .map(Map.Entry::getValue)
                .filter(cell -> cell.key().startsWith(prefix))
                .map(cell -> new Cell(cell.key(), null, cell.created(), cell.modified()));
        };
    }

    private void expire(String key) {
        revision++;
        etcd.remove(key);
    }

    private Optional<Cell> cell(String key) {
        return Optional.ofNullable(etcd.get(key));
    }

    private Stream<Cell> recordCells() {
        return etcd.values().stream().filter(cell -> cell.key().startsWith(Keys.RECORDS));
    }

    private boolean put(AuditEntry entry) {
        Standing standing = bucket.get(entry.number());
        if (standing != null && mutant != Mutant.UNCONDITIONAL_PUT) {
            return false;
        }
        if (standing != null && !entry.equals(standing.entry)) {
            throw new Violation("I3: number " + entry.number() + " was replaced");
        }
        bucket.put(entry.number(), new Standing(entry));
        return true;
    }

    private AuditStore.Tail tail() {
        if (mutant == Mutant.FROM_ONE_WITHOUT_COUNTER) {
            return new AuditStore.Tail(0, List.of());
        }
        long highest = bucket.isEmpty() ? 0 : bucket.lastKey();
        return new AuditStore.Tail(highest,
                LongStream.range(1, highest).filter(number -> !bucket.containsKey(number)).boxed().toList());
    }

    // Invariants

    private void answer(AuditEntry entry) {
        answers++;
        Standing standing = bucket.get(entry.number());
        if (standing == null || !entry.equals(standing.entry)) {
            throw new Violation("I2: an answer left before its entry was stored: " + entry.number());
        }
    }

    private void checkAlways() {
        long counter = counter();
        Set<Long> onRecord = new HashSet<>();
        recordCells().forEach(cell -> View.entries(cell).forEach(entry -> onRecord.add(entry.number())));
        for (long number = 1; number <= counter; number++) {
            if (!bucket.containsKey(number) && !onRecord.contains(number)) {
                throw new Violation("I1: number " + number + " is neither stored nor on record");
            }
        }
    }

    private long counter() {
        return cell(Keys.counter(VPC)).map(cell -> ((Value.Counter) java.util.Objects.requireNonNull(cell.value()))
            .highest()).orElse(0L);
    }

    /** What must hold where nothing is in flight. */
    void checkQuiet() {
        if (nodes.isEmpty() || losses > lossesSeenTo) {
            return; // a node is started first
        }
        long highest = bucket.isEmpty() ? 0 : bucket.lastKey();
        if (bucket.size() != highest) {
            throw new Violation("I1: a gap in " + bucket.keySet());
        }
        if (counter() > highest) {
            throw new Violation("I1: the counter " + counter() + " is beyond the log's end " + highest);
        }
        recordCells().findFirst().ifPresent(cell -> {
            throw new Violation("I1: nobody sees to " + cell.key());
        });
        Set<CallRecord> stored = new HashSet<>();
        bucket.values().forEach(standing -> {
            AuditEntry entry = standing.entry;
            if (entry != null && entry.record().isFiller() && !wiped && !foreign) {
                throw new Violation("I4: a filler, though nothing was lost");
            }
            if (entry != null && !entry.record().isFiller() && !stored.add(entry.record())) {
                throw new Violation("a call has two numbers: " + entry);
            }
        });
    }
}
