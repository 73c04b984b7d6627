/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A network of machines: each a network namespace with an address, on a switch in a namespace of its own, where this machine
 * has an address, too. It is of the range for benchmarks, 198.18.0.0/15. Needs root.
 */
final class Network implements AutoCloseable {
    private final int number;
    private final String prefix;
    private final Set<String> namespaces = new LinkedHashSet<>();
    private int ports;

    Network() {
        long pid = ProcessHandle.current().pid();
        number = (int) (pid % 250) + 1;
        prefix = "sk" + pid % 100_000;
        String hub = namespace("hub");
        in(hub, "ip", "link", "add", "hub", "type", "bridge");
        in(hub, "ip", "link", "set", "hub", "up");
        String outer = prefix + "h";
        run("ip", "link", "add", outer, "type", "veth", "peer", "name", "host", "netns", hub);
        plug(hub, "host");
        run("ip", "address", "add", host() + "/24", "dev", outer);
        run("ip", "link", "set", outer, "up");
    }

    /** Of all its addresses. */
    String range() {
        return "198.18." + number + ".0/24";
    }

    /** Of this machine. */
    String host() {
        return "198.18." + number + ".1";
    }

    /** Adds a machine; returns the name of its namespace. */
    String add(String address) {
        String machine = namespace("m" + ++ports);
        String port = "p" + address.substring(address.lastIndexOf('.') + 1);
        in(hub(), "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", machine);
        plug(hub(), port);
        in(machine, "ip", "address", "add", address + "/24", "dev", "eth0");
        in(machine, "ip", "link", "set", "eth0", "up");
        in(machine, "ip", "link", "set", "lo", "up");
        return machine;
    }

    /** Nothing goes between one machine and the others any more; AWS is still reached. */
    void cut(String machine, List<String> others) {
        others.forEach(other -> in(machine, "ip", "route", "replace", "blackhole", other + "/32"));
    }

    void mend(String machine, List<String> others) {
        others.forEach(other -> in(machine, "ip", "route", "del", "blackhole", other + "/32"));
    }

    /** Nothing goes to a machine and from it. */
    void unplug(String machine) {
        in(machine, "ip", "link", "set", "eth0", "down");
    }

    void plugIn(String machine) {
        in(machine, "ip", "link", "set", "eth0", "up");
    }

    boolean isIdle(String machine) {
        return run("ip", "netns", "pids", machine).isBlank();
    }

    /** Kills all that runs on a machine. */
    void kill(String machine) {
        for (String pid : run("ip", "netns", "pids", machine).split("\\s+", -1)) {
            if (!pid.isEmpty()) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
            }
        }
    }

    /** Kills all that runs on a machine, and takes it away. */
    void remove(String machine) {
        kill(machine);
        run("ip", "netns", "del", machine);
        namespaces.remove(machine);
    }

    private String hub() {
        return prefix + "-hub";
    }

    private String namespace(String name) {
        String namespace = prefix + "-" + name;
        run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        return namespace;
    }

    private static void plug(String hub, String port) {
        in(hub, "ip", "link", "set", port, "master", "hub", "up");
    }

    private static void in(String namespace, String... command) {
        run(Stream.concat(Stream.of("ip", "netns", "exec", namespace), Stream.of(command)).toArray(String[]::new));
    }

    private static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        new ArrayList<>(namespaces).reversed().forEach(this::remove);
    }
}
