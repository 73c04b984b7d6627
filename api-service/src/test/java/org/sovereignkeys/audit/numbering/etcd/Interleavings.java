/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.audit.numbering.etcd.World.Move;
import org.sovereignkeys.audit.numbering.etcd.World.Violation;

/** Goes through every world that can come of one, each once. */
final class Interleavings {
    private static final int MAX_MOVES = 500;

    private final Map<Object, Integer> numbers = new HashMap<>();
    /** The same again, faster: worlds share most of their parts. */
    private final IdentityHashMap<Object, Integer> known = new IdentityHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final Deque<Node> open = new ArrayDeque<>();
    private int quiet;
    private int mostAnswers;

    /** A world, and how it came about. */
    private record Node(World world, @Nullable Node from, Move move) {}

    /** How much was seen. */
    record Seen(int worlds, int quiet, int mostAnswers) {}

    /** A violation and the moves that led to it. */
    static final class Found extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Found(Violation violation, List<String> moves) {
            super(violation.getMessage() + "\n  " + String.join("\n  ", moves), violation);
        }
    }

    private Interleavings() {}

    /** Throws {@link Found} with the first violation. */
    static Seen of(World start) {
        return new Interleavings().explore(start);
    }

    /** Goes one way through, at random, until nothing can happen any more; throws {@link Found} with a violation. */
    static void walk(World start, long seed) {
        Random random = new Random(seed);
        Node node = new Node(start, null, new Move("start with seed " + seed, _ -> {}));
        List<Move> moves = start.moves();
        for (int moved = 0; moved < MAX_MOVES && !moves.isEmpty(); moved++) {
            node = moved(node, moves.get(random.nextInt(moves.size())));
            if (node.world.isQuiet()) {
                check(node);
            }
            moves = node.world.moves();
        }
    }

    private Seen explore(World start) {
        open.push(new Node(start, null, new Move("start", _ -> {})));
        while (!open.isEmpty()) {
            Node node = open.pop();
            World world = node.world;
            mostAnswers = Math.max(mostAnswers, world.answers());
            if (world.isQuiet()) {
                quiet++;
                check(node);
            }
            world.moves().forEach(move -> go(node, move));
        }
        return new Seen(seen.size(), quiet, mostAnswers);
    }

    private void go(Node node, Move move) {
        Node next = moved(node, move);
        if (seen.add(name(next.world))) {
            open.push(next);
        }
    }

    private static Node moved(Node node, Move move) {
        try {
            return new Node(node.world.after(move), node, move);
        } catch (Violation e) {
            throw new Found(e, trail(new Node(node.world, node, move)));
        }
    }

    private static void check(Node node) {
        try {
            node.world.checkQuiet();
        } catch (Violation e) {
            throw new Found(e, trail(node));
        }
    }

    private int number(Object part) {
        return numbers.computeIfAbsent(part, _ -> numbers.size());
    }

    private static List<String> trail(Node last) {
        List<String> moves = new ArrayList<>();
        for (Node node = last; node != null; node = node.from) {
            moves.add(node.move.name());
        }
        Collections.reverse(moves);
        return moves;
    }

    /** Equal for equal worlds only. */
    private String name(World world) {
        StringBuilder name = new StringBuilder();
        for (Object part : world.parts()) {
            int number = known.computeIfAbsent(part, this::number);
            name.append((char) number).append((char) (number >> Character.SIZE));
        }
        return name.toString();
    }
}
