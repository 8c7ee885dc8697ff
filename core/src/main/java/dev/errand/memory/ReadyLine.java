package dev.errand.memory;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ready tasks of one queue: higher priorities first, within a priority first come first served, except that what is
 * given back goes to the front.
 *
 * <p>Within a priority each task type has a line of its own and the lines are merged by their heads, so that a taker without
 * room for a type passes over all its tasks at once.
 */
final class ReadyLine {
    private final NavigableMap<Integer, Level> levels = new TreeMap<>(Comparator.reverseOrder());
    private int size;
    private long nextBack;
    private long nextFront = -1;

    int size() {
        return size;
    }

    void addLast(Entry entry) {
        entry.order = nextBack++;
        level(entry).addLast(entry);
        size++;
    }

    void addFirst(Entry entry) {
        entry.order = nextFront--;
        level(entry).addFirst(entry);
        size++;
    }

    void remove(Entry entry) {
        Level level = level(entry);
        level.remove(entry);
        left(level, entry.envelope.priority());
    }

    /** Takes out the first task whose type is not excluded; null if there is none. */
    @Nullable
    Entry poll(Set<String> excludedTypes) {
        for (Map.Entry<Integer, Level> each : levels.entrySet()) {
            Level level = each.getValue();
            Entry first = level.poll(excludedTypes);
            if (first != null) {
                left(level, each.getKey());
                return first;
            }
        }
        return null;
    }

    /** Whether {@link #poll} would find something. */
    boolean offers(Set<String> excludedTypes) {
        return excludedTypes.isEmpty() ? size > 0 : levels.values().stream().anyMatch(l -> l.offers(excludedTypes));
    }

    /** Since when the task that has been ready longest has been so. */
    Optional<Instant> oldest() {
        return levels.values().stream()
                .flatMap(l -> l.byType.values().stream())
                .map(TypeLine::oldest)
                .min(Comparator.naturalOrder());
    }

    /** How many would be taken before this one. */
    long ahead(Entry entry) {
        long count = 0;
        for (Map.Entry<Integer, Level> each :
                levels.headMap(entry.envelope.priority(), true).entrySet()) {
            boolean same = each.getKey() == entry.envelope.priority();
            for (TypeLine line : each.getValue().byType.values()) {
                count += line.before(same ? entry.order : Long.MAX_VALUE);
            }
        }
        return count;
    }

    private Level level(Entry entry) {
        return levels.computeIfAbsent(entry.envelope.priority(), p -> new Level());
    }

    private void left(Level level, int priority) {
        size--;
        if (level.byType.isEmpty()) {
            levels.remove(priority);
        }
    }

    /** The lines of one priority. */
    private static final class Level {
        private static final Comparator<TypeLine> BY_HEAD = Comparator.comparingLong(line -> line.head().order);

        private final Map<String, TypeLine> byType = new HashMap<>();
        private final PriorityQueue<TypeLine> byHead = new PriorityQueue<>(BY_HEAD);

        void addLast(Entry entry) {
            TypeLine line = byType.get(entry.envelope.type());
            if (line != null) {
                line.arrived.addLast(entry);
                return;
            }
            line = new TypeLine();
            line.arrived.addLast(entry);
            byType.put(entry.envelope.type(), line);
            byHead.add(line);
        }

        void addFirst(Entry entry) {
            TypeLine line = byType.computeIfAbsent(entry.envelope.type(), t -> new TypeLine());
            byHead.remove(line); // its head changes
            line.givenBack.addFirst(entry);
            byHead.add(line);
        }

        @Nullable
        Entry poll(Set<String> excludedTypes) {
            TypeLine line = excludedTypes.isEmpty() ? byHead.peek() : firstOf(excludedTypes);
            if (line == null) {
                return null;
            }
            Entry head = line.head();
            remove(head, line);
            return head;
        }

        void remove(Entry entry) {
            TypeLine line = byType.get(entry.envelope.type());
            if (line == null) {
                throw new IllegalStateException(entry.id() + " is not in this line");
            }
            remove(entry, line);
        }

        private void remove(Entry entry, TypeLine line) {
            boolean atHead = line.head() == entry;
            if (atHead) {
                byHead.remove(line);
            }
            line.remove(entry);
            if (line.isEmpty()) {
                byType.remove(entry.envelope.type());
            } else if (atHead) {
                byHead.add(line);
            }
        }

        boolean offers(Set<String> excludedTypes) {
            return !excludedTypes.containsAll(byType.keySet());
        }

        private @Nullable TypeLine firstOf(Collection<String> excludedTypes) {
            TypeLine best = null;
            for (Map.Entry<String, TypeLine> each : byType.entrySet()) {
                TypeLine line = each.getValue();
                if (!excludedTypes.contains(each.getKey()) && (best == null || BY_HEAD.compare(line, best) < 0)) {
                    best = line;
                }
            }
            return best;
        }
    }

    /** The tasks of one type: the given back, the latest of them first, then the others in the order of their arrival. */
    private static final class TypeLine {
        private final Chain givenBack = new Chain();
        private final Chain arrived = new Chain();

        boolean isEmpty() {
            return givenBack.isEmpty() && arrived.isEmpty();
        }

        Entry head() {
            Entry head = givenBack.isEmpty() ? arrived.first() : givenBack.first();
            if (head == null) {
                throw new IllegalStateException("an empty line is kept");
            }
            return head;
        }

        void remove(Entry entry) {
            (entry.chain == givenBack ? givenBack : arrived).remove(entry);
        }

        long before(long order) {
            return before(givenBack, order) + before(arrived, order);
        }

        private static long before(Chain chain, long order) {
            long count = 0;
            for (Entry one = chain.first(); one != null && one.order < order; one = one.after) {
                count++;
            }
            return count;
        }

        Instant oldest() {
            Instant back = readySince(givenBack.last());
            Instant come = readySince(arrived.first());
            return back.isBefore(come) ? back : come;
        }

        private static Instant readySince(@Nullable Entry entry) {
            return entry == null || entry.ready == null ? Instant.MAX : entry.ready;
        }
    }
}
