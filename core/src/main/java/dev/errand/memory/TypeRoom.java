package dev.errand.memory;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How many more tasks of each limited type one take may hand out. */
final class TypeRoom {
    private final Map<String, Integer> left;
    private final Set<String> full = new HashSet<>();

    TypeRoom(Map<String, Integer> room) {
        left = new HashMap<>(room);
        left.forEach((type, count) -> {
            if (count <= 0) {
                full.add(type);
            }
        });
    }

    /** The types of which no more may come. */
    Set<String> full() {
        return full;
    }

    void took(String type) {
        if (left.isEmpty()) {
            return;
        }
        Integer count = left.computeIfPresent(type, (t, before) -> before - 1);
        if (count != null && count <= 0) {
            full.add(type);
        }
    }
}
