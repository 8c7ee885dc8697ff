package dev.errand.broker;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list.
 *
 * @param items at most as many as were asked for
 * @param next where the next page starts; empty: this was the last
 * @param <T> of what
 */
public record Page<T>(List<T> items, Optional<String> next) {
    /** Copies the list. */
    public Page {
        items = List.copyOf(items);
    }
}
