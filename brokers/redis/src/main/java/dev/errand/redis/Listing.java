package dev.errand.redis;

import dev.errand.InvalidTaskException;
import dev.errand.TaskInfo;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads tasks page by page from several queues at once, each of which keeps its own in the order of a score. A place in the
 * order is a score, a queue and an id, so that a page starts where the last one ended whatever has come and gone since.
 */
final class Listing {
    private static final int MOST_LOOKED_AT = 20_000;
    private static final int AT_LEAST = 64;

    /** A task's place. */
    record Place(long score, String queue, String id) {
        private static final Comparator<Place> ORDER = Comparator.comparingLong(Place::score)
                .thenComparing(Place::queue)
                .thenComparing(Place::id);

        String cursor() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((score + "\n" + queue + "\n" + id).getBytes(StandardCharsets.UTF_8));
        }

        static Place ofCursor(String cursor) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\n", -1);
                if (parts.length == 3) {
                    return new Place(Long.parseLong(parts[0]), parts[1], parts[2]);
                }
            } catch (IllegalArgumentException e) {
                throw broken(e);
            }
            throw broken(null);
        }

        private static InvalidTaskException broken(@Nullable Throwable cause) {
            String message = "The cursor is none that a page has given; start again without one";
            return cause == null ? new InvalidTaskException(message) : new InvalidTaskException(message, cause);
        }
    }

    /** A part of one queue: how many members were looked at, and the places of those that are there. */
    record Slice(int looked, List<Place> places) {
        /** From a script's answer: a count, then ids and scores. */
        static Slice of(String queue, List<?> parts) {
            List<Place> places = new ArrayList<>();
            for (int i = 1; i + 1 < parts.size(); i += 2) {
                long score = (long) Double.parseDouble(Keys.text((byte[]) parts.get(i + 1)));
                places.add(new Place(score, queue, Keys.text((byte[]) parts.get(i))));
            }
            return new Slice((int) (long) (Long) parts.getFirst(), places);
        }
    }

    /** Reads up to {@code count} of a queue, from a score on. */
    interface Source {
        Slice read(String queue, @Nullable Long from, int count);
    }

    private final Reading reading;
    private final Source source;
    private final Comparator<Place> order;

    /** With the highest scores first, or the lowest. */
    Listing(Reading reading, Source source, boolean highestFirst) {
        this.reading = reading;
        this.source = source;
        this.order = highestFirst ? Place.ORDER.reversed() : Place.ORDER;
    }

    Page<TaskInfo> page(Collection<String> queues, Optional<String> cursor, int limit, Predicate<TaskInfo> wanted) {
        Found found = find(queues, cursor.map(Place::ofCursor).orElse(null), limit, wanted);
        return new Page<>(
                found.tasks.stream().map(Reading.Found::info).toList(),
                found.more == null ? Optional.empty() : Optional.of(found.more.cursor()));
    }

    /** What was found, and the place after which there may be more; null: there is none. */
    record Found(List<Reading.Found> tasks, @Nullable Place more) {}

    Found find(Collection<String> queues, @Nullable Place after, int limit, Predicate<TaskInfo> wanted) {
        List<Reading.Found> found = new ArrayList<>();
        Place at = after;
        int looked = 0;
        int chunk = Math.max(AT_LEAST, limit + 1);
        while (true) {
            List<Place> next = new ArrayList<>();
            Place horizon = null;
            for (String queue : queues) {
                Slice slice = source.read(queue, at == null ? null : at.score(), chunk);
                looked += slice.looked();
                Place last = null;
                for (Place place : slice.places()) {
                    last = place;
                    if (at == null || order.compare(place, at) > 0) {
                        next.add(place);
                    }
                }
                if (slice.looked() >= chunk && last != null && (horizon == null || order.compare(last, horizon) < 0)) {
                    horizon = last; // beyond it this queue has more that were not read
                }
            }
            Place end = horizon;
            next.removeIf(place -> end != null && order.compare(place, end) > 0);
            next.sort(order);
            for (Reading.Found task : show(next)) {
                if (found.size() == limit) {
                    return new Found(found, at);
                }
                at = placeOf(next, task);
                if (wanted.test(task.info())) {
                    found.add(task);
                }
            }
            if (end == null) {
                return new Found(found, null);
            }
            if (next.isEmpty()) {
                chunk *= 2; // as many have the same score
            } else {
                at = next.getLast();
            }
            if (found.size() == limit || looked > MOST_LOOKED_AT) {
                return new Found(found, at);
            }
        }
    }

    private static Place placeOf(List<Place> places, Reading.Found task) {
        for (Place place : places) {
            if (place.id().equals(task.info().id().value()) && place.queue().equals(task.queue())) {
                return place;
            }
        }
        throw new IllegalStateException(task.info().id() + " was not asked for");
    }

    /** In the places' order, one call for each queue. */
    private List<Reading.Found> show(List<Place> places) {
        Map<String, List<byte[]>> ids = new LinkedHashMap<>();
        places.forEach(place ->
                ids.computeIfAbsent(place.queue(), q -> new ArrayList<>()).add(Keys.bytes(place.id())));
        Map<String, Reading.Found> shown = new HashMap<>();
        ids.forEach((queue, some) -> reading.show(queue, some)
                .forEach(task -> shown.put(queue + '\n' + task.info().id(), task)));
        List<Reading.Found> inOrder = new ArrayList<>();
        for (Place place : places) {
            Reading.Found task = shown.get(place.queue() + '\n' + place.id());
            if (task != null) {
                inOrder.add(task);
            }
        }
        return inOrder;
    }

    /** Which queues a filter means. */
    static List<String> queues(KnownQueues known, TaskFilter filter) {
        return filter.queue().map(List::of).orElseGet(known::now);
    }
}
