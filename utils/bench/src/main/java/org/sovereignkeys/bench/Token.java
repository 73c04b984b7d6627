/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/** The HSM alone, with the session pool of the service: the limit of all that stands on it. */
final class Token implements Target {
    static final String NAME = "token alone";

    private final IntFunction<Runnable> volumes;
    private final Map<Long, Runnable> calls = new ConcurrentHashMap<>();

    /** @param volumes makes a volume in the VPC of a number, and says what opens its secret once */
    Token(IntFunction<Runnable> volumes) {
        this.volumes = volumes;
    }

    /** The one of a class that the service's tests bring: its session pool is package-private. */
    @SuppressWarnings("unchecked")
    static Token of(String className) {
        try {
            return new Token(Class.forName(className)
                .asSubclass(IntFunction.class)
                .getDeclaredConstructor()
                .newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(className + " is not on the class path, or cannot be made", e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Client client(int number, int vpc, Connections connections) {
        Runnable call = calls.computeIfAbsent((long) vpc << 32 | number, _ -> volumes.apply(vpc));
        return call::run;
    }
}
