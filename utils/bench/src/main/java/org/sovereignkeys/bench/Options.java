/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How the bench is called by its script.
 *
 * @param services where the nodes listen, by the way in which they store
 * @param tokenAlone the class that calls the token alone
 * @param rsaKey the file with the instances' one-time key, DER in base64
 * @param control the control file of all simulators
 * @param table the file for the table
 * @param json the file for the JSON
 * @param notes what else stands in the JSON: {@code NAME=VALUE}
 */
record Options(Plan plan, Map<String, URI> services, String tokenAlone, Path rsaKey, Path control, Path table,
        Path json,
        Map<String, String> notes) {

    static Options of(List<String> arguments) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (!parts[0].startsWith("--") || parts.length < 2) {
                throw new IllegalArgumentException("--NAME=VALUE is wanted, not " + argument);
            }
            given.put(parts[0].substring(2), parts[1]);
        }
        Plan plan = new Plan(list(take(given, "settings"), Setting::of), list(take(given, "vpcs"), Options::positive),
                list(take(given, "clients"), Options::positive), list(take(given, "connections"), Connections::of),
                positive(take(given, "rounds")), millis(take(given, "warm-up")), millis(take(given, "lead-in")),
                millis(take(given, "time")));
        Options options = new Options(plan, services(take(given, "services")), take(given, "token-alone"),
                Path.of(take(given, "rsa-key")), Path.of(take(given, "control")), Path.of(take(given, "table")),
                Path.of(take(given, "json")),
                notes(given));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("unknown options " + given.keySet());
        }
        return options;
    }

    private static String take(Map<String, String> given, String name) {
        String value = given.remove(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }

    private static <T> List<T> list(String text, Function<String, T> form) {
        return Arrays.stream(text.split(",", -1)).map(form).distinct().toList();
    }

    private static int positive(String text) {
        int number = Integer.parseInt(text);
        if (number < 1) {
            throw new IllegalArgumentException(text + " is too small");
        }
        return number;
    }

    private static Duration millis(String text) {
        return Duration.ofMillis(Long.parseLong(text));
    }

    private static Map<String, URI> services(String text) {
        Map<String, URI> services = new LinkedHashMap<>();
        for (String service : text.split(",", -1)) {
            String[] parts = service.split("=", 2);
            services.put(parts[0], URI.create(parts[1]));
        }
        return services;
    }

    private static Map<String, String> notes(Map<String, String> given) {
        Map<String, String> notes = new LinkedHashMap<>();
        given.keySet().removeIf(name -> {
            boolean note = name.startsWith("note-");
            if (note) {
                notes.put(name.substring("note-".length()), given.getOrDefault(name, ""));
            }
            return note;
        });
        return notes;
    }
}
