package dev.errand.jackson;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Says in words how a JSON value differs from the one that was expected. Fields that are new and null do not count. */
final class JsonDifference {
    private final List<String> found = new ArrayList<>();

    private JsonDifference() {}

    static List<String> between(JsonNode expected, JsonNode actual) {
        JsonDifference difference = new JsonDifference();
        difference.compare("", expected, actual);
        return List.copyOf(difference.found);
    }

    private void compare(String path, JsonNode expected, JsonNode actual) {
        if (expected.isObject() && actual.isObject()) {
            objects(path, expected, actual);
        } else if (expected.isArray() && actual.isArray()) {
            arrays(path, expected, actual);
        } else if (expected.getNodeType() != actual.getNodeType()) {
            kinds(path, expected, actual);
        } else if (!same(expected, actual)) {
            report(path, "changed: it was " + expected + " and is now " + actual);
        }
    }

    private static boolean same(JsonNode a, JsonNode b) {
        return a.isNumber() ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
    }

    private void objects(String path, JsonNode expected, JsonNode actual) {
        for (String name : expected.propertyNames()) {
            String field = path.isEmpty() ? name : path + "." + name;
            if (actual.has(name)) {
                compare(field, expected.path(name), actual.path(name));
            } else if (!expected.path(name).isNull()) {
                report(field, "gone: it was " + expected.path(name) + ", and today's payload has no such field");
            }
        }
        for (String name : actual.propertyNames()) {
            if (!expected.has(name) && !actual.path(name).isNull()) {
                report(path.isEmpty() ? name : path + "." + name, "new: it is " + actual.path(name));
            }
        }
    }

    private void arrays(String path, JsonNode expected, JsonNode actual) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            compare(path + "[" + i + "]", expected.get(i), actual.get(i));
        }
        if (expected.size() != actual.size()) {
            report(path, "changed: it had " + expected.size() + " elements and has now " + actual.size());
        }
    }

    private void kinds(String path, JsonNode expected, JsonNode actual) {
        if (actual.isNull()) {
            report(path, "lost: it was " + expected + " and is now null");
        } else {
            report(
                    path,
                    "of another type: it was " + kind(expected) + " (" + expected + ") and is now " + kind(actual)
                            + " (" + actual + ")");
        }
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> "a truth value";
            default -> "null";
        };
    }

    private void report(String path, String what) {
        found.add((path.isEmpty() ? "the payload" : path) + " is " + what);
    }
}
