package dev.errand.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A list in parts, each of one queue and at most so long that a script takes it in one go. */
final class Parts<T> {
    private static final int PER_CALL = 500;

    interface Adder<T> {
        void add(Arguments arguments, T item);
    }

    private record Part(String queue, List<Integer> places) {}

    private final List<T> items;
    private final List<Part> parts = new ArrayList<>();

    Parts(List<T> items, Function<T, String> queue) {
        this(items, queue, PER_CALL);
    }

    Parts(List<T> items, Function<T, String> queue, int perCall) {
        this.items = items;
        Map<String, List<Integer>> byQueue = new LinkedHashMap<>();
        for (int i = 0; i < items.size(); i++) {
            byQueue.computeIfAbsent(queue.apply(items.get(i)), q -> new ArrayList<>())
                    .add(i);
        }
        byQueue.forEach((name, places) -> {
            for (int from = 0; from < places.size(); from += perCall) {
                parts.add(new Part(name, places.subList(from, Math.min(places.size(), from + perCall))));
            }
        });
    }

    List<Link.Run> runs(Script script, Supplier<Arguments> opening, Adder<T> adder) {
        List<Link.Run> runs = new ArrayList<>(parts.size());
        for (Part part : parts) {
            Arguments arguments = opening.get();
            part.places.forEach(place -> adder.add(arguments, items.get(place)));
            runs.add(Link.Run.on(script, part.queue, arguments));
        }
        return runs;
    }

    /** The answers, one for each item, as the items were. */
    List<Object> inOrder(List<List<?>> answers) {
        @Nullable Object[] all = new @Nullable Object[items.size()];
        for (int i = 0; i < parts.size(); i++) {
            List<?> each = answers.get(i);
            for (int j = 0; j < each.size(); j++) {
                all[parts.get(i).places.get(j)] = each.get(j);
            }
        }
        List<Object> ordered = new ArrayList<>(all.length);
        for (Object answer : all) {
            ordered.add(Objects.requireNonNull(answer));
        }
        return ordered;
    }
}
