/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.configuration;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/** The texts of the file by their names. An empty one counts as absent, as CloudFormation has it. */
final class Parameters {
    private final Map<String, String> left;

    private Parameters(Map<String, String> values) {
        this.left = values;
    }

    static Parameters of(JsonNode root) {
        JsonNode members = root.path("Parameters");
        if (!root.isObject() || root.size() != 1 || !members.isObject()) {
            throw new ConfigurationException("The file must be an object with the one member Parameters, an object");
        }
        Map<String, String> values = new HashMap<>();
        members.properties().forEach(member -> {
            if (!member.getValue().isTextual()) {
                throw wrong(member.getKey(), "must be a text in quotes");
            }
            values.put(member.getKey(), member.getValue().textValue().strip());
        });
        return new Parameters(values);
    }

    Optional<String> text(String name, Pattern form, String expected) {
        Optional<String> text = take(name);
        text.ifPresent(value -> check(name, value, form, expected));
        return text;
    }

    boolean flag(String name, boolean byDefault) {
        return text(name, Pattern.compile("true|false"), "true or false").map("true"::equals).orElse(byDefault);
    }

    int number(String name, int byDefault, int highest) {
        int number = text(name, Pattern.compile("[1-9][0-9]{0,5}"), "a number from 1 to " + highest)
            .map(Integer::valueOf)
            .orElse(byDefault);
        if (number > highest) {
            throw wrong(name, "must be a number from 1 to " + highest + ", not " + number);
        }
        return number;
    }

    <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        List<String> choices = Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
        String expected = String.join(" or ", choices);
        return text(name, Pattern.compile(String.join("|", choices)), expected)
            .map(value -> Enum.valueOf(type, value));
    }

    /** Up to three texts between commas. */
    List<String> list(String name, Pattern form, String expected) {
        List<String> items = take(name).map(value -> List.of(value.split("\\s*,\\s*", -1))).orElse(List.of());
        items.forEach(item -> check(name, item, form, expected));
        if (items.size() > 3) {
            throw wrong(name, "may have three items at most, not " + items.size());
        }
        return items;
    }

    void checkThatAllWereRead() {
        if (!left.isEmpty()) {
            throw new ConfigurationException(
                    "There is no parameter " + String.join(", ", new TreeSet<>(left.keySet())));
        }
    }

    static ConfigurationException wrong(String name, String reason) {
        return new ConfigurationException(name + " " + reason);
    }

    private Optional<String> take(String name) {
        return Optional.ofNullable(left.remove(name)).filter(value -> !value.isEmpty());
    }

    private static void check(String name, String value, Pattern form, String expected) {
        if (!form.matcher(value).matches()) {
            throw wrong(name, "must be " + expected + ", not \"" + value + '"');
        }
    }
}
