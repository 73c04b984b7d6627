/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.Pin;

/**
 * A token of the simulator in a folder of its own. The module reads its environment when it initialises; what it is to do
 * wrong it reads from a control file at any time.
 */
public final class Simulator {
    /** The slot of the token. */
    public static final long SLOT = 2;

    private final HsmType vendor;
    private final Path token;
    private final Path control;
    private final String pin;

    private Simulator(HsmType vendor, Path folder, String pin) {
        this.vendor = vendor;
        this.token = folder.resolve("token");
        this.control = folder.resolve("control");
        this.pin = pin;
        makeFolder(folder);
        behave();
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A token that the simulator makes when it is first used. */
    public static Simulator fresh(HsmType vendor, Path folder) {
        return new Simulator(vendor, folder, vendor == HsmType.CLOUDHSM ? "operator:correct horse" : "correct horse");
    }

    /** A copy of a token that an NSS application made. */
    public static Simulator copyOf(Path nssFolder, HsmType vendor, Path folder, String pin) {
        Simulator simulator = new Simulator(vendor, folder, pin);
        try {
            Files.createDirectories(simulator.token);
            try (var files = Files.list(nssFolder)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.copy(file, simulator.token.resolve(file.getFileName()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return simulator;
    }

    /** The module. Fails where the build did not make it: a test that cannot run must not look as if it had. */
    public static Path library() {
        String property = System.getProperty("sk.simulator.library");
        if (property == null || !Files.isRegularFile(Path.of(property))) {
            throw new IllegalStateException("the simulator is not at sk.simulator.library = " + property
                    + "; build hsm-conf/simulator first");
        }
        return Path.of(property);
    }

    public HsmType vendor() {
        return vendor;
    }

    public String pinText() {
        return pin;
    }

    public Pin pin() {
        return Pin.of(pin);
    }

    /** What a process needs in its environment to use this token. */
    public Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "SK_SIMULATOR_TOKEN", token.toString(),
                "SK_SIMULATOR_PIN", pin,
                "SK_SIMULATOR_VENDOR", vendor.name().toLowerCase(Locale.ROOT),
                "SK_SIMULATOR_CONTROL", control.toString(),
                "SK_SIMULATOR_IMPORT", "1"));
    }

    /** Sets the environment of this process, for the next initialisation of the module. */
    public Simulator inThisProcess() {
        environment().forEach(Environment::set);
        return this;
    }

    /** Has the module misbehave: directives of its control file. It sees them within some milliseconds. */
    public void misbehave(String... directives) {
        try {
            Path written = Files.writeString(control.resolveSibling("control.new"),
                    String.join("\n", directives) + "\n");
            Files.move(written, control, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            Thread.sleep(40);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has this process find another simulator's token, with the same PIN, when it initialises the module again. */
    public void findTokenOf(Simulator other) {
        Environment.set("SK_SIMULATOR_TOKEN", other.token.toString());
    }

    /** Ends all misbehaviour. */
    public void behave() {
        misbehave("# nothing");
    }
}
